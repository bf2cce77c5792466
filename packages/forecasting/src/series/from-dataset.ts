import { type AlignOptions, alignChecks, alignTimestamps, type Series } from '@throughtime/datasets';
import { ArgumentError, checkOptions, list, type OptionChecks, text } from '@throughtime/errors';
import { TimeSeries } from './time-series.js';

export interface FromDatasetOptions extends AlignOptions {
  /** Which columns to forecast, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
}

const checks: OptionChecks<FromDatasetOptions> = { ...alignChecks, columns: list(text) };

/**
 * A series of `@throughtime/datasets`, ready to be forecast. Values that are NaN there, which it lets through only when asked to
 * keep them, are missing here.
 * @throws ArgumentError for an unknown column
 * @throws TimestampGapError for a gap, unless gaps are to be missing values
 */
export function fromDataset(series: Series, options: FromDatasetOptions = {}): TimeSeries {
  checkOptions<FromDatasetOptions>(options, checks);
  const { columns = series.columns, frequency, zone = series.zone, gaps } = options;
  for (const column of columns) {
    if (!series.columns.includes(column)) {
      throw new ArgumentError('columns', `some of ${series.columns.join(', ')}`, column);
    }
  }
  const aligned =
    series.times === undefined || series.length < 2
      ? undefined
      : alignTimestamps(series.times, { frequency, zone, gaps });
  const positions = aligned?.positions ?? Int32Array.from({ length: series.length }, (_, row) => row);
  const values = new Float64Array(positions.length * columns.length);
  for (let row = 0; row < positions.length; row++) {
    for (let column = 0; column < columns.length; column++) {
      const known = positions[row] >= 0;
      values[row * columns.length + column] = known
        ? series.values[columns[column]][positions[row]]
        : Number.NaN;
    }
  }
  return TimeSeries.of({
    name: series.name,
    values,
    variables: columns,
    observed: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
    timeline: aligned?.timeline,
    period: series.period,
  });
}
