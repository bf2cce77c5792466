import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Random } from '@throughtime/random';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type BundledProgram, bundleProgram } from '../fixtures/bundle-program.js';
import { trainInFolder, updates } from '../fixtures/killed-run.js';
import { checkpointFolder } from './checkpoint-folder.js';

const kills = process.env.THROUGHTIME_LONG ? 50 : 20;
const random = Random.seeded(20);
let run: BundledProgram;

beforeAll(async () => {
  run = await bundleProgram('./killed-run.ts');
});

afterAll(() => run.remove());

it(`survives ${kills} kills at random moments, to the byte`, async () => {
  const expected = await trainInFolder(join(run.folder, 'whole'), async () => {});
  const checkpoints = join(run.folder, 'killed');
  const result = join(run.folder, 'result');
  let survived = 0;
  for (let killed = 0; killed < kills; killed++) {
    const child = spawn(process.execPath, [run.path, '--killed-run', checkpoints, result]);
    // At most 4 updates and a bit: not even that many lives reach the end before the last kill.
    await killAtRandom(child, random.integer(0, 4));
    // Whatever was going on, the latest checkpoint can be read.
    const latest = await checkpointFolder(checkpoints).latest();
    const step = latest?.memory.updater.step ?? 0;
    expect(step).toBeGreaterThanOrEqual(survived);
    survived = step;
    const whole = latest ? (await readdir(checkpoints)).filter((name) => name.startsWith('checkpoint-')) : [];
    expect(whole.length).toBeLessThanOrEqual(3);
  }
  expect(survived).toBeGreaterThan(0);
  expect(survived).toBeLessThan(updates);

  const last = spawn(process.execPath, [run.path, '--killed-run', checkpoints, result]);
  await answer(last, Number.POSITIVE_INFINITY);
  expect([...(await readFile(result))]).toEqual([...expected]);
}, 240_000);

// Windows has no limit on the size of files.
it.skipIf(process.platform === 'win32')(
  'reports a disk that takes no more, and keeps the checkpoints before',
  async () => {
    const checkpoints = join(run.folder, 'full');
    const [start, result] = [
      spawn(process.execPath, [run.path, '--killed-run', checkpoints, 'unused']),
      join(run.folder, 'x'),
    ];
    await killAtRandom(start, 5);
    const before = await readdir(checkpoints);
    const saved = await checkpointFolder(checkpoints).latest();
    expect(saved).toBeDefined();
    // No file may grow beyond 512 bytes: writing fails as on a full disk, with another number.
    const limited = spawn('sh', [
      '-c',
      'ulimit -f 1; exec "$0" "$@"',
      ...[process.execPath, run.path, '--killed-run', checkpoints, result],
    ]);
    await expect(answer(limited, Number.POSITIVE_INFINITY)).rejects.toThrow(
      /CheckpointWriteError: .*full: the checkpoint of step \d+ could not be written: EFBIG.*those before it are whole/,
    );
    expect(await readdir(checkpoints)).toEqual(before.filter((name) => name.startsWith('checkpoint-')));
    expect(await checkpointFolder(checkpoints).latest()).toEqual(saved);
  },
);

/** Lets a run make some updates, and kills it some time within the next few milliseconds, whatever it does then. */
async function killAtRandom(child: ChildProcess, updatesBefore: number): Promise<void> {
  await answer(child, updatesBefore);
  const milliseconds = random.uniform() * 4;
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  const closed = once(child, 'close');
  child.kill('SIGKILL');
  await closed;
}

/** Answers the first `count` updates that a run reports, and returns when the next one comes or the run ends. */
async function answer(child: ChildProcess, count: number): Promise<void> {
  const complaints: Buffer[] = [];
  child.stderr!.on('data', (data) => complaints.push(data));
  const ended = once(child, 'close').then(([code]) => {
    if (code) throw new Error(`the run failed: ${Buffer.concat(complaints)}`);
    return 'ended' as const;
  });
  ended.catch(() => {});
  for (let answered = 0; ; answered++) {
    const next = await Promise.race([ended, once(child.stdout!, 'data')]);
    if (next === 'ended') return;
    child.stdin!.write('\n');
    if (answered >= count) return;
  }
}
