import { type Awaitable, whenReady } from '@throughtime/contract';
import { type Timeline, timestampAt } from '@throughtime/datasets';
import type { Random } from '@throughtime/random';
import { normalQuantile } from '../numeric/distributions.js';
import { sortedQuantile } from '../numeric/statistics.js';
import type { TimeSeries } from '../series/time-series.js';

/** The steps that a forecast is for. */
export interface ForecastTimes {
  /** Begins at the first step forecast. Undefined where the series has no time stamps. */
  readonly timeline?: Timeline | undefined;
  /** The time of each step, in milliseconds since 1970 in UTC, [H]; undefined where there is no timeline. */
  readonly times?: Float64Array | undefined;
}

/** A forecast of the next `horizon` steps of one series, as a {@link Forecaster} gives it: with its dates. */
export interface Forecast extends ForecastTimes {
  /** H: how many steps ahead it goes. */
  readonly horizon: number;
  /** [D]: their names. */
  readonly variables: readonly string[];
  /** The point forecast, [H, D]. */
  readonly mean: Float64Array;
  /** One entry per level asked for, in that order; empty when none was. */
  readonly quantiles: readonly ForecastQuantile[];
  /** Sampled futures, when asked for: [S, H, D]. */
  readonly paths?: Float64Array;
}

/** A value that the future lies below with a given probability. */
export interface ForecastQuantile {
  /** The share of futures below: 0.05 and 0.95 bound a 90% interval. */
  readonly level: number;
  /** [H, D], row-major. */
  readonly values: Float64Array;
}

/** How far a method must forecast, and with which quantiles. */
export interface ForecastRequest {
  /** H */
  readonly horizon: number;
  /** Quantile levels wanted. */
  readonly levels: readonly number[];
  /** Sampled futures wanted, with their source of randomness. */
  readonly paths?: { readonly count: number; readonly random: Random } | undefined;
}

/** A forecast with the dates of the steps after `context`. */
export function dated(forecast: Forecast, context: TimeSeries): Forecast {
  const { timeline } = context.slice(context.length);
  if (timeline === undefined) return forecast;
  const times = Float64Array.from({ length: forecast.horizon }, (_, step) => timestampAt(timeline, step));
  return { ...forecast, timeline, times };
}

/** The levels that bound central intervals: coverage 0.9 gives 0.05 and 0.95. */
export function levelsOf(coverages: readonly number[]): number[] {
  return coverages
    .flatMap((coverage) => [(1 - coverage) / 2, (1 + coverage) / 2])
    .map(withoutRounding)
    .sort((a, b) => a - b);
}

/** 0.05 for 0.04999999999999999, which (1 - 0.9) / 2 is: levels name columns and keys. */
function withoutRounding(level: number): number {
  const rounded = Number(level.toPrecision(12));
  return rounded < 1 ? rounded : level;
}

/** The values of the quantile at `level`; undefined when the forecast has none. */
export function quantileAt(forecast: Forecast, level: number): Float64Array | undefined {
  return forecast.quantiles.find((quantile) => Math.abs(quantile.level - level) < 1e-9)?.values;
}

/** One variable's forecast as normal distributions, step by step. */
export interface GaussianSteps {
  readonly mean: Float64Array; // [H]
  readonly deviation: Float64Array; // [H]
  /** A sampled future of the variable, [H]. The model draws it whole, because steps depend on one another. */
  samplePath(normal: () => number): Float64Array;
}

/** The forecast of a model that treats each variable on its own and knows the variance of its error at each step. */
export function gaussianForecast(
  context: TimeSeries,
  { horizon, levels, paths }: ForecastRequest,
  stepsOf: (column: number) => GaussianSteps,
): Forecast {
  const width = context.width;
  const columns = Array.from({ length: width }, (_, column) => stepsOf(column));
  const spread = (valueAt: (column: GaussianSteps, step: number) => number) => {
    const values = new Float64Array(horizon * width);
    for (let i = 0; i < values.length; i++) values[i] = valueAt(columns[i % width], Math.floor(i / width));
    return values;
  };
  const quantiles = levels.map((level) => {
    const z = normalQuantile(level);
    const quantile = ({ mean, deviation }: GaussianSteps, step: number) => {
      const value = mean[step] + z * deviation[step];
      // A model that explodes has no bound on either side.
      return Number.isNaN(value) && !Number.isNaN(mean[step])
        ? z * Number.POSITIVE_INFINITY || mean[step]
        : value;
    };
    return { level, values: spread(quantile) };
  });
  const forecast = {
    horizon,
    variables: context.variables,
    mean: spread(({ mean }, step) => mean[step]),
    quantiles,
  };
  if (paths === undefined) return forecast;
  const sampled = new Float64Array(paths.count * horizon * width);
  for (let path = 0; path < paths.count; path++) {
    columns.forEach((column, c) => {
      const values = column.samplePath(() => paths.random.normal());
      for (let step = 0; step < horizon; step++) sampled[(path * horizon + step) * width + c] = values[step];
    });
  }
  return { ...forecast, paths: sampled };
}

/**
 * The forecast of a model that can only sample futures: quantiles are read from the samples, value by value.
 * @param mean the point forecast, [H, D]
 * @param draw draws `count` futures, each [H, D]
 * @param options.enough how many futures are sampled for quantiles
 * @param options.random used unless the request has its own source of randomness
 */
export function forecastFromPaths(
  request: ForecastRequest,
  point: Pick<Forecast, 'variables' | 'mean'>,
  draw: (count: number, random: Random) => readonly Float64Array[],
  options: { readonly enough: number; readonly random: Random },
): Forecast;
export function forecastFromPaths(
  request: ForecastRequest,
  point: Pick<Forecast, 'variables' | 'mean'>,
  draw: (count: number, random: Random) => Awaitable<readonly Float64Array[]>,
  options: { readonly enough: number; readonly random: Random },
): Awaitable<Forecast>;
export function forecastFromPaths(
  request: ForecastRequest,
  point: Pick<Forecast, 'variables' | 'mean'>,
  draw: (count: number, random: Random) => Awaitable<readonly Float64Array[]>,
  options: { readonly enough: number; readonly random: Random },
): Awaitable<Forecast> {
  const { horizon, levels, paths } = request;
  if (levels.length === 0 && paths === undefined) return { horizon, ...point, quantiles: [] };
  const count = Math.max(paths?.count ?? 0, levels.length > 0 ? options.enough : 0);
  return whenReady(draw(count, paths?.random ?? options.random), (drawn) => readPaths(drawn, request, point));
}

function readPaths(
  drawn: readonly Float64Array[],
  { horizon, levels, paths }: ForecastRequest,
  { variables, mean }: Pick<Forecast, 'variables' | 'mean'>,
): Forecast {
  const cells = mean.length;
  const quantiles = levels.map((level) => ({ level, values: new Float64Array(cells) }));
  for (let cell = 0; cell < cells && levels.length > 0; cell++) {
    const sorted = Float64Array.from(drawn, (path) => path[cell]).sort();
    for (const { level, values } of quantiles) values[cell] = sortedQuantile(sorted, level);
  }
  if (paths === undefined) return { horizon, variables, mean, quantiles };
  const kept = new Float64Array(paths.count * cells);
  for (let i = 0; i < paths.count; i++) kept.set(drawn[i], i * cells);
  return { horizon, variables, mean, quantiles, paths: kept };
}
