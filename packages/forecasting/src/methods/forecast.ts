/** What a model says of the next `horizon` steps of one series. */
export interface Forecast {
  readonly horizon: number; // H
  readonly variables: readonly string[]; // [D]
  /** The point forecast, [H, D]. */
  readonly mean: Float64Array;
  /** One entry a level asked for, in that order; empty when none was. */
  readonly quantiles: readonly ForecastQuantile[];
  /** Sampled futures, when asked for: [S, H, D]. */
  readonly paths?: Float64Array;
}

export interface ForecastQuantile {
  /** The share of futures below: .05 and .95 bound a 90% interval. */
  readonly level: number;
  readonly values: Float64Array; // [H, D]
}

/** The levels that bound central intervals: coverage .9 gives .05 and .95. */
export function levelsOf(coverages: readonly number[]): number[] {
  return coverages.flatMap((coverage) => [(1 - coverage) / 2, (1 + coverage) / 2]).sort((a, b) => a - b);
}

/** The values of the quantile at `level`; undefined when the forecast has none. */
export function quantileAt(forecast: Forecast, level: number): Float64Array | undefined {
  return forecast.quantiles.find((quantile) => Math.abs(quantile.level - level) < 1e-9)?.values;
}
