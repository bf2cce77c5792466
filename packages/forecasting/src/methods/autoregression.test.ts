import { sineSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { backtest } from '../evaluation/backtest.js';
import { scoresOf } from '../evaluation/scores.js';
import { fromDataset } from '../series/from-dataset.js';
import { TimeSeries } from '../series/time-series.js';
import { Autoregression, autoregression } from './autoregression.js';

/** y_t = 1 + 0.6 y_(t-1) - 0.3 y_(t-2) + N(0, 0.5) */
function simulated(length: number, seed = 1): TimeSeries {
  const random = Random.seeded(seed);
  const values = new Float64Array(length + 50);
  for (let t = 2; t < values.length; t++) {
    values[t] = 1 + 0.6 * values[t - 1] - 0.3 * values[t - 2] + 0.5 * random.normal();
  }
  return TimeSeries.of({ values: values.subarray(50) });
}

describe('autoregression', () => {
  it('continues a clean sine exactly from two lags', async () => {
    const sine = fromDataset(sineSeries({ random: Random.seeded(1), noise: 0 }));
    const { mean } = await (await autoregression({ order: 2 }).fit(sine.slice(0, 600))).predict(400);
    const errors = mean.map((value, i) => Math.abs(value - sine.values[600 + i]));
    expect(Math.max(...errors)).toBeLessThan(1e-6);
  });

  it('finds order, coefficients and noise of a process', async () => {
    const method = new Autoregression({ maxOrder: 10 });
    await method.fit([simulated(3000)]);
    const [{ constant, coefficients, sigma, criterion }] = method.fits;
    // Standard errors: about 0.017 for each coefficient, 0.04 for the constant; the order can be chosen too large, seldom by much.
    expect(coefficients.length).toBeGreaterThanOrEqual(2);
    expect(coefficients.length).toBeLessThanOrEqual(4);
    expect(Math.abs(coefficients[0] - 0.6)).toBeLessThan(0.09);
    expect(Math.abs(coefficients[1] + 0.3)).toBeLessThan(0.09);
    expect(Math.abs(constant - 1)).toBeLessThan(0.25);
    expect(Math.abs(sigma - 0.5)).toBeLessThan(0.035);
    expect(criterion).toHaveLength(11);
  });

  it('has intervals that cover as they say', async () => {
    const test = await backtest(autoregression({ order: 2 }), simulated(3000, 2), {
      start: 1000,
      horizon: 5,
      stride: 5,
      coverages: [0.5, 0.9],
    });
    for (const { nominal, measured } of scoresOf(test).coverage) {
      expect(Math.abs(measured - nominal)).toBeLessThan(0.05); // five standard errors of 2000 correlated hits
    }
  });

  it('leaves rows with missing values out, and fills them to forecast', async () => {
    const whole = simulated(1500, 3);
    const observed = whole.observed.map((_, t) => (t % 10 === 3 ? 0 : 1));
    observed[1499] = 0;
    const method = new Autoregression({ order: 2 });
    await method.fit([whole.withValues(whole.values, observed)]);
    expect(Math.abs(method.fits[0].coefficients[0] - 0.6)).toBeLessThan(0.15);
    const [forecast] = await method.forecast([whole.withValues(whole.values, observed)], {
      horizon: 3,
      levels: [],
    });
    expect(forecast.mean.every(Number.isFinite)).toBe(true);
  });

  it('names series that it cannot learn from', async () => {
    const missing = TimeSeries.of({
      name: 'none',
      values: new Float64Array(50),
      observed: new Uint8Array(50),
    });
    await expect(autoregression().fit(missing)).rejects.toThrow(
      "series 'none': expected an observed value in 'value', got missing ones alone",
    );
    await expect(autoregression({ order: 5 }).fit(simulated(12))).rejects.toThrow(
      'expected at least 13 values',
    );
    expect(() => autoregression({ order: 0 })).toThrow(
      "order: expected a whole number of at least 1, or 'auto', got 0",
    );
  });

  it('finds an order that series with holes have rows for', async () => {
    const whole = simulated(600, 4);
    const observed = whole.observed.map((_, t) => (t % 17 === 5 ? 0 : 1));
    const method = new Autoregression();
    await method.fit([whole.withValues(whole.values, observed)]);
    expect(method.fits[0].coefficients.length).toBeGreaterThanOrEqual(1);
    expect(method.fits[0].coefficients.length).toBeLessThanOrEqual(16);
    expect(Math.abs(method.fits[0].coefficients[0] - 0.6)).toBeLessThan(0.2);
  });

  it('ends at an infinity where it explodes, never at NaN', async () => {
    const values = Array.from({ length: 40 }, (_, t) => (-2) ** t + 0.5 * 1.5 ** t);
    const { mean, quantiles } = await (
      await autoregression({ order: 2 }).fit(TimeSeries.of({ values }))
    ).predict(5000, { levels: [0.1, 0.9] });
    for (const all of [mean, ...quantiles.map((quantile) => quantile.values)]) {
      expect(all.some(Number.isNaN)).toBe(false);
    }
  });
});
