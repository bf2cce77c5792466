import {
  ArgumentError,
  check,
  checkOptions,
  numbers,
  type OptionChecks,
  required,
  text,
} from '@throughtime/errors';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { type SettleOptions, settleChecks, settleSeries } from './settle-series.js';
import { formatTimestamp } from './timestamps.js';

/** The observations of a series, and how it is made from them. */
export interface CreateSeriesOptions extends SettleOptions {
  /** Default 'series'. */
  readonly name?: string;
  /** Each variable's observations, all of one length; NaN marks a missing value. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  /** One for each observation: dates, or milliseconds since 1970-01-01 UTC. Default: none. */
  readonly times?: ArrayLike<number> | readonly Date[];
}

const checks: OptionChecks<CreateSeriesOptions> = {
  ...settleChecks,
  name: text,
  values: required(
    check(
      'an object with a list of numbers for each column',
      (value) => typeof value === 'object' && value !== null,
    ),
  ),
  times: numbers,
};

/**
 * A series from values in memory. The checks are the same as for files.
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 */
export function createSeries(options: CreateSeriesOptions): Series {
  checkOptions<CreateSeriesOptions>(options, checks);
  const { name = 'series', values, times } = options;
  const columns = Object.keys(values);
  for (const column of columns) numbers(`values.${column}`, values[column]);
  if (columns.length === 0) throw new ArgumentError('values', 'at least one column', values);
  const length = values[columns[0]].length;
  for (const column of columns) {
    if (values[column].length !== length) {
      throw new SeriesFormatError(
        `${column}: expected ${length} observations, as many as ${columns[0]}, got ${values[column].length}`,
      );
    }
    const endless = Array.prototype.findIndex.call(values[column], (value) => Math.abs(value) === Infinity);
    if (endless >= 0) {
      throw new SeriesFormatError(`${column}: expected finite numbers, got an infinity at index ${endless}`);
    }
  }
  const stamps = times && Float64Array.from(times as ArrayLike<number | Date>, Number);
  if (stamps && stamps.length !== length) {
    throw new SeriesFormatError(`times: expected ${length}, one for each observation, got ${stamps.length}`);
  }
  const bad = stamps?.findIndex((time) => !Number.isFinite(time)) ?? -1;
  if (bad >= 0) throw new SeriesFormatError(`times: expected a time, got none at index ${bad}`);
  return settleSeries(
    name,
    {
      length,
      times: stamps,
      columns,
      values: Object.fromEntries(columns.map((column) => [column, Float64Array.from(values[column])])),
      where: (index) => (stamps ? `index ${index} (${formatTimestamp(stamps[index])})` : `index ${index}`),
    },
    options,
  );
}
