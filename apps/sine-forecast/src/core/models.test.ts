import { ets, type Forecaster, TimeSeries } from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import {
  baselineNames,
  calibrationOrigins,
  createModel,
  createModelWithIntervals,
  defaultContext,
  distinctModels,
  isModelName,
  isRecurrent,
  type ModelName,
  modelNames,
  pageSeason,
  pageSettings,
  trainingDefaults,
} from './models.js';

const create = (name: ModelName, settings = {}) =>
  createModel(name, { period: 7, calendar: [], random: Random.seeded(1), ...settings });

describe('createModel', () => {
  it('makes every model that has a name, without reading further than its settings', () => {
    for (const name of modelNames) expect(create(name, { lags: 12 }).name).not.toBe('');
    expect(isModelName('gru')).toBe(true);
    expect(isModelName('toString')).toBe(false);
    expect(modelNames.filter(isRecurrent)).toEqual(['rnn', 'gru', 'lstm', 'ensemble']);
  });

  it('fits smoothing by errors no further ahead than the horizon, and than a season', async () => {
    // A level that comes back: long enough to show that the likeliest model errs far ahead.
    const random = Random.seeded(3);
    let level = 0;
    const values = Float64Array.from({ length: 210 }, (_, t) => {
      level = 0.6 * level + random.normal();
      return 50 + 9 * Math.sin((2 * Math.PI * t) / 7) + 4 * level;
    });
    const series = TimeSeries.of({ values });
    const means = async (model: Forecaster) => [...(await (await model.fit(series)).predict(7)).mean];
    const own = (steps: number) => means(ets({ period: 7, random: Random.seeded(1), steps }));
    expect(await means(create('ets', { horizon: 1 }))).toEqual(await own(1));
    expect(await means(create('ets', { horizon: 20 }))).toEqual(await own(7));
    expect(await own(1)).not.toEqual(await own(7));
  });

  it('makes a network that forecasts a known horizon at once, and otherwise one that goes step by step', () => {
    expect(create('gru').name).toBe('gru');
    expect(create('gru', { horizon: 5 }).name).toBe('global gru');
    // A context, the lag of a season, and the steps after them.
    expect(create('gru').method.requires('fit').length).toBe(32 + 7 + 1);
    // Two seasons, and the steps after them: what a window lacks before the series begins is left open.
    expect(create('gru', { horizon: 5 }).method.requires('fit').length).toBe(2 * 7 + 5);
    expect(create('gru', { context: 9 }).method.requires('fit').length).toBe(9 + 7 + 1);
  });

  it('gives a network two seasons to read, and no fewer than 32 steps', () => {
    expect(defaultContext({ period: 1 })).toBe(32);
    expect(defaultContext({ period: 24 })).toBe(48);
    expect(defaultContext({ period: 24, lags: 60 })).toBe(60);
  });
});

describe('intervals', () => {
  it('are calibrated on the last quarter of the training values, never a season apart', () => {
    const model = create('linear', { lags: 4 });
    const at = (train: number, horizon: number, period = 1) =>
      calibrationOrigins(model, { train, horizon, period });
    expect(at(604, 64)).toEqual({ origins: 120, stride: 1 });
    // (4000 - 28) / 4 = 993 values for 120 origins: 8 apart.
    expect(at(4000, 28)).toEqual({ origins: 120, stride: 8 });
    expect(at(4000, 28, 8)).toEqual({ origins: 120, stride: 7 });
    expect(at(90, 10)).toEqual({ origins: 20, stride: 1 });
  });

  it('leave a short series what the model needs', () => {
    const network = create('gru', { period: 12 });
    const options = { train: 86, horizon: 29, period: 12 };
    expect(network.method.requires('fit').length).toBe(45);
    expect(calibrationOrigins(network, { ...options, fewest: 9 })).toEqual({ origins: 13, stride: 1 });
    // The command asks for twenty errors, or says that the series is too short.
    expect(calibrationOrigins(network, options)).toEqual({ origins: 20, stride: 1 });
  });

  it('come from the model itself where it has a distribution', () => {
    const settings = { period: 7, calendar: [], random: Random.seeded(1), lags: 4 };
    const needs = (name: ModelName) =>
      createModelWithIntervals(name, settings, { horizon: 3, train: 200 }).method.requires('fit').reason;
    for (const name of modelNames) {
      const hasDistribution = ['naive', 'seasonal-naive', 'drift', 'theta', 'ar', 'arima', 'ets'].includes(
        name,
      );
      expect(needs(name).includes('calibrate intervals'), name).toBe(!hasDistribution);
    }
  });
});

describe('the page', () => {
  it("trains with the command's defaults, longer on a short series", () => {
    const long = { period: 7, train: 5113, length: 7305 };
    for (const name of ['linear', 'mlp', 'rnn', 'gru', 'lstm'] as const) {
      expect(pageSettings(name, long)).toMatchObject(trainingDefaults(name, { direct: false }));
    }
    expect(pageSettings('gru', long)).toMatchObject({ context: 32, lags: 8, epochs: 30 });
    const short = { period: 12, train: 100, length: 144 };
    expect(pageSettings('gru', short).epochs).toBe(208);
    expect(pageSettings('linear', short)).toMatchObject({ epochs: 200, learningRate: undefined });
  });

  it('tells a network of no season that it cannot learn, and lets it read no more than it has time for', () => {
    expect(pageSeason(12, 48)).toBe(12);
    expect(pageSeason(12, 47)).toBe(1);
    expect(pageSettings('gru', { period: 365, train: 5113, length: 7305 }).context).toBe(128);
  });

  it('is held against models that learn nothing', () => {
    expect(baselineNames(1)).toEqual(['naive']);
    expect(baselineNames(7)).toEqual(['naive', 'seasonal-naive']);
    expect(distinctModels(['gru', 'seasonal-naive', 'naive', 'gru'], 1)).toEqual(['gru', 'naive']);
    expect(distinctModels(['gru', 'seasonal-naive', 'naive'], 7)).toEqual(['gru', 'seasonal-naive', 'naive']);
  });
});
