import type { ComparisonRow } from '@throughtime/forecasting';
import type { AutoMeasure, FailedModel, Measure } from './compare-models.js';

/** A table of text with what stands above and below it. */
export interface Report {
  readonly headline: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
}

/** What a measure's numbers mean. @param training which values a scaled error is scaled by, in words */
export function measureInWords(measure: AutoMeasure, training = 'the training values'): string {
  if (measure === 'MASE')
    return `MASE: 1 is the error, on ${training}, of repeating the value a season before`;
  if (measure === 'RMSSE')
    return `RMSSE: 1 is the root mean squared error, on ${training}, of repeating the value a season before. Demand is 0 most of the time: by absolute errors a forecast of 0 would win`;
  return measure === 'MAE'
    ? `MAE: the mean absolute error; ${training} never change from season to season, so nothing can be scaled by them`
    : 'Mean squared error; no forecast can be expected to be below the noise floor';
}

export interface ErrorReportOptions {
  readonly series: { readonly name: string; readonly length: number };
  /** How many series, where there are several of that length. Default 1. */
  readonly count?: number | undefined;
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
  readonly failed?: readonly FailedModel[];
  /** What was taken for the season and the like. */
  readonly remarks?: readonly string[];
}

/** The errors of models by steps ahead, above the noise floor where it is known. */
export function errorReport(options: ErrorReportOptions): Report {
  const {
    series,
    train,
    measure,
    origins,
    horizons,
    models,
    noiseFloor,
    failed = [],
    remarks = [],
    count = 1,
  } = options;
  const rows = models.map(({ name, errors, seconds }) => [
    name,
    ...errors.map(formatScore),
    `${seconds.toFixed(1)} s`,
  ]);
  const floor = noiseFloor === undefined ? [] : [horizons.map(() => formatScore(noiseFloor))];
  return {
    headline: `${series.name}: ${count === 1 ? '' : `${count} series of `}${series.length} values, learned from the first ${train}; ${measure} of ${origins} forecasts after them`,
    header: ['steps ahead', ...horizons.map(String), 'time'],
    rows: [
      ...rows,
      ...failed.map(({ name }) => [name, ...horizons.map(() => '-'), '']),
      ...floor.map((cells) => ['noise floor', ...cells, '']),
    ],
    notes: [
      ...(measure === 'MSE' ? [] : [`${measureInWords(measure)}.`]),
      ...remarks,
      ...failed.map(inOneLine),
    ],
  };
}

/** Series whose own errors are printed. */
const mostShown = 10;

export interface SeriesReportOptions {
  /** What the numbers are: 'MASE, one step ahead'. */
  readonly measure: string;
  readonly models: readonly string[];
  /** Each series' error of each model, in their order. */
  readonly series: readonly { readonly name: string; readonly errors: readonly number[] }[];
  /** Where those of all series are. */
  readonly file?: string | undefined;
}

/** A row for each of several series, with the errors of the models. */
export function seriesReport({ measure, models, series, file }: SeriesReportOptions): Report {
  const shown = series.slice(0, mostShown);
  const all = file === undefined ? '--out writes all of them' : `all of them: ${file}`;
  return {
    headline: `${measure}, of each series`,
    header: ['series', ...models],
    rows: shown.map(({ name, errors }) => [name, ...errors.map(formatScore)]),
    notes:
      shown.length < series.length ? [`The first ${shown.length} of ${series.length} series; ${all}.`] : [],
  };
}

/** Why a model has no figures. */
function inOneLine({ name, error }: FailedModel): string {
  return `${name} failed: ${error.message}`;
}

export interface ScoreReportOptions {
  readonly series: string;
  /** Values before the first origin. */
  readonly start: number;
  readonly origins: number;
  readonly horizon: number;
  readonly coverage: number;
  readonly baseline: string;
  readonly failed?: readonly FailedModel[];
  readonly remarks?: readonly string[];
}

/** The scores of a backtest, and how sure it is that each model differs from the baseline. */
export function scoreReport(rows: readonly ComparisonRow[], options: ScoreReportOptions): Report {
  const { series, start, origins, horizon, coverage, baseline, failed = [], remarks = [] } = options;
  const measures = 6;
  const fraction = `${Number((100 * coverage).toPrecision(3))}%`;
  return {
    headline: `${series}: ${origins} origins from ${start} on, horizon ${horizon}; p: Diebold-Mariano against ${baseline}`,
    header: ['model', 'MASE', 'RMSSE', 'MAE', 'RMSE', 'sMAPE', 'CRPS', `in ${fraction}`, 'p'],
    rows: [
      ...rows.map(({ name, scores, pValue }) => [
        name,
        ...[scores.mase, scores.rmsse, scores.mae, scores.rmse, scores.smape, scores.crps].map(formatScore),
        formatShare(scores.coverage[0].measured),
        pValue === undefined ? '-' : pValue < 0.001 ? '<0.001' : pValue.toFixed(3),
      ]),
      ...failed.map(({ name }) => [name, ...new Array<string>(measures + 2).fill('-')]),
    ],
    notes: [
      `${measureInWords('MASE', `the values before ${start}`)}.`,
      `in ${fraction}: the share of outcomes within the ${fraction} intervals.`,
      ...remarks,
      ...failed.map(inOneLine),
    ],
  };
}

/** A share in percent, '-' where there is none. */
export function formatShare(share: number): string {
  return Number.isNaN(share) ? '-' : `${(100 * share).toFixed(1)}%`;
}

/** Four significant digits, without an exponent where it reads well. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(2);
  return value.toFixed(usualDecimals(value));
}

function usualDecimals(value: number): number {
  return Math.max(0, Math.min(4, 3 - Math.floor(Math.log10(Math.abs(value) || 1))));
}

/** Numbers from here on have an exponent: a double no longer holds every digit. */
const mostWritten = 1e15;

/**
 * Numbers that are read beside one another, with the digits that differ: to a hundredth of how far apart they lie, and all whole digits
 * of large ones.
 */
export function formatNumbers(values: readonly (number | undefined)[]): string[] {
  const known = values.filter((value) => value !== undefined).filter(Number.isFinite);
  const size = Math.max(...known.map(Math.abs));
  const spread = Math.max(...known) - Math.min(...known);
  const differing = spread > 0 ? 2 - Math.floor(Math.log10(spread)) : 0;
  // A double has 17 digits.
  const decimals = Math.min(differing, 16 - Math.floor(Math.log10(size || 1)));
  return values.map((value) => {
    if (value === undefined || !Number.isFinite(value)) return formatNumber(value);
    if (size >= mostWritten || (size > 0 && size < 1e-3)) {
      return value.toExponential(Math.max(2, Math.min(16, decimals + Math.floor(Math.log10(size)))));
    }
    return value.toFixed(Math.max(0, decimals, usualDecimals(value)));
  });
}

/** One number of a table: four significant digits, and all whole digits of a large one. */
export function formatScore(value: number | undefined): string {
  return formatNumbers([value])[0];
}
