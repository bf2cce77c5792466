import { type AlignOptions, alignChecks, alignTimestamps, type Series } from '@throughtime/datasets';
import { ArgumentError, checkOptions, list, type OptionChecks, text } from '@throughtime/errors';
import { TimeSeries } from './time-series.js';

export interface FromDatasetOptions extends AlignOptions {
  /** Which columns to forecast, in this order. Default: all. */
  readonly columns?: readonly string[] | undefined;
  /**
   * Columns that are known in advance: prices already set, holidays. Rows after the last value of the columns to forecast are their
   * future. Default: none.
   */
  readonly known?: readonly string[] | undefined;
}

const checks: OptionChecks<FromDatasetOptions> = { ...alignChecks, columns: list(text), known: list(text) };

/**
 * A series of `@throughtime/datasets`, ready to be forecast. Values that are NaN there, which it lets through only when asked to
 * keep them, are missing here.
 * @throws ArgumentError for an unknown column; NotFiniteError for a hole in what is known in advance
 * @throws TimestampGapError for a gap, unless gaps are to be missing values
 */
export function fromDataset(series: Series, options: FromDatasetOptions = {}): TimeSeries {
  checkOptions<FromDatasetOptions>(options, checks);
  const { known = [], frequency, zone = series.zone, gaps } = options;
  const { columns = series.columns.filter((column) => !known.includes(column)) } = options;
  for (const [argument, names] of Object.entries({ columns, known })) {
    for (const column of names) {
      if (!series.columns.includes(column)) {
        throw new ArgumentError(argument, `some of ${series.columns.join(', ')}`, column);
      }
    }
  }
  const aligned =
    series.times === undefined || series.length < 2
      ? undefined
      : alignTimestamps(series.times, { frequency, zone, gaps });
  const positions = aligned?.positions ?? Int32Array.from({ length: series.length }, (_, row) => row);
  const read = (names: readonly string[]) => {
    const values = new Float64Array(positions.length * names.length);
    for (let row = 0; row < positions.length; row++) {
      names.forEach((name, column) => {
        const at = positions[row];
        values[row * names.length + column] = at >= 0 ? series.values[name][at] : Number.NaN;
      });
    }
    return values;
  };
  const all = read(columns);
  // What is known in advance goes on after the last value.
  const last = known.length === 0 ? all.length - 1 : all.findLastIndex((value) => !Number.isNaN(value));
  const values = all.subarray(0, (Math.floor(last / columns.length) + 1) * columns.length);
  return TimeSeries.of({
    name: series.name,
    values,
    variables: columns,
    observed: Uint8Array.from(values, (value) => (Number.isNaN(value) ? 0 : 1)),
    timeline: aligned?.timeline,
    ...(known.length > 0 && { known: { names: known, values: read(known) } }),
    period: series.period,
  });
}
