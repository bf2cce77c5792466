import { isUserError } from '@throughtime/errors';
import {
  type Backtest,
  type BacktestOptions,
  backtest,
  calibratedForecast,
  coverage,
  type FitProgress,
  type Forecast,
  type Forecaster,
  levelsOf,
  quantileAt,
  scoreOf,
  type TimeSeries,
} from '@throughtime/forecasting';

/** The steps ahead that the chapter shows. */
export const chapterHorizons: readonly number[] = [1, 4, 16, 64];

/** The share of outcomes that intervals are meant to hold. */
export const intervalCoverage = 0.9;

/** Narrower intervals, which figures show within it. */
export const innerCoverages: readonly number[] = [0.5, 0.8];

/** Enough origins to tell models apart: more only take time. */
export const mostOrigins = 400;

/** The longest forecast that `left` values can judge: there are as many forecasts as steps. */
export function longestHorizon(left: number): number {
  return Math.floor(left / 2);
}

/** The chapter's horizons that `left` values can judge, and 1 whatever their number. */
export function defaultHorizons(left: number): number[] {
  return chapterHorizons.filter((horizon) => horizon === 1 || horizon <= longestHorizon(left));
}

/** Steps between origins, so that `left` values have at most {@link mostOrigins}. */
export function defaultStride(left: number, horizon: number): number {
  return Math.max(1, Math.ceil((left - horizon) / mostOrigins));
}

/** Forecasts of one model that are kept at a time: of many series fewer origins each, but no fewer than ten. */
const mostForecasts = 4000;

/** Steps between origins, so that the forecasts of several series fit in memory. */
export function strideOfSeveral(left: number, horizon: number, count: number): number {
  if (count === 1) return 1;
  return Math.max(1, Math.ceil(((left - horizon + 1) * count) / Math.max(mostForecasts, 10 * count)));
}

export type Measure = 'MSE' | 'MASE' | 'MAE';

/** Demand that is 0 most of the time is judged by RMSSE: see `isIntermittent`. */
export type AutoMeasure = Measure | 'RMSSE';

/**
 * The mean squared error where its least value is known. Elsewhere MASE, which compares across series, or the mean absolute error
 * where the training values of no series give a scale.
 */
export function measureOf(
  { noiseFloor }: { readonly noiseFloor?: number | undefined },
  test?: Backtest,
): Measure {
  if (noiseFloor !== undefined) return 'MSE';
  return test === undefined || test.scales.some(([{ absolute }]) => absolute > 0) ? 'MASE' : 'MAE';
}

/** A model to be compared, not fitted yet. */
export interface Candidate {
  /** Its name in tables. */
  readonly name: string;
  readonly model: Forecaster;
}

/** A model that was fitted, and its forecasts of values that it has not learned from. */
export interface JudgedModel extends Candidate {
  readonly test: Backtest;
  /** To fit and to forecast from all origins. */
  readonly seconds: number;
}

export interface ComparisonListener {
  onEpoch?(name: string, progress: FitProgress): void;
  onOrigins?(name: string, done: number, origins: number): void;
  onModel?(model: JudgedModel): void;
  /** A model that could not be fitted, or could not forecast: the others go on. Without a listener its error is thrown. */
  onFailure?(failure: FailedModel): void;
}

/** A model that could not be judged, and why. */
export interface FailedModel {
  readonly name: string;
  readonly error: Error;
}

/**
 * Fits each model to the first values of a series and lets it forecast the rest, from the same origins.
 * @returns all models that could be judged, or those up to the one during which the signal was aborted, whose test is then cut short
 */
export async function compareModels(
  candidates: readonly Candidate[],
  series: TimeSeries | readonly TimeSeries[],
  options: BacktestOptions,
  listener: ComparisonListener = {},
): Promise<JudgedModel[]> {
  const judged: JudgedModel[] = [];
  for (const { name, model } of candidates) {
    const began = performance.now();
    let test: Backtest;
    try {
      test = await backtest(model, series, {
        ...options,
        fit: { onProgress: (progress) => listener.onEpoch?.(name, progress) },
        onProgress: (done, origins) => listener.onOrigins?.(name, done, origins),
      });
    } catch (error) {
      // A fault of the program ends the run; what a model cannot do with this series is its own affair.
      if (listener.onFailure === undefined || !isUserError(error)) throw error;
      listener.onFailure({ name, error });
      continue;
    }
    judged.push({ name, model, test, seconds: (performance.now() - began) / 1000 });
    listener.onModel?.(judged[judged.length - 1]);
    if (options.signal?.aborted) break;
  }
  return judged;
}

/** The errors of a test of one variable at some numbers of steps ahead; the mean over its series. */
export function errorsAt(test: Backtest, measure: Measure, steps: readonly number[]): number[] {
  const name = ({ MSE: 'mse', MASE: 'mase', MAE: 'mae' } as const)[measure];
  return steps.map((step) => scoreOf(test, name, { step }));
}

