import { loadSeries } from '@throughtime/datasets';
import {
  backtest,
  croston,
  fromDataset,
  naive,
  scoresOf,
  seasonalNaive,
  TimeSeries,
  theta,
  tsb,
} from '@throughtime/forecasting';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { adviceOf, autoCandidates, autoPlan, ranked } from './auto.js';
import { baselineRemarks } from './compare-models.js';
import { isIntermittent } from './intermittent.js';

const air = fromDataset(await loadSeries('air-passengers'));
const settings = { seed: 1, period: 12, calendar: [], horizon: 12 };
const names = (series: TimeSeries, changed = {}) =>
  autoCandidates(series, { ...settings, ...changed }).map(({ name }) => name);

describe('what auto tries', () => {
  it('is every kind of model, and those that learn also on the logarithm of a positive series', () => {
    expect(names(air)).toEqual([
      ...['naive', 'seasonal-naive', 'drift', 'theta', 'ets', 'arima', 'ar', 'ar of logarithms'],
      ...['gru', 'gru of logarithms', 'lstm', 'lstm of logarithms'],
    ]);
    const withZero = TimeSeries.of({ values: [0, ...air.values] });
    expect(names(withZero).filter((name) => name.includes('logarithms'))).toEqual([]);
    expect(names(air, { period: 1 })).not.toContain('seasonal-naive');
    expect(names(withZero, { intermittent: true })).toEqual(expect.arrayContaining(['croston', 'tsb']));
    expect(names(air, { period: 144 })).not.toContain('ets');
  });

  it('is judged on the last 30%, from at most some 40 origins, fitted twice', () => {
    expect(autoPlan(144, { horizon: 12 })).toEqual({ start: 100, stride: 1, refit: 17 });
    expect(autoPlan(7305, { horizon: 28 }).start).toBe(5113);
    for (const length of [60, 144, 1461, 7305]) {
      const { start, stride, refit } = autoPlan(length, { horizon: 12 });
      const origins = Math.floor((length - start - 12) / stride) + 1;
      expect(origins).toBeLessThanOrEqual(41);
      expect(Math.ceil(origins / refit)).toBeLessThanOrEqual(2);
    }
    expect(autoPlan(30, { horizon: 12 }).start).toBe(6);
  });
});

describe('what auto advises', () => {
  const plan = { start: 100, horizon: 12, stride: 4, period: 12 };
  const judge = async (changed: object = {}) => {
    const models = {
      naive: naive(),
      'seasonal-naive': seasonalNaive({ period: 12 }),
      theta: theta({ period: 12 }),
    };
    const tests = new Map<string, Awaited<ReturnType<typeof backtest>>>();
    for (const [name, model] of Object.entries(models))
      tests.set(name, { ...(await backtest(model, air, { ...plan, ...changed })), name });
    return tests;
  };

  it('names the best model, the error to expect, and the next best', async () => {
    const tests = await judge();
    const order = ranked([...tests.values()]).map(({ name }) => name);
    expect(order).toEqual(['theta', 'seasonal-naive', 'naive']);
    const advice = adviceOf({ tests, order, baselines: ['naive', 'seasonal-naive'] });
    const { mae } = scoresOf(tests.get('theta')!);
    const share = Math.round((100 * mae) / scoresOf(tests.get('seasonal-naive')!).mae);
    expect(advice).toContain(
      `Use theta: its mean absolute error was ${mae.toFixed(2)}, ${share}% of that of seasonal-naive`,
    );
    expect(advice).toContain('That is of 9 forecasts of 12 steps');
    expect(advice).toMatch(
      /Expect an error of about [\d.]+ one step ahead and [\d.]+ at step 12; nine in ten/,
    );
    expect(advice).toContain('The next best, seasonal-naive, has an error');
  });

  it('says so where nothing that learns is better than what does not', async () => {
    const tests = await judge();
    tests.delete('theta');
    const order = ranked([...tests.values()]).map(({ name }) => name);
    const advice = adviceOf({ tests, order, baselines: ['naive', 'seasonal-naive'] });
    expect(advice).toMatch(/^Use seasonal-naive: none of the models that learn/);
  });
});

