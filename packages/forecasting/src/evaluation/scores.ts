import { ArgumentError, checkOptions, type OptionChecks, text, whole } from '@throughtime/errors';
import { quantileAt } from '../methods/forecast.js';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  meanSquaredError,
  rootMeanSquaredScaledError,
  symmetricMeanAbsolutePercentageError,
} from '../metrics/point-metrics.js';
import { coverage, quantileCrps } from '../metrics/probabilistic-metrics.js';
import { mean } from '../numeric/statistics.js';
import { type Backtest, crpsLevels } from './backtest.js';

/** How good a backtest's forecasts of one variable were. Units: those of the series, unless a name says otherwise. */
export interface Scores {
  /** Mean absolute error. */
  readonly mae: number;
  /** Mean squared error. */
  readonly mse: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Percent. Infinite where an actual value is 0. */
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
  /** From quantiles at 0.05, 0.10, ... 0.95; undefined for points only, NaN where all quantiles are infinite. */
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

/** @throws ArgumentError for a variable or step that the backtest does not have */
export function scoresOf(test: Backtest, options: ScoreOptions = {}): Scores {
  checkOptions<ScoreOptions>(options, scoreChecks);
  const { variable = test.variables[0], step } = options;
  const column = test.variables.indexOf(variable);
  if (column < 0) throw new ArgumentError('variable', `one of ${test.variables.join(', ')}`, variable);
  if (step !== undefined) whole({ from: 1, to: test.horizon })('step', step);
  const width = test.variables.length;
  const steps = step === undefined ? Array.from({ length: test.horizon }, (_, i) => i) : [step - 1];
  const pick = (values: Float64Array) => steps.map((at) => values[at * width + column]);

  const actual = test.records.flatMap((record) => pick(record.actual));
  const forecast = test.records.flatMap((record) => pick(record.forecast.mean));
  const quantiles = (level: number) =>
    test.records.flatMap((record) => pick(quantileAt(record.forecast, level) ?? new Float64Array()));
  const mse = meanSquaredError(actual, forecast);
  return {
    mae: meanAbsoluteError(actual, forecast),
    mse,
    rmse: Math.sqrt(mse),
    mape: meanAbsolutePercentageError(actual, forecast),
    smape: symmetricMeanAbsolutePercentageError(actual, forecast),
    ...scaledScores(test, column, pick),
    crps: test.coverages.length === 0 ? undefined : crpsOf(actual, crpsLevels.map(quantiles)),
    coverage: test.coverages.map((nominal) => ({
      nominal,
      measured: coverage(actual, quantiles((1 - nominal) / 2), quantiles((1 + nominal) / 2)),
    })),
  };
}

/** Scales the errors of each series by its own scale, then averages over the series: every series has the same weight. */
function scaledScores(test: Backtest, column: number, pick: (values: Float64Array) => number[]) {
  const bySeries = test.scales.map((scales, series) => {
    const records = test.records.filter((record) => record.series === series);
    const actual = records.flatMap((record) => pick(record.actual));
    const forecast = records.flatMap((record) => pick(record.forecast.mean));
    const scaling = { scale: scales[column] };
    return {
      mase: meanAbsoluteScaledError(actual, forecast, scaling),
      rmsse: rootMeanSquaredScaledError(actual, forecast, scaling),
    };
  });
  return {
    mase: meanOfKnown(bySeries.map((one) => one.mase)),
    rmsse: meanOfKnown(bySeries.map((one) => one.rmsse)),
  };
}

function meanOfKnown(values: readonly number[]): number {
  return mean(values.filter((value) => !Number.isNaN(value)));
}

function crpsOf(actual: readonly number[], quantiles: readonly number[][]): number {
  const losses = actual.flatMap((value, i) =>
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
