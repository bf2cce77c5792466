import { readFileSync } from 'node:fs';
import { columnOf, loadSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backtest } from '../evaluation/backtest.js';
import { scoresOf } from '../evaluation/scores.js';
import { decodeForecaster, encodeForecaster, type ForecasterFiles } from '../files/forecaster-files.js';
import { autoregression } from '../methods/autoregression.js';
import { drift } from '../methods/drift.js';
import type { Forecaster } from '../methods/forecaster.js';
import { linear } from '../methods/lag-network.js';
import { naive, seasonalNaive } from '../methods/seasonal-naive.js';
import { TimeSeries } from '../series/time-series.js';
import { calibrated, calibrationOf, conformal } from './conformal.js';
import { ensemble } from './ensemble.js';
import { createTransform, likeliestLambda, transformed } from './transformed.js';

/** The bytes of a saved forecaster. */
function encoded(model: Forecaster): ForecasterFiles {
  const files = Object.entries(encodeForecaster(model)).map(([name, chunks]) => [
    name,
    Buffer.concat(chunks),
  ]);
  return Object.fromEntries(files);
}

const positive = fc.array(fc.double({ min: 0.1, max: 100, noNaN: true }), { minLength: 12, maxLength: 20 });

describe('transformed', () => {
  it('differences are undone: continuing a differenced series is continuing the series', () => {
    fc.assert(
      fc.property(
        positive,
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 6 }),
        (values, lag, horizon) => {
          const series = TimeSeries.of({ values });
          const past = series.slice(0, series.length - horizon);
          const transform = createTransform({ kind: 'difference', lag });
          const future = transform.apply(series).slice(past.length - lag).values;
          const forecast = { horizon, variables: ['value'], mean: future, quantiles: [] };
          const back = transform.invert(forecast, past).mean;
          back.forEach((value, i) => {
            expect(value).toBeCloseTo(values[past.length + i], 9);
          });
        },
      ),
    );
  });

  it('a naive forecast of yearly changes is the seasonal naive forecast plus the last change', async () => {
    const series = TimeSeries.of({ values: [1, 2, 3, 4, 11, 12, 13, 14] });
    const model = transformed(naive(), [{ kind: 'difference', lag: 4 }]);
    expect([...(await (await model.fit(series)).predict(5)).mean]).toEqual([21, 22, 23, 24, 31]);
  });

  it('drift of logarithms is exponential growth, quantiles included', async () => {
    const series = TimeSeries.of({ values: [1, 2, 4, 8] });
    const forecast = await (await transformed(drift(), [{ kind: 'log' }]).fit(series)).predict(2, {
      levels: [0.5],
    });
    expect(forecast.mean[1]).toBeCloseTo(32, 9);
    expect(forecast.quantiles[0].values[1]).toBeCloseTo(32, 9);
  });

  it('Box and Cox: undone by its inverse, the logarithm at 0, the likeliest lambda that scipy finds', async () => {
    fc.assert(
      fc.property(positive, fc.double({ min: -1, max: 2, noNaN: true }), (values, lambda) => {
        const series = TimeSeries.of({ values });
        const transform = createTransform({ kind: 'box-cox', lambda });
        const mean = transform.apply(series).values;
        const back = transform.invert(
          { horizon: mean.length, variables: ['value'], mean, quantiles: [] },
          series,
        ).mean;
        back.forEach((value, i) => {
          expect(Math.abs(value / values[i] - 1)).toBeLessThan(1e-9);
        });
        // Where the values hardly differ, every lambda is as likely.
        if (Math.max(...values) < 1.5 * Math.min(...values)) return;
        expect(likeliestLambda([series])).toBeCloseTo(
          likeliestLambda([TimeSeries.of({ values: values.map((v) => 1e12 * v) })]),
          5,
        );
      }),
    );
    const log = createTransform({ kind: 'log' }).apply(TimeSeries.of({ values: [1, 2, 3] })).values;
    expect(
      createTransform({ kind: 'box-cox', lambda: 0 }).apply(TimeSeries.of({ values: [1, 2, 3] })).values,
    ).toEqual(log);

    const { boxcox, walk } = JSON.parse(
      readFileSync(new URL('../fixtures/numbers.json', import.meta.url), 'utf8'),
    );
    const all: Record<string, number[]> = {
      'air-passengers': [...columnOf(await loadSeries('air-passengers'))],
      walk: walk.map((value: number) => Math.exp(value / 4)),
    };
    for (const { series, lambda_ } of boxcox) {
      expect(likeliestLambda([TimeSeries.of({ values: all[series] })])).toBeCloseTo(lambda_, 5);
    }
    const model = transformed(drift(), [{ kind: 'box-cox' }]);
    await model.fit(TimeSeries.of({ values: all['air-passengers'] }));
    expect(model.name).toBe('drift of box-cox 0.15');
    // The quantiles go back as the points do, in order.
    const { mean, quantiles } = await model.predict(12, { levels: [0.1, 0.9] });
    mean.forEach((value, i) => {
      expect(quantiles[0].values[i]).toBeLessThan(value);
      expect(quantiles[1].values[i]).toBeGreaterThan(value);
    });
    const loaded = decodeForecaster(encoded(model));
    expect((await loaded.forecaster.predict(12)).mean).toEqual(mean);
  });

  it('names what it cannot transform', async () => {
    const model = transformed(naive(), [{ kind: 'log' }]);
    await expect(model.fit(TimeSeries.of({ values: [1, 0, 2] }))).rejects.toThrow(
      "expected values above 0 in 'value' for the log transform, got 0 in row 1",
    );
    const seasonal = transformed(naive(), [{ kind: 'difference', lag: 2 }]);
    await seasonal.fit(TimeSeries.of({ values: [1, 2, 4, 8] }));
    await expect(seasonal.predict(3, { levels: [0.9] })).rejects.toThrow('quantiles more than 2 steps ahead');
  });
});

