import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, generate, quick } from '../fixtures/run-cli.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate export '));
  const { code } = await generate('train', ...quick, '--epochs', '2', '--dropout', '0.2', '--out', at('run'));
  expect(code).toBe(0);
});

afterAll(() => rm(folder, { recursive: true }));

const exported = (out: string, model = at('run')) =>
  generate('export', '--model', model, '--format', 'pytorch', '--out', out, '--json');

describe('generate export --format pytorch', () => {
  it('writes the run with its ids, its program, and a copy that continues here as the run itself does', async () => {
    const { code, stdout } = await exported(at('pytorch'));
    expect(code).toBe(0);
    const done = eventsOf(stdout).at(-1)!;
    // 1,350 characters to learn from in batches of 8 x 16: ten updates per epoch.
    expect(done).toMatchObject({ event: 'done', format: 'pytorch', updates: 20 });
    expect((await readdir(at('pytorch'))).sort()).toEqual([...(done.files as string[])].sort());
    const run = JSON.parse(await readFile(at('pytorch', 'run.json'), 'utf8'));
    expect(run).toMatchObject({
      ...{ clip: { norm: 1 }, batches: { sampling: 'sequential', batch: 8, steps: 16 }, epochs: 2 },
      schedule: { name: 'one-cycle', rise: 0.3 },
    });
    expect(run.architecture.stacks[0].config.dropout).toMatchObject({ between: 0.2, output: 0.2 });
    expect((await readFile(at('pytorch', 'training.int32'))).byteLength).toBe(4 * 1350);

    const weights = async (path: string) => {
      const resumed = await generate('train', '--resume', '--epochs', '3', '--out', path, '--json');
      expect(resumed.code).toBe(0);
      return readFile(join(path, 'model.safetensors'));
    };
    await cp(at('run'), at('same run'), { recursive: true });
    const copy = await weights(at('pytorch', 'model'));
    expect(copy.equals(await weights(at('same run')))).toBe(true);
  });

  it('writes nothing over', async () => {
    await writeFile(at('mine.txt'), 'mine');
    for (const [out, pattern] of [
      [at('run'), /^generate: --out: expected a new or empty folder, got '.*', which holds /],
      [at('mine.txt'), /^generate: --out: expected a new or empty folder, got '.*' \(a file\)/],
    ] as const) {
      const { code, stderr } = await exported(out);
      expect(code).toBe(2);
      expect(stderr).toMatch(pattern);
    }
    expect(await readFile(at('mine.txt'), 'utf8')).toBe('mine');
  });

  it('needs a run, not only a model', async () => {
    const { code, stderr } = await exported(at('nowhere'), at('pytorch'));
    expect(code).toBe(2);
    expect(stderr).toMatch(/^generate: --model: expected the folder of a training run/);
  });
});
