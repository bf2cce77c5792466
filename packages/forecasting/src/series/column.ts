import type { TimeSeries } from './time-series.js';

/** One variable's values in time, NaN where missing: what the models of one variable work on. [T] */
export function columnValues(series: TimeSeries, column: number): Float64Array {
  const { values, observed, width } = series;
  return Float64Array.from({ length: series.length }, (_, row) =>
    observed[row * width + column] === 0 ? Number.NaN : values[row * width + column],
  );
}
