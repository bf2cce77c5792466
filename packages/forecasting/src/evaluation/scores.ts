import { ArgumentError, checkOptions, type OptionChecks, oneOf, text, whole } from '@throughtime/errors';
import { quantileAt } from '../methods/forecast.js';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  meanSquaredError,
  rootMeanSquaredError,
  rootMeanSquaredScaledError,
  symmetricMeanAbsolutePercentageError,
} from '../metrics/point-metrics.js';
import { coverage, quantileCrps } from '../metrics/probabilistic-metrics.js';
import { mean } from '../numeric/statistics.js';
import { type Backtest, type BacktestRecord, crpsLevels } from './backtest.js';

/** How good a backtest's forecasts of one variable were. Units: those of the series, unless a name says otherwise. */
export interface Scores {
  /** Mean absolute error. */
  readonly mae: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Percent. Infinite where an actual value is 0, but its forecast is not. */
  readonly mape: number;
  /** Percent, at most 200. */
  readonly smape: number;
  /**
   * In units of the training data's seasonal naive error; the mean over the series that have such a unit. NaN where none has, because
   * the training data never change.
   */
  readonly mase: number;
  /** As `mase`, of squares: in units of the training data's root mean squared seasonal naive error. */
  readonly rmsse: number;
  /** From quantiles at 0.05, 0.10, ... 0.95; undefined where they were not forecast, NaN where all are infinite. */
  readonly crps: number | undefined;
  /** The share of actual values within each central interval asked for; infinite intervals do not count, NaN where all are. */
  readonly coverage: readonly { readonly nominal: number; readonly measured: number }[];
}

/** Which of a backtest's values are scored. */
export interface ScoreOptions {
  /** Default: the first. */
  readonly variable?: string | undefined;
  /** Only this many steps ahead (from 1). Default: all steps of the horizon. */
  readonly step?: number | undefined;
}

export const scoreChecks: OptionChecks<ScoreOptions> = { variable: text, step: whole({ from: 1 }) };

/**
 * All scores of a backtest.
 * @throws ArgumentError for a variable or step that the backtest does not have
 */
export function scoresOf(test: Backtest, options: ScoreOptions = {}): Scores {
  const judged = judgedValues(test, options);
  const one = <N extends keyof Scores>(name: N): Scores[N] => scores[name](judged);
  return {
    mae: one('mae'),
    mse: one('mse'),
    rmse: one('rmse'),
    mape: one('mape'),
    smape: one('smape'),
    mase: one('mase'),
    rmsse: one('rmsse'),
    crps: one('crps'),
    coverage: one('coverage'),
  };
}

/**
 * One score of a backtest, as {@link scoresOf} has it. An error is much quicker than all scores: no quantile is read.
 * @throws ArgumentError for a score that there is not, a variable or step that the backtest does not have
 */
export function scoreOf<N extends keyof Scores>(
  test: Backtest,
  name: N,
  options: ScoreOptions = {},
): Scores[N] {
  oneOf(Object.keys(scores))('name', name);
  return scores[name](judgedValues(test, options));
}

/** The values of one variable at the steps that are scored, of all records one after the other. */
interface JudgedValues {
  readonly test: Backtest;
  readonly column: number;
  /** One value of each record and step, NaN where `of` has none. */
  pick(
    records: readonly BacktestRecord[],
    of: (record: BacktestRecord) => Float64Array | undefined,
  ): Float64Array;
  readonly actual: Float64Array;
  readonly forecast: Float64Array;
  quantiles(level: number): Float64Array;
}

/** How each score is computed. */
const scores: { readonly [N in keyof Scores]: (judged: JudgedValues) => Scores[N] } = {
  mae: ({ actual, forecast }) => meanAbsoluteError(actual, forecast),
  mse: ({ actual, forecast }) => meanSquaredError(actual, forecast),
  rmse: ({ actual, forecast }) => rootMeanSquaredError(actual, forecast),
  mape: ({ actual, forecast }) => meanAbsolutePercentageError(actual, forecast),
  smape: ({ actual, forecast }) => symmetricMeanAbsolutePercentageError(actual, forecast),
  mase: (judged) => meanOverSeries(judged, meanAbsoluteScaledError),
  rmsse: (judged) => meanOverSeries(judged, rootMeanSquaredScaledError),
  crps: ({ test, actual, quantiles }) =>
    hasDistribution(test) ? crpsOf(actual, crpsLevels.map(quantiles)) : undefined,
  coverage: ({ test, actual, quantiles }) =>
    test.coverages.map((nominal) => ({
      nominal,
      measured: coverage(actual, quantiles((1 - nominal) / 2), quantiles((1 + nominal) / 2)),
    })),
};

function hasDistribution({ records }: Backtest): boolean {
  return records.length > 0 && crpsLevels.every((level) => quantileAt(records[0].forecast, level));
}

const actualOf = ({ actual }: BacktestRecord) => actual;
const meanOf = ({ forecast }: BacktestRecord) => forecast.mean;

function judgedValues(test: Backtest, options: ScoreOptions): JudgedValues {
  checkOptions<ScoreOptions>(options, scoreChecks);
  const { variable = test.variables[0], step } = options;
  const column = test.variables.indexOf(variable);
  if (column < 0) throw new ArgumentError('variable', `one of ${test.variables.join(', ')}`, variable);
  if (step !== undefined) whole({ from: 1, to: test.horizon })('step', step);
  const width = test.variables.length;
  const steps = step === undefined ? Array.from({ length: test.horizon }, (_, i) => i) : [step - 1];
  const pick: JudgedValues['pick'] = (records, of) => {
    const picked = new Float64Array(records.length * steps.length);
    let count = 0;
    for (const record of records) {
      const values = of(record);
      for (const at of steps) picked[count++] = values?.[at * width + column] ?? Number.NaN;
    }
    return picked;
  };
  return {
    test,
    column,
    pick,
    actual: pick(test.records, actualOf),
    forecast: pick(test.records, meanOf),
    quantiles: (level) => pick(test.records, ({ forecast }) => quantileAt(forecast, level)),
  };
}

/** Scales the errors of each series by its own scale, then averages over the series: every series has the same weight. */
function meanOverSeries(
  { test, column, pick }: JudgedValues,
  scaledError: typeof meanAbsoluteScaledError | typeof rootMeanSquaredScaledError,
): number {
  const bySeries = test.scales.map((scales, series) => {
    const records = test.records.filter((record) => record.series === series);
    return scaledError(pick(records, actualOf), pick(records, meanOf), { scale: scales[column] });
  });
  return mean(bySeries.filter((value) => !Number.isNaN(value)));
}

function crpsOf(actual: Float64Array, quantiles: readonly Float64Array[]): number {
  const losses = Array.from(actual).flatMap((value, i) =>
    Number.isNaN(value) || !quantiles.every((values) => Number.isFinite(values[i]))
      ? []
      : [
          quantileCrps(
            value,
            crpsLevels,
            quantiles.map((values) => values[i]),
          ),
        ],
  );
  return mean(losses);
}
