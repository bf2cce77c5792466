import {
  autoregression,
  backtest,
  conformal,
  linear,
  naive,
  scoresOf,
  TimeSeries,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import {
  boundsOf,
  compareModels,
  defaultHorizons,
  defaultStride,
  errorsAt,
  type FailedModel,
  intervalsOf,
  longestHorizon,
  measuredCoverage,
  measureOf,
  withIntervals,
} from './compare-models.js';

const noise = Random.seeded(7);
const series = TimeSeries.of({
  values: Array.from({ length: 300 }, (_, i) => Math.sin(i / 9) + 0.1 * noise.normal()),
});
const model = () => linear({ lags: 4, random: Random.seeded(1), optimizer: 'lbfgs' });
const plan = { start: 200, horizon: 6, period: 1 };

describe('a plan of comparison', () => {
  it('forecasts as far as half of the values reach, from at most 400 origins', () => {
    expect(defaultHorizons(396)).toEqual([1, 4, 16, 64]);
    expect(defaultHorizons(44)).toEqual([1, 4, 16]);
    expect(defaultHorizons(1)).toEqual([1]);
    expect(longestHorizon(45)).toBe(22);
    expect([defaultStride(396, 64), defaultStride(2192, 64), defaultStride(3, 9)]).toEqual([1, 6, 1]);
  });

  it('measures squared errors where their floor is known', () => {
    expect(measureOf({ noiseFloor: 0 })).toBe('MSE');
    expect(measureOf({})).toBe('MASE');
  });
});

describe('compareModels', () => {
  it('judges models from the same origins, and says how far it is', async () => {
    const said: string[] = [];
    const judged = await compareModels(
      [
        { name: 'one', model: model() },
        { name: 'two', model: naive() },
      ],
      series,
      plan,
      {
        onEpoch: (name) => said.push(`${name} epoch`),
        onOrigins: (name, done, origins) => said.push(`${name} ${done}/${origins}`),
        onModel: ({ name }) => said.push(`${name} done`),
      },
    );
    expect(judged.map(({ test }) => test.records.map(({ origin }) => origin))).toEqual(
      [0, 1].map(() => Array.from({ length: 95 }, (_, i) => 200 + i)),
    );
    expect([...new Set(said)]).toEqual(['one epoch', 'one 95/95', 'one done', 'two 95/95', 'two done']);
  });

  it('stops when it is told to, with what it has', async () => {
    const stop = new AbortController();
    const candidates = ['one', 'two', 'three'].map((name) => ({ name, model: naive() }));
    const judged = await compareModels(
      candidates,
      series,
      { ...plan, signal: stop.signal },
      { onModel: ({ name }) => name === 'two' && stop.abort() },
    );
    expect(judged.map(({ name }) => name)).toEqual(['one', 'two']);
  });

  it('leaves out what a series is too short for, and says so', async () => {
    const failed: string[] = [];
    const candidates = [
      { name: 'long', model: autoregression({ order: 190 }) },
      { name: 'naive', model: naive() },
    ];
    const listener = { onFailure: ({ name, error }: FailedModel) => failed.push(`${name}: ${error.name}`) };
    expect((await compareModels(candidates, series, plan, listener)).map(({ name }) => name)).toEqual([
      'naive',
    ]);
    expect(failed).toEqual(['long: SeriesTooShortError']);
    // Where nobody listens it is an error.
    await expect(compareModels(candidates, series, plan)).rejects.toThrow('series');
  });

  it('has the errors that scoresOf has', async () => {
    const test = await backtest(model(), series, plan);
    const at = (measure: 'mse' | 'mase') => [1, 6].map((step) => scoresOf(test, { step })[measure]);
    expect(errorsAt(test, 'MSE', [1, 6])).toEqual(at('mse'));
    expect(errorsAt(test, 'MASE', [1, 6])).toEqual(at('mase'));
  });
});

describe('withIntervals', () => {
  it('gives a test the intervals that conformal() gives a model', async () => {
    // L-BFGS on the same values ends at the same weights, so the two ways can be compared.
    const options = { horizon: 6, origins: 30, stride: 2 };
    const calibrated = await backtest(conformal(model(), options), series, { ...plan, coverages: [0.9] });
    const calibration = await backtest(model(), series.slice(0, 200), {
      start: 200 - 6 - 29 * 2,
      horizon: 6,
      stride: 2,
    });
    expect(calibration.records).toHaveLength(30);
    const plain = await backtest(model(), series, plan);
    const test = withIntervals(plain, calibration);
    expect(measuredCoverage(test)).toBeCloseTo(scoresOf(calibrated).coverage[0].measured, 9);
    const [record] = test.records;
    const { lower, upper } = boundsOf(record.forecast);
    expect(boundsOf(intervalsOf(plain.records[0].forecast, calibration))).toEqual({ lower, upper });
    const expected = boundsOf(calibrated.records[0].forecast);
    lower.forEach((value, i) => {
      expect(value).toBeCloseTo(expected.lower[i], 4);
      expect(upper[i] - value).toBeGreaterThan(0.2);
    });
  });
});
