import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, generate, startGenerate } from '../fixtures/run-cli.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const small = ['--max-tokens', '1500', '--hidden', '8', '--batch', '8', '--steps', '16', '--epochs', '12'];
const sweep = ['--vary', 'lr=0.002,0.02', '--processes', '1', '--json'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate sweep '));
});
afterAll(() => rm(folder, { recursive: true }));

describe('generate sweep', () => {
  it('continues after it was killed, repeats no run that had ended, and ends as one that was not killed', async () => {
    const whole = await generate('sweep', '--out', at('whole'), ...sweep, '--', ...small);
    expect(whole.code).toBe(0);
    const results = (stdout: string) =>
      (eventsOf(stdout).at(-1)!.results as Record<string, unknown>[]).map(({ seconds: _, ...rest }) => rest);

    const killed = startGenerate(
      ['sweep', '--out', at('killed'), ...sweep, '--', ...small],
      (stdout, child) => {
        if (stdout.includes('"event":"run"')) child.kill('SIGKILL');
      },
    );
    expect((await killed.result).code).toBeNull();
    const first = at('killed/runs/0001/result.json');
    const { mtimeMs } = await stat(first);
    const resumed = await generate('sweep', '--out', at('killed'), '--resume', '--json');
    expect(resumed.stderr).toMatch(/2 runs of generate train, of which 1 have ended/);
    expect(resumed.code).toBe(0);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(results(resumed.stdout)).toEqual(results(whole.stdout));
    expect(results(whole.stdout)[0]).toMatchObject({ number: 2, measure: 'validation perplexity' });
    for (const run of ['0001', '0002']) {
      const weights = (name: string) => readFile(at(name, 'runs', run, 'model/model.safetensors'));
      expect((await weights('killed')).equals(await weights('whole'))).toBe(true);
    }
  });

  it.each([
    [
      ['--vary', 'cell=gru,lst'],
      /^generate: run 2 \(cell lst\): option '--cell <name>' argument 'lst' is invalid/,
    ],
    [['--vary', 'tied=no,yes'], /^generate: run 2 \(tied yes\): --tied: expected an embedding/],
    [['--vary', 'preset=d2l-9'], /^generate: run 1 \(preset d2l-9\): .*expected/],
    [
      ['--vary', 'lr=1', '--', '--corpus', 'nowhere'],
      /^generate: run 1 \(lr 1\): --corpus: expected a data set/,
    ],
    [
      ['--vary', 'resume=yes'],
      /^generate: --vary: expected an option of generate train that runs may differ in/,
    ],
  ])('refuses %j before anything runs', async (args, problem) => {
    const { code, stderr } = await generate('sweep', '--out', at('refused'), ...args);
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
    await expect(stat(at('refused'))).rejects.toThrow();
  });
});
