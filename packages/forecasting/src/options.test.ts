import { createSeries } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import {
  alignTimestamps,
  arima,
  autoregression,
  backtest,
  calendarFeatures,
  compare,
  conformal,
  croston,
  dieboldMariano,
  drift,
  encodeForecaster,
  ensemble,
  ets,
  fitOneStepModel,
  fromDataset,
  globalRecurrent,
  KStepTable,
  lagWindows,
  linear,
  meanAbsoluteScaledError,
  minimize,
  mlp,
  multiStepAhead,
  naive,
  parseFrequency,
  recurrent,
  residualDiagnostics,
  scoreOf,
  scoresOf,
  seasonalNaive,
  sineExperiment,
  TimeSeries,
  theta,
  transformed,
  tsb,
} from './index.js';

const random = Random.seeded(1);
const values = Float64Array.from({ length: 30 }, (_, t) => Math.sin(t));
const series = TimeSeries.of({ values });
const fitted = await naive().fit(series);
const test = await backtest(naive(), series, { start: 20, horizon: 2 });
const timeline = { start: 0, frequency: parseFrequency('D') };
const dataset = createSeries({ values: { x: values } });
const table = new KStepTable(values, (_, rows) => new Float64Array(rows), { lags: 2, maxSteps: 2 });

/** Every call with options that are right, to which a typing error is added. */
// biome-ignore lint/suspicious/noExplicitAny: a typing error is what no type allows
const calls: readonly [string, (wrong: any) => unknown, object?][] = [
  ['seasonalNaive', (wrong) => seasonalNaive(wrong), { period: 7 }],
  ['autoregression', (wrong) => autoregression(wrong)],
  ['arima', (wrong) => arima(wrong)],
  ['ets', (wrong) => ets(wrong)],
  ['linear', (wrong) => linear(wrong), { lags: 2, random }],
  ['mlp', (wrong) => mlp(wrong), { lags: 2, random }],
  ['recurrent', (wrong) => recurrent(wrong), { cell: 'gru', random }],
  ['theta', (wrong) => theta(wrong)],
  ['croston', (wrong) => croston(wrong)],
  ['tsb', (wrong) => tsb(wrong)],
  ['globalRecurrent', (wrong) => globalRecurrent(wrong), { horizon: 2, random }],
  ['ensemble', (wrong) => ensemble(wrong), { members: [naive()] }],
  ['conformal', (wrong) => conformal(naive(), wrong), { horizon: 2 }],
  ['fit', (wrong) => naive().fit(series, wrong)],
  ['predict', (wrong) => fitted.predict(1, wrong)],
  ['predictAll', (wrong) => fitted.predictAll(1, wrong)],
  ['predictAfter', (wrong) => fitted.predictAfter([series], 1, wrong)],
  ['backtest', (wrong) => backtest(naive(), series, wrong), { horizon: 1, start: 20 }],
  ['scoresOf', (wrong) => scoresOf(test, wrong)],
  ['scoreOf', (wrong) => scoreOf(test, 'mae', wrong)],
  ['compare', (wrong) => compare([test], wrong)],
  ['dieboldMariano', (wrong) => dieboldMariano([1, 2], [2, 3], wrong)],
  ['residualDiagnostics', (wrong) => residualDiagnostics(values, wrong)],
  [
    'meanAbsoluteScaledError',
    (wrong) => meanAbsoluteScaledError([1], [2], wrong),
    { training: values, period: 1 },
  ],
  ['encodeForecaster', (wrong) => encodeForecaster(fitted, wrong)],
  ['TimeSeries.of', (wrong) => TimeSeries.of(wrong), { values }],
  ['fromDataset', (wrong) => fromDataset(dataset, wrong)],
  ['alignTimestamps', (wrong) => alignTimestamps([0, 1000], wrong)],
  ['calendarFeatures', (wrong) => calendarFeatures(timeline, [], wrong), { to: 1 }],
  ['minimize', (wrong) => minimize(() => 0, [1], wrong)],
  ['sineExperiment', (wrong) => sineExperiment(wrong), { random }],
  [
    'fitOneStepModel',
    (wrong) => fitOneStepModel(lagWindows(values, 2), wrong),
    { model: 'linear', epochs: 1, train: 9, random },
  ],
  ['KStepTable', (wrong) => new KStepTable(values, () => [], wrong), { lags: 2 }],
  ['KStepTable.meanSquaredError', (wrong) => table.meanSquaredError(1, wrong)],
  ['multiStepAhead', (wrong) => multiStepAhead(values, () => [0], wrong), { lags: 2, start: 9 }],
];

describe('options', () => {
  it.each(calls)('of %s: an unknown name is refused', async (_, call, right = {}) => {
    await expect(async () => call({ ...right, thing: 1 })).rejects.toThrow(
      /^thing: expected the name of an option \(.*got one that is not known$/,
    );
  });

  it.each(calls)('of %s: something else than an object is refused', async (_, call) => {
    await expect(async () => call(3)).rejects.toThrow('options: expected an object with the options');
    await expect(async () => call(null)).rejects.toThrow('got null');
  });

  it('name the one that was meant, and what is missing', async () => {
    // @ts-expect-error: a typing error
    expect(() => recurrent({ cell: 'gru', random, hidden: 4 })).toThrow(
      "hidden: expected the name of an option, got one that is not known (did you mean 'hiddenSize'?)",
    );
    // @ts-expect-error: a linear model has no hidden layers
    expect(() => linear({ lags: 2, random, hiddenSize: 4 })).toThrow(
      'hiddenSize: expected the name of an option',
    );
    // @ts-expect-error: random is left out
    expect(() => mlp({ lags: 2 })).toThrow(
      'random: expected a Random, such as Random.seeded(1), got undefined',
    );
    // @ts-expect-error: a typing error
    expect(() => recurrent({ cell: 'GRU', random })).toThrow("(did you mean 'gru'?)");
    // @ts-expect-error: no options at all
    expect(() => recurrent()).toThrow('options: expected an object with the options');
    expect(() => mlp({ lags: 2, random, hiddenSize: [3, 0] })).toThrow('hiddenSize[1]: expected');
    expect(() => mlp({ lags: 2, random, validationShare: 1 })).toThrow(
      'validationShare: expected a number of',
    );
    // @ts-expect-error: a typing error inside another object
    expect(() => mlp({ lags: 2, random, head: { kind: 'quantile', level: [0.5] } })).toThrow(
      'head.level: expected',
    );
    // @ts-expect-error: a typing error in a list
    expect(() => transformed(drift(), [{ kind: 'log' }, { kind: 'difference', lags: 1 }])).toThrow(
      "transforms[1].lags: expected the name of an option, got one that is not known (did you mean 'lag'?)",
    );
    await expect(fitted.predict(1, { paths: 3 })).rejects.toThrow('random: expected a Random');
    // @ts-expect-error: no series
    await expect(naive().fit([{ values: [1, 2, 3] }])).rejects.toThrow('series[0]: expected a TimeSeries');
    // @ts-expect-error: no model
    expect(() => conformal('naive', { horizon: 1 })).toThrow(
      "model: expected a Forecaster, such as naive(), got 'naive'",
    );
  });
});
