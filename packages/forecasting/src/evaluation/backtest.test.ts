import { describe, expect, it } from 'vitest';
import { NotFittedError } from '../errors.js';
import { autoregression } from '../methods/autoregression.js';
import { TimeSeries } from '../series/time-series.js';
import { backtest } from './backtest.js';

const series = TimeSeries.of({
  values: Float64Array.from({ length: 60 }, (_, i) => i + 5 * Math.sin(i / 3)),
});
const plan = { start: 40, horizon: 3, stride: 2 };

describe("backtest with refit 'never'", () => {
  it('judges a model as it was fitted', async () => {
    const fitted = await autoregression({ order: 2 }).fit(series.slice(0, 40));
    const test = await backtest(fitted, series, { ...plan, refit: 'never' });
    expect(test).toEqual(await backtest(autoregression({ order: 2 }), series, plan));
    // One that has seen less forecasts otherwise.
    const younger = await autoregression({ order: 2 }).fit(series.slice(0, 20));
    expect((await backtest(younger, series, { ...plan, refit: 'never' })).records).not.toEqual(test.records);
  });

  it('refuses a model that nothing has fitted', async () => {
    await expect(backtest(autoregression({ order: 2 }), series, { ...plan, refit: 'never' })).rejects.toThrow(
      NotFittedError,
    );
  });
});