describe('what auto advises where there is no error', () => {
  const advise = async (values: readonly number[]) => {
    const series = TimeSeries.of({ values });
    const plan = { start: 30, horizon: 3, stride: 3, period: 1 };
    const models = {
      naive: naive(),
      theta: theta({ period: 1 }),
      'seasonal-naive': seasonalNaive({ period: 7 }),
    };
    const tests = new Map<string, Awaited<ReturnType<typeof backtest>>>();
    for (const [name, model] of Object.entries(models))
      tests.set(name, { ...(await backtest(model, series, plan)), name });
    const order = ranked([...tests.values()]).map(({ name }) => name);
    return adviceOf({ tests, order, baselines: ['naive'] });
  };

  it('is a sentence without shares of nothing', async () => {
    const constant = await advise(new Array(60).fill(7));
    expect(constant).toMatch(/^Use naive: none of the models/);
    expect(constant).toMatch(/ is as good: the simpler of the two serves as well\.$/);
    // Weeks that are all alike: one model is right, and the next has an error.
    const weeks = await advise(Array.from({ length: 60 }, (_, i) => (i % 7) ** 2));
    expect(weeks).toMatch(/^Use seasonal-naive: its mean absolute error was 0/);
    expect(weeks).toMatch(/The next best, \S+, has an error of [\d.]+\.$/);
    for (const advice of [constant, weeks]) expect(advice).not.toMatch(/ - |NaN|Infinity/);
  });
});

describe('demand that is 0 much of the time', () => {
  const random = Random.seeded(4);
  const demand = TimeSeries.of({
    values: Array.from({ length: 120 }, () =>
      random.uniform() < 0.3 ? 1 + Math.floor(6 * random.uniform()) : 0,
    ),
  });

  it('has more than 1.32 steps between two demands, and none below 0', () => {
    expect(isIntermittent(demand.values)).toBe(true);
    expect(isIntermittent(air.values)).toBe(false);
    expect(isIntermittent(demand.values.map((value) => value - 1))).toBe(false);
    expect(isIntermittent(new Float64Array(20))).toBe(false);
    expect(isIntermittent(Float64Array.of(0, 0, 0, 5))).toBe(false);
    // 4 steps for 3 demands are 1.33, and 9 for 7 are 1.29; what is missing is no step.
    expect(isIntermittent(Float64Array.of(1, 1, 0, 1))).toBe(true);
    expect(isIntermittent(Float64Array.of(1, 1, 0, 1, 1, 1, 0, 1, 1))).toBe(false);
    expect(isIntermittent(Float64Array.of(1, 1, Number.NaN, 1))).toBe(false);
  });

  it('is judged by squared errors: forecasts of its mean beat those of 0', async () => {
    const zero = TimeSeries.of({ values: new Array(120).fill(0) });
    const tests = new Map<string, Awaited<ReturnType<typeof backtest>>>();
    const plan = { start: 84, horizon: 6, stride: 3, period: 1 };
    for (const [name, model] of Object.entries({ naive: naive(), croston: croston(), tsb: tsb() }))
      tests.set(name, { ...(await backtest(model, demand, plan)), name });
    const [{ records }] = [await backtest(naive(), zero, plan)];
    const naiveTest = tests.get('naive')!;
    const nothing = { ...naiveTest, name: 'nothing' };
    tests.set('nothing', {
      ...nothing,
      records: nothing.records.map((record, i) => ({ ...record, forecast: records[i].forecast })),
    });
    const byAbsolute = ranked([...tests.values()]).map(({ name }) => name);
    const bySquares = ranked([...tests.values()], 'RMSSE').map(({ name }) => name);
    expect(byAbsolute[0]).toBe('nothing');
    expect(['croston', 'tsb']).toContain(bySquares[0]);
    const { rmse } = scoresOf(tests.get(bySquares[0])!);
    const advice = adviceOf({ tests, order: bySquares, baselines: ['naive'], measure: 'RMSSE' });
    expect(advice).toContain(`Use ${bySquares[0]}: its root mean squared error was ${rmse.toFixed(2)}`);
  });
});

describe('a remark on models that lose to what learns nothing', () => {
  const of = (name: string, ...errors: number[]) => ({ name, errors });

  it('names the model, what beats it, and the steps ahead', () => {
    const models = [
      of('naive', 1, 3),
      of('seasonal-naive', 2, 2),
      of('gru', 1.5, 1),
      of('ar', 0.5, 1),
      of('mlp', 3, 4),
    ];
    expect(baselineRemarks(models, ['naive', 'seasonal-naive'], [1, 16])).toEqual([
      'gru is worse here than naive 1 step ahead: what learns nothing does better.',
      'mlp is worse here than naive and seasonal-naive: what learns nothing does better.',
    ]);
    expect(baselineRemarks([of('naive', Number.NaN), of('gru', Number.NaN)], ['naive'])).toEqual([]);
  });
});
