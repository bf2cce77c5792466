import { ArgumentError, checkOptions, type OptionChecks, whole } from '@throughtime/errors';
import { chiSquareSurvival, studentCdf } from '../numeric/distributions.js';
import { autocorrelations, mean, variance } from '../numeric/statistics.js';
import type { Backtest } from './backtest.js';

/** A good model leaves residuals around zero that do not predict one another and are roughly normal. */
export interface ResidualDiagnostics {
  /** How many residuals there are, those that are NaN not counted. */
  readonly count: number;
  /** Their mean: the bias. */
  readonly mean: number;
  /** Their standard deviation. */
  readonly deviation: number;
  /** Two-sided p-value of a zero mean. If it is small, the forecasts are biased. */
  readonly biasPValue: number;
  /** [lags + 1], the first 1. */
  readonly autocorrelations: Float64Array;
  /** Ljung-Box. If the p-value is small, something predictable is left. */
  readonly ljungBox: { readonly statistic: number; readonly pValue: number; readonly lags: number };
  /** Jarque-Bera. If the p-value is small, normal intervals are wrong. */
  readonly jarqueBera: { readonly statistic: number; readonly pValue: number };
}

/** How many lags are looked at. */
export interface DiagnosticsOptions {
  /** Default: min(10, n / 5), the rule of Hyndman and Athanasopoulos for series without a season. */
  readonly lags?: number | undefined;
}

const checks: OptionChecks<DiagnosticsOptions> = { lags: whole({ from: 1 }) };

/** @param residuals in order of time; NaN are left out */
export function residualDiagnostics(
  residuals: ArrayLike<number>,
  options: DiagnosticsOptions = {},
): ResidualDiagnostics {
  checkOptions<DiagnosticsOptions>(options, checks);
  const values = Float64Array.from(residuals).filter((value) => !Number.isNaN(value));
  const count = values.length;
  if (count < 8) throw new ArgumentError('residuals', 'at least 8', count);
  const { lags = Math.max(1, Math.min(10, Math.floor(count / 5))) } = options;
  const center = mean(values);
  const spread = variance(values);
  const correlations = autocorrelations(values, lags);
  let box = 0;
  for (let lag = 1; lag <= lags; lag++) box += (count * (count + 2) * correlations[lag] ** 2) / (count - lag);
  const moment = (power: number) =>
    mean(values.map((value) => (value - center) ** power)) / spread ** (power / 2);
  const bera = (count / 6) * (moment(3) ** 2 + (moment(4) - 3) ** 2 / 4);
  const t = center / Math.sqrt(variance(values, 1) / count);
  return {
    count,
    mean: center,
    deviation: Math.sqrt(variance(values, 1)),
    biasPValue: 2 * studentCdf(-Math.abs(t), count - 1),
    autocorrelations: correlations,
    ljungBox: { statistic: box, pValue: chiSquareSurvival(box, lags), lags },
    jarqueBera: { statistic: bera, pValue: chiSquareSurvival(bera, 2) },
  };
}

/** The one-step errors (actual - forecast) of a backtest of one series, in order of origin: what to pass to {@link residualDiagnostics}. */
export function oneStepErrors(test: Backtest, variable: string = test.variables[0]): Float64Array {
  const column = test.variables.indexOf(variable);
  if (column < 0) throw new ArgumentError('variable', `one of ${test.variables.join(', ')}`, variable);
  return Float64Array.from(test.records, ({ actual, forecast }) => actual[column] - forecast.mean[column]);
}