/** The test of one of the series. */
export function testOf(test: Backtest, index: number): Backtest {
  return {
    ...test,
    records: test.records
      .filter(({ series }) => series === index)
      .map((record) => ({ ...record, series: 0 })),
    scales: [test.scales[index]],
  };
}

/** The error of a test of one variable over all its steps; the mean over its series. */
export function errorOf(test: Backtest, measure: AutoMeasure): number {
  return scoreOf(test, ({ MSE: 'mse', MASE: 'mase', MAE: 'mae', RMSSE: 'rmsse' } as const)[measure]);
}

/** A model with its errors at a number of horizons. */
export interface ModelErrors {
  readonly name: string;
  readonly errors: ArrayLike<number>;
}

/**
 * A sentence for each model that a model which learns nothing beats, and where.
 * @param models with their errors at each of `horizons`, or over all steps where there are none
 * @param baselines what learns nothing, by name
 */
export function baselineRemarks(
  models: readonly ModelErrors[],
  baselines: readonly string[],
  horizons?: readonly number[],
): string[] {
  const isBaseline = ({ name }: { readonly name: string }) => baselines.includes(name);
  const naive = models.filter(isBaseline);
  return models
    .filter((model) => !isBaseline(model))
    .flatMap(({ name, errors }) => {
      const places = Array.from(errors, (_, at) => at).filter((at) =>
        naive.some((one) => one.errors[at] < errors[at]),
      );
      if (places.length === 0) return [];
      const better = naive
        .filter((one) => places.some((at) => one.errors[at] < errors[at]))
        .map((one) => one.name);
      const where =
        horizons === undefined || places.length === horizons.length
          ? ''
          : ` ${places.map((at) => horizons[at]).join(', ')} ${places.length === 1 && horizons[places[0]] === 1 ? 'step' : 'steps'} ahead`;
      return [`${name} is worse here than ${better.join(' and ')}${where}: what learns nothing does better.`];
    });
}

/** The model with the least error at the first horizon; of equals the first. */
export function bestOf<M extends { readonly errors: readonly number[] }>(models: readonly M[]): M {
  const error = ({ errors: [first] }: M) => (Number.isNaN(first) ? Number.POSITIVE_INFINITY : first);
  return models.reduce((least, model) => (error(model) < error(least) ? model : least));
}

/** The forecasts of a test, continued to the last value: from the origins after the test's last, as far as the series goes. */
export async function forecastsToEnd(
  { model, test }: JudgedModel,
  series: TimeSeries,
): Promise<readonly { readonly origin: number; readonly mean: Float64Array }[]> {
  const judged = test.records.map(({ origin, forecast }) => ({ origin, mean: forecast.mean }));
  const rest: { origin: number; mean: Float64Array }[] = [];
  for (
    let origin = judged[judged.length - 1].origin + test.stride;
    origin < series.length;
    origin += test.stride
  ) {
    const horizon = Math.min(test.horizon, series.length - origin);
    const { mean } = await model.predict(horizon, { context: series.slice(0, origin) });
    rest.push({ origin, mean });
  }
  return [...judged, ...rest];
}

/**
 * A test whose forecasts have intervals of {@link intervalCoverage}, as wide as the errors of another test of the model were, on values
 * before (split conformal prediction).
 */
export function withIntervals(test: Backtest, calibration: Backtest): Backtest {
  return {
    ...test,
    coverages: [intervalCoverage],
    records: test.records.map((record) => ({
      ...record,
      forecast: intervalsOf(record.forecast, calibration),
    })),
  };
}

/** A forecast with such intervals. Default: one, of {@link intervalCoverage}. */
export function intervalsOf(
  forecast: Forecast,
  calibration: Backtest,
  coverages: readonly number[] = [intervalCoverage],
): Forecast {
  return calibratedForecast(forecast, calibration, levelsOf(coverages));
}

/** The bounds of a forecast's interval. Default: that of {@link intervalCoverage}. */
export function boundsOf(
  forecast: Forecast,
  coverage: number = intervalCoverage,
): { readonly lower: Float64Array; readonly upper: Float64Array } {
  const [lower, upper] = levelsOf([coverage]).map((level) => quantileAt(forecast, level)!);
  return { lower, upper };
}

/** The share of outcomes, over all origins and steps, that the intervals of {@link intervalCoverage} held. */
export function measuredCoverage({ records }: Backtest): number {
  const bounds = records.map(({ forecast }) => boundsOf(forecast));
  return coverage(
    joined(records.map(({ actual }) => actual)),
    joined(bounds.map(({ lower }) => lower)),
    joined(bounds.map(({ upper }) => upper)),
  );
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
