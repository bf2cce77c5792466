import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '@throughtime/command-line';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { commands, createProgram } from '../../src/program.js';
import { type ModelName, modelNames, type SeriesRequest } from '../protocol.js';
import { modelRequest } from '../requests.js';
import { Experiment } from './experiment.js';
import { openSeries } from './open-series.js';
import { packedSettings, unpackModels } from './shared-model.js';

// The page and the command, asked for the same: the same digits, whatever each does on the way.

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page and command '));
});

afterEach(() => rm(folder, { recursive: true }));

/** The last JSON line of `forecast run`. */
async function runCommand(
  ...argv: string[]
): Promise<{ models: Record<string, number[]>; horizons: number[] }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    stdout += text;
    return true;
  });
  await runProgram(createProgram(), ['run', '--json', '--out', folder, ...argv], commands);
  vi.restoreAllMocks();
  expect(process.exitCode ?? 0).toBe(0);
  return JSON.parse(stdout.trim().split('\n').at(-1)!);
}

/** The page's experiment, with the settings that its form would have. */
async function runPage(request: SeriesRequest, model: ModelName, settings: Record<string, string> = {}) {
  const held = await openSeries(request);
  const { series, models } = held.shown.suggested;
  const form = { model, horizon: '64', seed: '1', period: '', ...series, ...models[model], ...settings };
  const experiment = await Experiment.run(held, modelRequest(form), {
    signal: new AbortController().signal,
    onProgress() {},
  });
  return { held, experiment: experiment!, form };
}

/** The forecast of what follows the series, as the command saved it. */
async function savedForecast(model: ModelName): Promise<number[]> {
  const lines = (await readFile(join(folder, 'forecast.csv'), 'utf8')).trim().split('\n').slice(1);
  const rows = lines.map((line) => line.split(','));
  return rows.filter(([name]) => name === model).map(([, , value]) => Number(value));
}

const sine: SeriesRequest = {
  kind: 'sine',
  waves: [{ amplitude: 1, period: 200 * Math.PI, phase: 0 }],
  noise: 0.2,
  length: 1000,
  seed: 1,
};

describe('the page and the command', () => {
  it.each(modelNames)('%s: the same errors and the same forecast of the sine', async (model) => {
    const few: Record<string, string> = model === 'linear' ? {} : { epochs: '2' };
    const { held, experiment } = await runPage(sine, model, few);
    const epochs = model === 'linear' ? [] : ['--epochs', '2'];
    const { models, horizons } = await runCommand('--series', 'sine', '--model', model, ...epochs);
    expect(horizons).toEqual([1, 4, 16, 64]);
    const { errors } = experiment.trained.own;
    expect(horizons.map((step) => errors[step - 1])).toEqual(models[model]);
    const { mean } = await experiment.forecastFrom(held.opened.series.length);
    expect([...mean]).toEqual(await savedForecast(model));
  });

  it('a series with a season and a calendar', async () => {
    const { held, experiment, form } = await runPage({ kind: 'embedded', name: 'air-passengers' }, 'gru', {
      epochs: '3',
    });
    expect(form).toMatchObject({ share: '70', lags: '32' });
    const argv = ['--series', 'air-passengers', '--model', 'gru', '--epochs', '3', '--horizons', '1,22'];
    const { models } = await runCommand(...argv);
    const { errors } = experiment.trained.own;
    expect([errors[0], errors[21]]).toEqual(models.gru);
    const { mean } = await experiment.forecastFrom(held.opened.series.length);
    expect([...mean]).toEqual(await savedForecast('gru'));
    // Baselines are the same models, too.
    const naive = experiment.trained.baselines.find(({ name }) => name === 'naive');
    expect([naive?.errors[0], naive?.errors[21]]).toEqual(models.naive);
  });

  it('a file as people have them, and settings of the user', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => {
      const day = new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10);
      return `${day};shop ${i % 3};${(Math.sin((2 * Math.PI * i) / 7) + (i % 5) / 10).toFixed(3)};${i}`;
    });
    const text = `day;shop;sales;stock\n${rows.join('\n')}\n`;
    const path = join(folder, 'shop.csv');
    await writeFile(path, text);
    const request: SeriesRequest = { kind: 'file', file: new File([text], 'shop.csv'), column: 'sales' };
    const settings = { lags: '9', hidden: '6', epochs: '4', rate: '0.02', seed: '5', share: '60' };
    const { held, experiment } = await runPage(request, 'mlp', settings);
    const argv = ['--series', path, '--column', 'sales', '--model', 'mlp', '--lags', '9', '--hidden', '6'];
    const { models } = await runCommand(
      ...argv,
      ...['--epochs', '4', '--lr', '.02', '--seed', '5', '--train', '120', '--horizons', '1,40'],
    );
    const { errors } = experiment.trained.own;
    expect([errors[0], errors[39]]).toEqual(models.mlp);
    const { mean } = await experiment.forecastFrom(held.opened.series.length);
    expect([...mean]).toEqual(await savedForecast('mlp'));
  });
});