describe('ensemble', () => {
  it('combines forecasts and quantiles value by value', async () => {
    const series = TimeSeries.of({ values: [1, 5, 2, 7] });
    const members = [naive(), seasonalNaive({ period: 2 }), drift()]; // 7 7, 2 7, 9 11
    const forecast = async (combine: 'mean' | 'median') => [
      ...(await (await ensemble({ members, combine }).fit(series)).predict(2)).mean,
    ];
    expect(await forecast('mean')).toEqual([6, 25 / 3]);
    expect(await forecast('median')).toEqual([7, 7]);
    expect(() => ensemble({ members: [] })).toThrow('members.length: expected a whole number of at least 1');
  });
});

describe('conformal', () => {
  it('covers what it promises when errors keep their distribution', async () => {
    const random = Random.seeded(1);
    // Not normal: exponential noise around a level.
    const values = Float64Array.from({ length: 3000 }, () => -Math.log(1 - random.uniform()));
    const model = conformal(autoregression({ order: 1 }), { horizon: 3, origins: 400 });
    const test = await backtest(model, TimeSeries.of({ values }), {
      start: 1000,
      horizon: 3,
      stride: 3,
      coverages: [0.5, 0.8, 0.9],
    });
    for (const { nominal, measured } of scoresOf(test).coverage) {
      // Calibration on 400 errors moves coverage by a standard error of 0.025 at 0.5.
      expect(Math.abs(measured - nominal)).toBeLessThan(0.08);
    }
  });

  it('reaches to the right one of its errors', async () => {
    // Errors of the naive forecast, one step ahead, over the last four values: 1, 2, 3, 4.
    const values = [0, 0, 1, 3, 6, 10];
    const model = conformal(naive(), { horizon: 1, origins: 4 });
    const forecast = await (await model.fit(TimeSeries.of({ values }))).predict(1, {
      levels: [0.2, 0.5, 0.8, 0.95],
    });
    // Coverage 0.6 of 5 ranks: the third smallest. Coverage 0.9 would need a fifth error.
    expect(forecast.quantiles.map(({ values: [value] }) => value)).toEqual([
      7,
      10,
      13,
      Number.POSITIVE_INFINITY,
    ]);
  });

  it('covers what it promises of each of several series, however far apart their sizes are', async () => {
    const random = Random.seeded(4);
    const sizes = [1e-3, 1, 1e6];
    const all = sizes.map((size) =>
      TimeSeries.of({ values: Float64Array.from({ length: 900 }, () => size * (5 + random.normal())) }),
    );
    const model = conformal(naive(), { horizon: 2, origins: 150 });
    const plan = { start: 500, horizon: 2, stride: 2, coverages: [0.9] };
    const test = await backtest(model, all, plan);
    const shown = calibrated(model, await backtest(naive(), all, plan));
    for (const [index, size] of sizes.entries()) {
      const records = test.records.filter(({ series }) => series === index);
      expect(scoresOf({ ...test, records }).coverage[0].measured).toBeGreaterThan(0.83);
      expect(scoresOf({ ...test, records }).coverage[0].measured).toBeLessThan(0.97);
      // A model that is saved with its intervals gives them in the units of the series that it continues.
      const loaded = decodeForecaster(encoded(shown)).forecaster;
      const { quantiles } = await loaded.predict(1, { context: all[index], levels: [0.05, 0.95] });
      const width = quantiles[1].values[0] - quantiles[0].values[0];
      expect(width / size).toBeGreaterThan(4);
      // Errors are differences of two values: 4.65.
      expect(width / size).toBeLessThan(5.5);
    }
  });

  it('names horizons and series that it was not calibrated for', async () => {
    const model = conformal(naive(), { horizon: 2, origins: 4 });
    await expect(model.fit(TimeSeries.of({ values: [1, 2, 3] }))).rejects.toThrow(
      'before 5 held out to calibrate',
    );
    await model.fit(TimeSeries.of({ values: [1, 2, 3, 4, 5, 7, 9, 8] }));
    await expect(model.predict(3, { levels: [0.9] })).rejects.toThrow('horizon: expected at most 2');
    const { model: inner, horizon } = calibrationOf(decodeForecaster(encoded(model)).forecaster)!;
    expect(horizon).toBe(2);
    expect((await inner.predict(3, { levels: [0.9] })).mean).toEqual((await model.predict(3)).mean);
    expect(calibrationOf(inner)).toBeUndefined();
  });

  it('gives intervals to a model of points', async () => {
    const random = Random.seeded(2);
    const series = TimeSeries.of({ values: Array.from({ length: 200 }, () => random.normal()) });
    const points = linear({ lags: 2, random, optimizer: 'lbfgs' });
    await points.fit(series);
    await expect(points.predict(2, { levels: [0.9] })).rejects.toThrow(
      'expected a model with a distribution for quantiles',
    );
    const intervals = await (await conformal(points, { horizon: 2, origins: 50 }).fit(series)).predict(2, {
      levels: [0.05, 0.95],
    });
    expect(intervals.quantiles[0].values[0]).toBeLessThan(intervals.quantiles[1].values[0]);
  });
});
