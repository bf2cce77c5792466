import { loadSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { backtest } from '../evaluation/backtest.js';
import { scoresOf } from '../evaluation/scores.js';
import { mean } from '../numeric/statistics.js';
import { fromDataset } from '../series/from-dataset.js';
import { TimeSeries } from '../series/time-series.js';
import { drift } from './drift.js';
import { naive, seasonalNaive } from './seasonal-naive.js';

const series = (values: number[]) => TimeSeries.of({ values });

describe('naive, seasonal naive and drift', () => {
  it('repeat the last value, the last season, the average step', async () => {
    const values = series([1, 5, 2, 7]);
    const forecast = async (model: ReturnType<typeof naive>) => [
      ...(await (await model.fit(values)).predict(3)).mean,
    ];
    expect(await forecast(naive())).toEqual([7, 7, 7]);
    expect(await forecast(seasonalNaive({ period: 2 }))).toEqual([2, 7, 2]);
    expect(await forecast(drift())).toEqual([9, 11, 13]);
  });

  it('reach the published figures of AirPassengers through the backtest', async () => {
    const air = fromDataset(await loadSeries('air-passengers'));
    const test = await backtest(seasonalNaive({ period: 12 }), air, { start: 120, horizon: 24, period: 12 });
    const { rmse, mae, mape, mase } = scoresOf(test);
    expect(rmse).toBeCloseTo(76.995, 3);
    expect(mae).toBeCloseTo(71.25, 3);
    expect(mape).toBeCloseTo(15.523, 3);
    expect(mase).toBeCloseTo(2.4935, 4);
  });

  it('have intervals as wide as their sampled futures', async () => {
    const random = Random.seeded(1);
    const walk = new Float64Array(200);
    for (let t = 1; t < 200; t++) walk[t] = walk[t - 1] + 0.2 + random.normal();
    for (const model of [naive(), seasonalNaive({ period: 3 }), drift()]) {
      await model.fit(TimeSeries.of({ values: walk }));
      const horizon = 8;
      const { quantiles, paths } = await model.predict(horizon, { levels: [0.1, 0.9], paths: 4000, random });
      for (const { level, values } of quantiles) {
        for (const step of [0, 4, 7]) {
          const below = Array.from(
            { length: 4000 },
            (_, path) => paths![path * horizon + step] <= values[step],
          );
          // Five standard errors of sqrt(0.09 / 4000).
          expect(Math.abs(mean(below.map(Number)) - level), `${model.name}, step ${step}`).toBeLessThan(
            0.025,
          );
        }
      }
    }
  });

  it('step over missing values', async () => {
    const gappy = TimeSeries.of({ values: [1, 2, 3, 4, 0, 0], observed: [1, 1, 1, 1, 0, 0] });
    const forecast = async (model: ReturnType<typeof naive>) => [
      ...(await (await model.fit(gappy)).predict(2)).mean,
    ];
    expect(await forecast(naive())).toEqual([4, 4]);
    expect(await forecast(seasonalNaive({ period: 2 }))).toEqual([3, 4]);
    expect(await forecast(drift())).toEqual([7, 8]);
  });

  it('name what is too short', async () => {
    await expect(seasonalNaive({ period: 12 }).fit(series([1, 2]))).rejects.toThrow(
      "series 'series': expected at least 12 values (seasonal-naive(12): one whole season), got 2",
    );
    await expect(naive().predict(3)).rejects.toThrow('naive: expected fit() before predict()');
    await expect((await naive().fit(series([1]))).predict(0)).rejects.toThrow(
      'horizon: expected a whole number of at least 1',
    );
    expect(() => seasonalNaive({ period: 0 })).toThrow(
      'period: expected a whole number of at least 1, got 0',
    );
  });
});
