import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFolder, sweep } from './fixtures/run-sweep.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const counted = async () => (await readFile(at('count'), 'utf8')).trim().split('\n').map(Number);
const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(folder, { recursive: true }));

describe('sweep', () => {
  it('runs every combination in a folder of its own, and shows the best first', async () => {
    const vary = ['--vary', 'x=3,-2,5', '--vary', 'loud=no,yes'];
    const done = await sweep(['--out', folder, ...vary, '--processes', '2', '--', '--note', 'a b']);
    expect(done.code).toBe(0);
    expect(await readFile(at('sweep.csv'), 'utf8')).toMatch(
      /^run,x,loud,square,double,seconds,error\n3,-2,no,4,-4,[\d.]+,\n4,-2,yes,4,-4,[\d.]+,\n1,3,no,9,6,[\d.]+,\n2,3,yes,9,6,/,
    );
    expect(done.stdout).toMatch(/Best: run 3, x -2, loud no/);
    expect(await readFile(at('sweep.svg'), 'utf8')).toMatch(/^<svg.*square by option/s);
    expect((await counted()).sort()).toEqual([-2, -2, 3, 3, 5, 5]);
    const given = JSON.parse(await readFile(at('runs/0004/model/arguments.json'), 'utf8'));
    expect(given.slice(0, 4)).toEqual(['--note', 'a b', '--x=-2', '--loud']);
    expect(given).toContainEqual(expect.stringMatching(/^--threads=\d+$/));
    expect(await readFile(at('runs/0004/events.jsonl'), 'utf8')).toBe(
      '{"event":"done","square":4,"double":-4}\n',
    );
  });

  it('shows a run that failed with its error, exits with 1, and runs it alone again', async () => {
    const first = await sweep(['--out', folder, '--vary', 'x=13,2', '--json', '--', '--threads', '1']);
    expect(first.code).toBe(1);
    expect(events(first.stdout).at(-1)).toMatchObject({
      ...{ event: 'done', reason: 'finished', best: 2, failed: 1, missing: [] },
      results: [
        { number: 2, score: 4 },
        { number: 1, error: '--x: expected no 13' },
      ],
    });
    await writeFile(at('lucky'), '');
    const second = await sweep(['--out', folder, '--resume', '--json']);
    expect(second.code).toBe(0);
    expect(events(second.stdout).at(-1)).toMatchObject({
      failed: 0,
      results: [{ score: 4 }, { score: 169 }],
    });
    expect((await counted()).sort((a, b) => a - b)).toEqual([2, 13, 13]);
  });

  it('takes a run that was killed in the middle of its last line as one that failed', async () => {
    const { code, stdout } = await sweep(['--out', folder, '--vary', 'x=17,2', '--processes', '1', '--json']);
    expect(code).toBe(1);
    expect(events(stdout).at(-1)).toMatchObject({
      results: [
        { number: 2, score: 4 },
        { number: 1, error: 'ended by SIGKILL' },
      ],
    });
  });

  it('ends with a message where the events of a run cannot be kept', async () => {
    await sweep(['--out', folder, '--vary', 'x=13']);
    await mkdir(at('runs/0001/model'), { recursive: true });
    await writeFile(at('runs/0001/model/saved'), '');
    await rm(at('runs/0001/events.jsonl'));
    await mkdir(at('runs/0001/events.jsonl'));
    const { code, stderr } = await sweep(['--out', folder, '--resume']);
    expect(stderr).toMatch(/events\.jsonl/);
    expect(code).not.toBe(0);
    await rm(at('runs/0001/events.jsonl'), { recursive: true });
    await writeFile(at('lucky'), '');
    expect((await sweep(['--out', folder, '--resume'])).code).toBe(0);
  });

  it('ends its lines with done for a run alone, too', async () => {
    const run = ['--out', folder, '--vary', 'x=13,2', '--json', '--run'];
    const [failed, ended, again] = [
      await sweep([...run, '1']),
      await sweep([...run, '2']),
      await sweep([...run, '2']),
    ];
    expect(events(failed.stdout).at(-1)).toEqual({ event: 'done', reason: 'failed', out: folder, run: 1 });
    for (const { stdout } of [ended, again])
      expect(events(stdout).at(-1)).toEqual({ event: 'done', reason: 'finished', out: folder, run: 2 });
  });

  it('lets its runs save when it is asked to end, and continues them', async () => {
    const args = ['--out', folder, '--vary', 'x=1,99', '--processes', '1', '--json'];
    let isAsked = false;
    const asked = await sweep(args, (text) => {
      // The first run has ended; the second says that it works only to its events file.
      if (!isAsked && text.includes('"event":"run"')) {
        isAsked = true;
        const look = async (): Promise<unknown> => {
          const text = await readFile(at('runs/0002/events.jsonl'), 'utf8').catch(() => '');
          return text.includes('working') ? process.emit('SIGTERM') : setTimeout(look, 20);
        };
        look();
      }
    });
    expect(asked.code).toBe(143);
    expect(events(asked.stdout).at(-1)).toMatchObject({ reason: 'interrupted', ended: 1, runs: 2 });
    expect(await access(at('runs/0002/model/saved'))).toBeUndefined();
    await expect(access(at('runs/0002/result.json'))).rejects.toThrow();
    const resumed = await sweep(['--out', folder, '--resume', '--json']);
    expect(resumed.code).toBe(0);
    expect(await counted()).toEqual([1, 99, 99]);
    const given = JSON.parse(await readFile(at('runs/0002/model/arguments.json'), 'utf8'));
    expect(given).toContain('continued');
    expect(await readFile(at('runs/0002/events.jsonl'), 'utf8')).toMatch(
      /^\{"event":"working"\}\n\{"event":"done"/,
    );
  });

  it('checks every run before the first starts, and leaves no folder then', async () => {
    for (const [args, problem] of [
      [['--vary', 'x=1,many'], /^square: run 2 \(x many\): .*Expected a whole number/],
      [['--vary', 'x=1,7'], /^square: run 2 \(x 7\): --x: expected no seven, got 7\n$/],
      [['--vary', 'y=1'], /--vary: expected an option of square measure .*, got 'y'/],
      [
        ['--vary', 'out=1'],
        /--vary: expected an option of square measure that runs may differ in, got 'out'/,
      ],
      [['--vary', 'x=1', '--vary', 'x=2'], /expected each option once, got 'x' twice/],
      [['--vary', 'loud=1'], /expected yes, no or both for the flag 'loud'/],
      [['--vary', 'x=1', '--', '--x', '2'], /not given after --, too, got 'x'/],
      [['--vary', 'x=1', '--', '--json'], /--json: expected none after --/],
      [['--vary', 'x=1', '--', 'stray'], /expected options of measure after --, got 'stray'/],
      [[], /--vary: expected an option to vary/],
      [['--resume'], /expected a sweep in '.*' to go on with, found none/],
      [['--vary', 'x=1', '--run', '2'], /--run: expected at most 1/],
      [['--vary', 'x=1', '--for', 'kubernetes'], /--image: expected a name/],
    ] as const) {
      const { code, stderr } = await sweep(['--out', at('new'), ...args]);
      expect(stderr).toMatch(problem);
      expect(code, stderr).toBe(2);
      if (!args.includes('--for' as never)) await expect(access(at('new'))).rejects.toThrow();
    }
  });

  it('mixes no two sweeps', async () => {
    await sweep(['--out', folder, '--vary', 'x=1']);
    const again = await sweep(['--out', folder, '--vary', 'x=1']);
    expect(again.stderr).toMatch(/holds a sweep; continue it with --resume/);
    const other = await sweep(['--out', folder, '--resume', '--vary', 'x=2']);
    expect(other.stderr).toMatch(/expected the sweep that '.*' holds, got another/);
    expect([again.code, other.code]).toEqual([2, 2]);
    const same = await sweep(['--out', folder, '--resume', '--vary', 'x=1']);
    expect(same.code).toBe(0);
    expect(await counted()).toEqual([1]);
    await writeFile(at('sweep.json'), '{"format":"throughtime-sweep","version":2}');
    expect((await sweep(['--out', folder, '--report'])).stderr).toMatch(
      /sweep.json: version: expected at most 1, got 2/,
    );
  });

  it('reports what has ended, without running', async () => {
    await sweep(['--out', folder, '--vary', 'x=1,2', '--run', '2']);
    const { code, stdout, stderr } = await sweep(['--out', folder, '--report']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Best: run 2, x 2/);
    expect(stderr).toMatch(/1 of 2 runs have not ended/);
    expect(await counted()).toEqual([2]);
  });
});
