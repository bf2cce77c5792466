import type { ComparisonRow } from '@throughtime/forecasting';
import type { Measure } from './compare-models.js';

/** A table of text with what stands above and below it. */
export interface Report {
  readonly headline: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** What a measure's numbers mean. @param training which values a scaled error is scaled by, in words */
export function measureInWords(measure: Measure, training = 'the training values'): string {
  return measure === 'MASE'
    ? `MASE: 1 is the error, on ${training}, of repeating the value a season before`
    : 'Mean squared error; no forecast can be expected to be below the noise floor';
}

export interface ErrorReportOptions {
  readonly series: { readonly name: string; readonly length: number };
  readonly train: number;
  readonly measure: Measure;
  readonly origins: number;
  readonly horizons: readonly number[];
  readonly models: readonly {
    readonly name: string;
    /** At each of the horizons. */
    readonly errors: readonly number[];
    readonly seconds: number;
  }[];
  readonly noiseFloor?: number | undefined;
}

/** The errors of models by steps ahead, above the noise floor where it is known. */
export function errorReport(options: ErrorReportOptions): Report {
  const { series, train, measure, origins, horizons, models, noiseFloor } = options;
  const rows = models.map(({ name, errors, seconds }) => [
    name,
    ...errors.map(formatNumber),
    `${seconds.toFixed(1)} s`,
  ]);
  const floor = noiseFloor === undefined ? [] : [horizons.map(() => formatNumber(noiseFloor))];
  return {
    headline: `${series.name}: ${series.length} values, learned from the first ${train}; ${measure} of ${origins} forecasts after them`,
    header: ['steps ahead', ...horizons.map(String), 'time'],
    rows: [...rows, ...floor.map((cells) => ['noise floor', ...cells, ''])],
    notes: measure === 'MASE' ? [`${measureInWords(measure)}.`] : [],
  };
}

export interface ScoreReportOptions {
  readonly series: string;
  /** Values before the first origin. */
  readonly start: number;
  readonly origins: number;
  readonly horizon: number;
  readonly coverage: number;
  readonly baseline: string;
}

/** The scores of a backtest, and how sure it is that each model differs from the baseline. */
export function scoreReport(rows: readonly ComparisonRow[], options: ScoreReportOptions): Report {
  const { series, start, origins, horizon, coverage, baseline } = options;
  const fraction = `${Number((100 * coverage).toPrecision(3))}%`;
  return {
    headline: `${series}: ${origins} origins from ${start} on, horizon ${horizon}; p: Diebold-Mariano against ${baseline}`,
    header: ['model', 'MASE', 'RMSSE', 'MAE', 'RMSE', 'sMAPE', 'CRPS', `in ${fraction}`, 'p'],
    rows: rows.map(({ name, scores, pValue }) => [
      name,
      ...[scores.mase, scores.rmsse, scores.mae, scores.rmse, scores.smape, scores.crps].map(formatNumber),
      `${(100 * scores.coverage[0].measured).toFixed(1)}%`,
      pValue === undefined ? '-' : pValue < 0.001 ? '<0.001' : pValue.toFixed(3),
    ]),
    notes: [
      `${measureInWords('MASE', `the values before ${start}`)}.`,
      `in ${fraction}: the share of outcomes within the ${fraction} intervals.`,
    ],
  };
}

/** Four significant digits, without an exponent where it reads well. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(Math.max(0, Math.min(4, 3 - Math.floor(Math.log10(size || 1)))));
}
