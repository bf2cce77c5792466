import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadForecaster } from '@throughtime/forecasting/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { events, forecast } from '../fixtures/run-forecast.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);
const common = ['--series', 'air-passengers', '--horizons', '1', '--train', '100'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'forecast export '));
  const small = ['--model', 'gru,ar', '--hidden', '4', '--epochs', '1'];
  const { code } = await forecast('run', ...common, ...small, '--out', at('run'));
  expect(code).toBe(0);
});
afterAll(() => rm(folder, { recursive: true }));

describe('forecast export', () => {
  it('writes the examples, the settings and the forecaster, which forecasts as before', async () => {
    const args = [
      '--model',
      at('run/gru'),
      '--out',
      at('new'),
      '--epochs',
      '7',
      '--lr',
      '0.5',
      '--train',
      '100',
    ];
    const { code, stdout } = await forecast('export', ...args, '--json');
    expect(code).toBe(0);
    const done = events(stdout).at(-1);
    expect(done).toMatchObject({ event: 'done', format: 'pytorch' });
    const run = JSON.parse(await readFile(at('new/run.json'), 'utf8'));
    expect(run).toMatchObject({
      ...{ format: 'throughtime-pytorch-forecaster', version: 1, epochs: 7, head: { kind: 'point' } },
      optimizer: { rule: 'adam', learningRate: 0.5 },
      network: { cell: 'gru', hiddenSize: 4 },
      examples: { count: done.examples, held: 0 },
    });
    const { count, steps, width, predictions } = run.examples;
    const bytes = async (name: string) => (await readFile(at('new', name))).byteLength;
    expect(await bytes('inputs.float32')).toBe(4 * count * steps * width);
    expect(await bytes('targets.float32')).toBe(4 * count * predictions);
    expect((await readdir(at('new'))).sort()).toEqual([...done.files, 'model'].sort());
    const forecasts = async (path: string) => (await (await loadForecaster(path)).forecaster.predict(5)).mean;
    expect(await forecasts(at('new/model'))).toEqual(await forecasts(at('run/gru')));
    // Every value that the model has, not only those that it was fitted on.
    const all = await forecast('export', '--model', at('run/gru'), '--out', at('all'), '--json');
    expect(events(all.stdout).at(-1).examples).toBeGreaterThan(done.examples);
  });

  it.each([
    [['--model', 'run/ar'], /^forecast: --model: expected a recurrent network .*, got ar/],
    [['--model', 'nowhere'], /^forecast: .*config.json/],
    [
      ['--model', 'run/gru', '--train', '20'],
      /^forecast: --train: expected at least \d+, for one example, got 20/,
    ],
  ])('refuses %j, and writes nothing', async ([option, model, ...rest], problem) => {
    const { code, stderr } = await forecast('export', option, at(model), ...rest, '--out', at('refused'));
    expect(stderr).toMatch(problem);
    expect(code).toBe(2);
    await expect(readdir(at('refused'))).rejects.toThrow();
  });

  it('writes nothing over', async () => {
    await writeFile(at('mine.txt'), 'mine');
    for (const out of [at('run'), at('mine.txt')]) {
      const { code, stderr } = await forecast('export', '--model', at('run/gru'), '--out', out);
      expect(stderr).toMatch(/^forecast: --out: expected a new or empty folder/);
      expect(code).toBe(2);
    }
  });
});
