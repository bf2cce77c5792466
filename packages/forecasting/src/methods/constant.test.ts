import { parseFrequency } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arima,
  autoregression,
  backtest,
  compare,
  drift,
  ensemble,
  ets,
  type Forecaster,
  globalRecurrent,
  linear,
  naive,
  recurrent,
  scoresOf,
  seasonalNaive,
  TimeSeries,
  theta,
  transformed,
} from '../index.js';
import { methodExamples } from './fixtures/method-examples.js';

const random = () => Random.seeded(1);
const network = { random: random(), contextLength: 8, hiddenSize: 4, epochs: 1 } as const;
const small = { random: random(), hiddenSize: 4, updates: 20, batchSize: 8 } as const;
describe.each(Object.entries(methodExamples))('a window that never changes, and %s', (_, { make, units }) => {
  it('forecasts the constant', async () => {
    // Logarithms and ratios need values above 0, and round.
    const [values, within] =
      units === 'relative'
        ? [[7, 1e9, 123456789.125, 1e-20], 1e-12]
        : [[0, 7, -3.25, 1e9, 123456789.125, 1e-20], 0];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...values), async (value) => {
        const series = TimeSeries.of({ values: new Array(60).fill(value) });
        const { mean } = await (await make(4).fit(series)).predict(5);
        for (const each of mean) expect(Math.abs(each - value)).toBeLessThanOrEqual(within * Math.abs(value));
      }),
      { numRuns: 6 },
    );
  });
});

describe('a backtest that begins with a constant', () => {
  // Zeros, then demand now and then: nothing can be scaled by the first window.
  const draw = Random.seeded(3);
  const values = Array.from({ length: 120 }, (_, t) =>
    t < 90 || draw.uniform() < 0.7 ? 0 : 1 + draw.uniform(),
  );
  const series = TimeSeries.of({ values });

  it('has scores in the units of the series, the best first, and no scaled ones', async () => {
    const plan = { start: 84, horizon: 3, stride: 1, refit: 1 };
    const tests = [];
    for (const model of [ets(), autoregression(), naive()]) tests.push(await backtest(model, series, plan));
    const rows = compare(tests);
    for (const { scores } of rows) {
      expect([scores.mase, scores.rmsse]).toEqual([Number.NaN, Number.NaN]);
      expect(scores.mae).toBeGreaterThan(0);
    }
    const errors = rows.map(({ scores }) => scores.mae);
    expect(errors).toEqual([...errors].sort((a, b) => a - b));
  });

  it('takes no part in the mean of scaled scores where other series do', async () => {
    const other = TimeSeries.of({ values: values.map((value, t) => value + Math.sin(t)) });
    const plan = { start: 84, horizon: 3 };
    const both = scoresOf(await backtest(naive(), [series, other], plan));
    expect(both.mase).toBeCloseTo(scoresOf(await backtest(naive(), other, plan)).mase, 12);
  });
});

describe('missing values', () => {
  const timeline = { start: Date.UTC(2021, 0, 4), frequency: parseFrequency('D') };
  const draw = Random.seeded(5);
  const values = Array.from(
    { length: 70 },
    (_, t) => 130 + 20 * Math.sin((2 * Math.PI * t) / 7) + draw.normal(),
  );
  const quick: Readonly<Record<string, () => Forecaster>> = {
    naive,
    'seasonal naive': () => seasonalNaive({ period: 7 }),
    drift,
    theta: () => theta({ period: 7 }),
    'ar(2)': () => autoregression({ order: 2 }),
    'ar by AICc': () => autoregression(),
    'arima(0,1,1)(0,1,1)': () => arima({ order: [0, 1, 1], seasonal: [0, 1, 1], period: 7 }),
    'arima by AICc': () => arima({ period: 1 }),
    'without a season': () => transformed(drift(), [{ kind: 'mstl', periods: [7] }]),
    'ets(AAA)': () => ets({ model: 'AAA', period: 7 }),
    linear: () => linear({ lags: 3, random: random(), optimizer: 'lbfgs' }),
    gru: () => recurrent({ ...network, cell: 'gru' }),
    'global gru': () => globalRecurrent({ ...small, cell: 'gru', horizon: 7, period: 7 }),
    differences: () => transformed(drift(), [{ kind: 'difference', lag: 7 }]),
    ensemble: () => ensemble({ members: [drift(), ets({ model: 'ANN' })] }),
  };

  it.each(Object.entries(quick))(
    'are never a number to %s, whatever stands in their place',
    async (_, make) => {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.integer({ min: 0, max: 69 }), { minLength: 1, maxLength: 9 }),
          fc.constantFrom(0, -1e6, Number.NaN, Number.POSITIVE_INFINITY),
          async (holes, filler) => {
            const observed = values.map((_, t) => (holes.includes(t) ? 0 : 1));
            const filled = values.map((value, t) => (holes.includes(t) ? filler : value));
            const series = TimeSeries.of({ values: filled, observed, timeline });
            for (const hole of holes) expect(series.values[hole]).toBeNaN();
            const { mean } = await (await make().fit(series)).predict(7);
            // Within the range of what was observed, give or take what a trend adds.
            for (const value of mean) expect(value).toBeGreaterThan(60);
            for (const value of mean) expect(value).toBeLessThan(200);
          },
        ),
        { numRuns: 10 },
      );
    },
  );

  it('that no season has are named, not taken for 0', async () => {
    const observed = values.map((_, t) => (t % 7 === 3 ? 0 : 1));
    const series = TimeSeries.of({ name: 'days', values, observed });
    const model = transformed(drift(), [{ kind: 'difference', lag: 7 }]);
    await model.fit(series);
    await expect(model.predict(7)).rejects.toThrow(
      'difference(7): a value observed in each phase of 7 steps',
    );
  });
});