describe('an experiment', () => {
  it('fits twice, says which of the two it is, and gives what can be drawn before it is judged', async () => {
    const held = await openSeries({ ...sine, length: 300 });
    const form = { model: 'mlp', horizon: '8', seed: '1', period: '', share: '60' };
    const seen: string[] = [];
    const done = await Experiment.run(
      held,
      modelRequest({ ...form, lags: '4', hidden: '4', epochs: '2', rate: '0.01' }),
      {
        signal: new AbortController().signal,
        onProgress: ({ phase, epoch, epochs }) => seen.push(`${phase} ${epoch} of ${epochs}`),
        onDrawn: ({ model }) => seen.push(`drawn ${model}`),
      },
    );
    expect(seen).toEqual([
      'final 1 of 2',
      'final 2 of 2',
      'drawn mlp',
      'calibration 1 of 2',
      'calibration 2 of 2',
    ]);
    const forecast = await done!.forecastFrom(250);
    expect(forecast.mean).toHaveLength(8);
    forecast.mean.forEach((value, i) => {
      expect(forecast.lower[i]).toBeLessThan(value);
      expect(forecast.upper[i]).toBeGreaterThan(value);
    });
    expect(done!.trained.own.coverage).toBeGreaterThan(0.6);
    // Narrower intervals lie within wider ones.
    expect(forecast.inner.map(({ level }) => level)).toEqual([0.5, 0.8]);
    const nested = [...forecast.inner, forecast];
    nested.slice(1).forEach((outer, i) => {
      nested[i].lower.forEach((low, step) => {
        expect(outer.lower[step]).toBeLessThanOrEqual(low);
        expect(outer.upper[step]).toBeGreaterThanOrEqual(nested[i].upper[step]);
      });
    });
  });

  it('gives nothing when it is stopped', async () => {
    const stop = new AbortController();
    const held = await openSeries(sine);
    const form = { model: 'mlp', horizon: '8', seed: '1', period: '', share: '60' };
    const request = modelRequest({ ...form, lags: '4', hidden: '4', epochs: '50', rate: '0.01' });
    const onProgress = () => stop.abort();
    expect(await Experiment.run(held, request, { signal: stop.signal, onProgress })).toBeUndefined();
  });

  it('says how many values are missing, and fills them in where it is asked to', async () => {
    const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const value = (i: number) => (i % 17 === 5 ? '' : Math.sin(i / 5).toFixed(3));
    const rows = Array.from({ length: 300 }, (_, i) => `${day(i)},${value(i)}`);
    const file = new File([`date,y\n${rows.join('\n')}\n`], 'gaps.csv');
    const { experiment, held } = await runPage({ kind: 'file', file }, 'linear', { lags: '4' });
    expect(held.shown.notes).toContainEqual({ kind: 'gaps', missing: 18, length: 300 });
    // The stretches of 16 days are enough for every baseline.
    const names = experiment.trained.baselines.map(({ name }) => name);
    expect(names).toEqual([expect.stringMatching(/^ar\(\d+\)$/), 'naive', 'seasonal-naive(7)', 'drift']);
    const filled = await runPage({ kind: 'file', file, fill: true }, 'linear', { lags: '4' });
    expect(Array.from(filled.held.shown.values).some(Number.isNaN)).toBe(false);
    expect(filled.held.shown.notes).toEqual([{ kind: 'filled', missing: 18 }]);
    expect([...experiment.trained.notes, ...filled.experiment.trained.notes].map(({ kind }) => kind)).toEqual(
      ['short', 'short'],
    );
  });

  it('names what a short series lacks', async () => {
    const file = new File(['x\n1\n2\n3\n5\n4\n'], 'short.csv');
    await expect(runPage({ kind: 'file', file }, 'linear')).rejects.toThrow(
      'short.csv has 2 values after the training share; at least 4 are needed to judge the model on.',
    );
    const text = `x\n${Array.from({ length: 40 }, (_, i) => (i * 7) % 11).join('\n')}\n`;
    await expect(runPage({ kind: 'file', file: new File([text], 'few.csv') }, 'gru')).rejects.toThrow(
      'few.csv has 28 training values; at least 48 are needed: 34 to fit GRU, and 14 held out to calibrate intervals.',
    );
  });

  it.each(['linear', 'gru'] as const)(
    '%s: is handed on as it is, and small enough for a link',
    async (model) => {
      const settings: Record<string, string> = model === 'linear' ? {} : { epochs: '1', hidden: '8' };
      const { held, experiment, form } = await runPage({ ...sine, length: 300 }, model, settings);
      const packed = experiment.packed(form);
      expect(packed.length).toBeLessThan(20_000);
      expect(packedSettings(packed)).toEqual(form);
      const options = { signal: new AbortController().signal, onProgress: vi.fn() };
      const opened = await Experiment.run(held, modelRequest(form), {
        ...options,
        fitted: unpackModels(packed),
      });
      expect(options.onProgress).not.toHaveBeenCalled();
      expect(opened!.trained.own.errors).toEqual(experiment.trained.own.errors);
      expect(opened!.trained.own.coverage).toBe(experiment.trained.own.coverage);
      expect(await opened!.forecastFrom(250)).toEqual(await experiment.forecastFrom(250));
      const other = modelRequest({ ...form, model: model === 'linear' ? 'gru' : 'linear' });
      await expect(Experiment.run(held, other, { ...options, fitted: unpackModels(packed) })).rejects.toThrow(
        /^The link carries /,
      );
    },
  );

  it('says that what was handed on is damaged', () => {
    expect(() => unpackModels(Uint8Array.of(1, 2, 3))).toThrow('This model cannot be opened');
    expect(() => packedSettings(new Uint8Array(100))).toThrow('This model cannot be opened');
  });
});
