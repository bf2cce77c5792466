import { parseFrequency, SeriesTooShortError } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { backtest } from '../evaluation/backtest.js';
import { scoresOf } from '../evaluation/scores.js';
import { meanAbsoluteError } from '../metrics/point-metrics.js';
import { TimeSeries } from '../series/time-series.js';
import { globalRecurrent } from './global-recurrent.js';
import { seasonalNaive } from './seasonal-naive.js';

/** A season of `period` steps that slowly moves, around a level of any size. */
function seasonal(seed: number, { length, period = 6 }: { length: number; period?: number }): TimeSeries {
  const random = Random.seeded(seed);
  const size = 10 ** (seed % 5);
  const phase = random.integer(0, period);
  let drift = 0;
  return TimeSeries.of({
    name: `series ${seed}`,
    period,
    values: Array.from({ length }, (_, t) => {
      drift = 0.7 * drift + 0.4 * random.normal();
      return size * (10 + 2 * Math.sin((2 * Math.PI * (t + phase)) / period) + drift);
    }),
  });
}

const panel = Array.from({ length: 20 }, (_, seed) => seasonal(seed, { length: 60 + 9 * seed }));
const quick = { horizon: 6, hiddenSize: 8, updates: 300, batchSize: 32 } as const;

describe('one recurrent network over many series', () => {
  it('repeats the last season before it has learned anything, whatever the size and length of a series', async () => {
    const random = Random.seeded(1);
    const model = await globalRecurrent({ ...quick, updates: 0, random }).fit(panel);
    const forecasts = await model.predictAll(6);
    for (const [i, series] of panel.entries()) {
      const naive = await (await seasonalNaive().fit(series)).predict(6);
      const size = Math.abs(series.values[0]);
      naive.mean.forEach((value, step) => {
        expect(Math.abs(forecasts[i].mean[step] - value) / size).toBeLessThan(0.02);
      });
    }
  });

  it('learns what they have in common: its errors are below the seasonal naive ones, and intervals hold', async () => {
    const setting = { start: 160, horizon: 6, stride: 6, coverages: [0.9] };
    const long = Array.from({ length: 20 }, (_, seed) => seasonal(seed, { length: 190 }));
    const judge = async (model: ReturnType<typeof globalRecurrent>) =>
      scoresOf(await backtest(model, long, setting));
    const own = await judge(globalRecurrent({ ...quick, random: Random.seeded(1) }));
    expect(own.mase).toBeLessThan(0.9 * (await judge(seasonalNaive({ period: 6 }))).mase);
    expect(own.coverage[0].measured).toBeGreaterThan(0.7);
  });

  it('stretches its intervals until they hold their share of the values held out', async () => {
    const many = Array.from({ length: 60 }, (_, seed) => seasonal(seed, { length: 90 }));
    const model = globalRecurrent({ ...quick, updates: 60, random: Random.seeded(2) });
    await model.fit(many);
    const held = many.map((series) => series.slice(0, 84));
    const forecasts = await model.predictAfter(held, 6, { levels: [0.05, 0.95] });
    let below = [0, 0];
    forecasts.forEach(({ quantiles }, i) => {
      below = below.map(
        (count, q) =>
          count + quantiles[q].values.filter((value, step) => many[i].values[84 + step] <= value).length,
      );
    });
    expect(below[0] / 360).toBeCloseTo(0.05, 1);
    expect(below[1] / 360).toBeCloseTo(0.95, 1);
  });

  it('forecasts a series that it never saw, also one shorter than its window', async () => {
    const model = await globalRecurrent({ ...quick, random: Random.seeded(1) }).fit(panel.slice(1));
    for (const length of [1, 5, 13, 60]) {
      const context = panel[0].slice(0, length);
      const { mean, quantiles } = await model.predict(3, { context, levels: [0.05, 0.5, 0.95] });
      const [low, middle, high] = quantiles.map(({ values }) => values);
      mean.forEach((value, step) => {
        expect(low[step]).toBeLessThanOrEqual(value);
        expect(middle[step]).toBe(value);
        expect(high[step]).toBeGreaterThanOrEqual(value);
      });
    }
  });

  it('is the same again from the same seed, and another with more networks', async () => {
    const forecast = async (networks: number) => {
      const model = globalRecurrent({ ...quick, updates: 20, networks, random: Random.seeded(3) });
      return (await (await model.fit(panel)).predict(6)).mean;
    };
    expect(await forecast(2)).toEqual(await forecast(2));
    expect(await forecast(2)).not.toEqual(await forecast(1));
  });

  it('takes each variable of a series as a series of its own, scaled by itself', async () => {
    const [first, second] = panel.slice(2, 4).map((series) => series.slice(0, 60).values);
    const both = TimeSeries.of({
      values: Array.from({ length: 120 }, (_, i) => (i % 2 === 0 ? first : second)[i >> 1]),
      variables: ['a', 'b'],
      period: 6,
    });
    const model = await globalRecurrent({ ...quick, updates: 0, random: Random.seeded(1) }).fit(both);
    const { mean } = await model.predict(6);
    for (let step = 0; step < 6; step++) {
      expect(mean[2 * step] / first[54 + step]).toBeCloseTo(1, 1);
      expect(mean[2 * step + 1] / second[54 + step]).toBeCloseTo(1, 1);
    }
  });

  it('uses the calendar and covariates that are known in advance', async () => {
    const random = Random.seeded(9);
    const length = 300;
    const promotions = Array.from({ length: length + 6 }, () => (random.uniform() < 0.3 ? 1 : 0));
    const values = Array.from(
      { length },
      (_, t) => 10 + (t % 7 === 2 ? 5 : 0) + 8 * promotions[t] + 0.3 * random.normal(),
    );
    const timeline = { start: 0, frequency: parseFrequency('D') };
    const options = { ...quick, period: 1, random: Random.seeded(1), updates: 600, learningRate: 0.01 };
    const errorOf = async (known: boolean) => {
      const series = TimeSeries.of({
        values,
        timeline,
        ...(known && { known: { names: ['promotion'], values: promotions } }),
      });
      const calendar = known ? (['day-of-week'] as const) : [];
      const model = globalRecurrent({ ...options, calendar, random: Random.seeded(1) });
      const test = await backtest(model, series, { start: 240, horizon: 6, stride: 3 });
      return scoresOf(test).mae;
    };
    expect(await errorOf(true)).toBeLessThan(0.6 * (await errorOf(false)));
  });

  it('says which series is too short, and which horizon it was trained for', async () => {
    const random = Random.seeded(1);
    await expect(globalRecurrent({ ...quick, random }).fit(panel[0].slice(0, 13))).rejects.toThrow(
      SeriesTooShortError,
    );
    const model = await globalRecurrent({ ...quick, updates: 1, random }).fit(panel[0]);
    await expect(model.predict(7)).rejects.toThrow('horizon: expected at most 6');
  });

  it('counts every series alike: one that is a thousand times larger does not drown the others', async () => {
    const scaled = panel.map((series, i) =>
      i === 0 ? series.withValues(series.values.map((value) => 1e6 * value)) : series,
    );
    const errors = async (all: readonly TimeSeries[]) => {
      const model = await globalRecurrent({ ...quick, updates: 60, random: Random.seeded(1) }).fit(all);
      const { mean } = await model.predict(6, { context: panel[3] });
      return meanAbsoluteError(panel[3].values.slice(0, 6), mean);
    };
    expect(await errors(scaled)).toBeCloseTo(await errors(panel), 0);
  });
});
