import { normalQuantile } from '../numeric/distributions.js';
import type { TimeSeries } from '../series/time-series.js';
import type { Forecast } from './forecast.js';
import type { ForecastRequest } from './method.js';

/** One variable's forecast as normal distributions, step by step. */
export interface GaussianSteps {
  readonly mean: Float64Array; // [H]
  readonly deviation: Float64Array; // [H]
  /** A sampled future of the variable, [H]: steps depend on one another, so it is the model that draws it. */
  samplePath(normal: () => number): Float64Array;
}

/** The forecast of a model that treats each variable on its own and knows its error's variance at each step. */
export function gaussianForecast(
  context: TimeSeries,
  { horizon, levels, paths }: ForecastRequest,
  stepsOf: (column: number) => GaussianSteps,
): Forecast {
  const width = context.width;
  const columns = Array.from({ length: width }, (_, column) => stepsOf(column));
  const spread = (valueAt: (column: GaussianSteps, step: number) => number) =>
    Float64Array.from({ length: horizon * width }, (_, i) =>
      valueAt(columns[i % width], Math.floor(i / width)),
    );
  const quantiles = levels.map((level) => {
    const z = normalQuantile(level);
    return { level, values: spread(({ mean, deviation }, step) => mean[step] + z * deviation[step]) };
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
