import { SeriesTooShortError } from '@throughtime/datasets';
import {
  abortSignal,
  boolean,
  callback,
  checkOptions,
  either,
  exactly,
  list,
  number,
  type OptionChecks,
  oneOf,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { type Forecast, levelsOf } from '../methods/forecast.js';
import { type Forecaster, forecasterCheck, seriesList } from '../methods/forecaster.js';
import { type ForecasterFitOptions, forecasterFitChecks } from '../methods/method.js';
import { type SeasonalScale, seasonalScale } from '../metrics/point-metrics.js';
import { columnValues, learnableSeason, type TimeSeries } from '../series/time-series.js';

/** From where, how far and how often a backtest forecasts. */
export interface BacktestOptions {
  /** Steps forecast from every origin. */
  readonly horizon: number;
  /** Values before the first origin: the first training set. */
  readonly start: number;
  /** Steps from one origin to the next. Default 1. */
  readonly stride?: number | undefined;
  /** No forecast reaches past this index. Default: the end of the series. */
  readonly end?: number | undefined;
  /**
   * When the model is fitted: 'once' (default), at the first origin, so that from there on it only sees newer values as
   * context; a number n, at every n-th origin (1: at each); or 'never', where the model was fitted before: it must not have seen values
   * after the first origin.
   */
  readonly refit?: 'once' | 'never' | number | undefined;
  /** What it learns from: 'expanding' (default), all values before the origin; or a number n, the last n of them. */
  readonly window?: 'expanding' | number | undefined;
  /** Central intervals to forecast and judge, e.g. [0.8, 0.9]. Default: none; points only. */
  readonly coverages?: readonly number[] | undefined;
  /** Whether CRPS is judged where intervals are, which takes 19 quantiles more of each forecast. Default true. */
  readonly crps?: boolean | undefined;
  /**
   * The season that MASE and RMSSE are scaled by. Default: each series' own, where the values before `start` show it twice; otherwise
   * 1, none.
   */
  readonly period?: number | undefined;
  /** Stops between two batches of forecasts with the signal's reason. Default: nothing stops it. */
  readonly signal?: AbortSignal | undefined;
  /** Told how many origins are done, of how many. Default: nobody. */
  readonly onProgress?: ((done: number, origins: number) => void) | undefined;
  /** Passed to each `fit`. Default: none. */
  readonly fit?: ForecasterFitOptions | undefined;
}

const checks: OptionChecks<BacktestOptions> = {
  horizon: required(whole({ from: 1 })),
  start: required(whole({ from: 1 })),
  stride: whole({ from: 1 }),
  end: whole({ from: 1 }),
  refit: either(whole({ from: 1 }), oneOf(['once', 'never'])),
  window: either(whole({ from: 1 }), exactly('expanding')),
  coverages: list(number({ above: 0, below: 1 })),
  crps: boolean,
  period: whole({ from: 1 }),
  signal: abortSignal,
  onProgress: callback,
  fit: record<ForecasterFitOptions>(forecasterFitChecks),
};

/** One forecast of a backtest, and the values that came. */
export interface BacktestRecord {
  /** Which of the series. */
  readonly series: number;
  /** How many values the forecast has seen. It forecasts the indices from here on. */
  readonly origin: number;
  /** What was forecast. */
  readonly forecast: Forecast;
  /** [H, D], row-major: the values that came, NaN where missing. */
  readonly actual: Float64Array;
}

/** The forecasts of a backtest, and what came. */
export interface Backtest {
  /** The model's. */
  readonly name: string;
  /** H: steps forecast from every origin. */
  readonly horizon: number;
  /** Steps from one origin to the next. */
  readonly stride: number;
  /** [D]: their names. */
  readonly variables: readonly string[];
  /** The central intervals that were forecast. */
  readonly coverages: readonly number[];
  /** One per series and origin, in order. */
  readonly records: readonly BacktestRecord[];
  /** What errors are scaled by, on the values before `start`, [series][variable]. */
  readonly scales: readonly (readonly SeasonalScale[])[];
}

/** The quantiles that stand for a whole distribution when CRPS is measured. */
export const crpsLevels: readonly number[] = Array.from({ length: 19 }, (_, i) => (i + 1) / 20);

/** Origins per batch of forecasts: enough for speed, few enough that progress and Ctrl-C are prompt. */
const originsAtOnce = 128;

/**
 * Rolling-origin evaluation (Tashman 2000). From each origin, `stride` steps apart, the model forecasts `horizon` steps from the
 * values before the origin alone; the record holds the forecast and the actual values. Origins whose horizon passes the end are
 * left out. One model learns from all series, and forecasts each of them from the same origins.
 * @param model fitted or not: it is fitted here, unless `refit` is 'never'
 * @throws SeriesTooShortError when no origin fits; what the model's own `fit` throws; NotFittedError where nothing has fitted it
 */
export async function backtest(
  model: Forecaster,
  series: TimeSeries | readonly TimeSeries[],
  options: BacktestOptions,
): Promise<Backtest> {
  forecasterCheck('model', model);
  const all = seriesList(series);
  checkOptions<BacktestOptions>(options, checks);
  const { horizon, start, stride = 1, refit = 'once', coverages = [], crps = true, period } = options;
  const origins = originsOf(all, options);
  const judgesCrps = crps && coverages.length > 0;
  const levels = [...new Set([...(judgesCrps ? crpsLevels : []), ...levelsOf(coverages)])].sort(
    (a, b) => a - b,
  );
  const records: BacktestRecord[] = [];
  const group = typeof refit === 'number' ? refit : origins.length;
  const turn = eventLoopTurn();
  for (let first = 0; first < origins.length && !options.signal?.aborted; first += group) {
    // Contexts begin where the training data begin: some models remember the state before their first value.
    const beginning = trainingStart(origins[first], options);
    if (refit !== 'never') {
      const training = all.map((one) => one.slice(beginning, origins[first]));
      await model.fit(training, { signal: options.signal, ...options.fit });
      await turn();
    }
    const last = Math.min(first + group, origins.length);
    for (let from = first; from < last && !options.signal?.aborted; from += originsAtOnce) {
      const some = origins.slice(from, Math.min(from + originsAtOnce, last));
      const places = some.flatMap((origin) => all.map((_, index) => ({ series: index, origin })));
      const contexts = places.map((place) => all[place.series].slice(beginning, place.origin));
      const forecasts = await model.predictAfter(contexts, horizon, { levels });
      places.forEach((place, i) => {
        const actual = actualValues(all[place.series], place.origin, horizon);
        records.push({ ...place, forecast: forecasts[i], actual });
      });
      options.onProgress?.(from + some.length, origins.length);
      // Most methods compute without a pause: an abort would not be heard.
      await turn();
    }
  }
  return {
    name: model.name,
    horizon,
    stride,
    variables: all[0].variables,
    coverages,
    records,
    scales: all.map((one) =>
      one.variables.map((_, column) =>
        seasonalScale(columnValues(one.slice(0, start), column), period ?? learnableSeason(one, start)),
      ),
    ),
  };
}

function originsOf(
  all: readonly TimeSeries[],
  { horizon, start, stride = 1, end }: BacktestOptions,
): number[] {
  const shortest = all.reduce((least, one) => (one.length < least.length ? one : least));
  const length = Math.min(end ?? shortest.length, shortest.length);
  if (length < start + horizon) {
    const reason = `${start} to learn from and ${horizon} to forecast`;
    throw new SeriesTooShortError(shortest.name, start + horizon, reason, length);
  }
  return Array.from(
    { length: Math.floor((length - horizon - start) / stride) + 1 },
    (_, i) => start + i * stride,
  );
}

function trainingStart(origin: number, { window = 'expanding' }: BacktestOptions): number {
  return window === 'expanding' ? 0 : Math.max(0, origin - window);
}

function actualValues(series: TimeSeries, origin: number, horizon: number): Float64Array {
  return series.slice(origin, origin + horizon).values.slice();
}
