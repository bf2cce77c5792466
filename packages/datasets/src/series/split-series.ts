import {
  ArgumentError,
  check,
  checkOptions,
  number,
  type OptionChecks,
  whole,
  withExpected,
} from '@throughtime/errors';
import { type Series, sliceSeries } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { readTimestamp } from './timestamps.js';
import { instantOf } from './zones.js';

/**
 * How much a part takes from the end of a series: a fraction of all observations (rounded), a count, or everything from a
 * moment on (up to the next part). A moment that names no zone is read by the clock of the series' zone.
 */
export type SplitPart =
  | {
      /** Of all observations, above 0 and below 1; rounded. */
      readonly fraction: number;
    }
  | {
      /** A count of observations, at least one. */
      readonly count: number;
    }
  | {
      /** From this moment on, which belongs to the part: '1960-01' or a Date. */
      readonly from: string | Date;
    };

/** How much goes to validation and test; training gets the rest. */
export interface SplitOptions {
  /** Default: none. */
  readonly validation?: SplitPart;
  /** Default: none. */
  readonly test?: SplitPart;
}

const expectedPart = 'one of { fraction }, { count } and { from }';
const partChecks = {
  fraction: number({ above: 0, below: 1 }),
  count: whole({ from: 1 }),
  from: check('a time such as 1949-01-31', (value) => !Number.isNaN(timeOf(value))),
};
const part = withExpected(expectedPart, (argument, value) => {
  checkOptions<{ fraction?: number; count?: number; from?: string | Date }>(value, partChecks, argument);
  const given = Object.values(value).filter((field) => field !== undefined);
  if (given.length !== 1) throw new ArgumentError(argument, expectedPart, value);
});

const splitChecks: OptionChecks<SplitOptions> = { validation: part, test: part };

/**
 * NaN if it is not a time.
 * @param zone whose clock shows a time that is written without one
 */
function timeOf(from: unknown, zone?: string): number {
  if (from instanceof Date) return from.getTime();
  const written = typeof from === 'string' ? readTimestamp(from) : undefined;
  if (written === undefined) return Number.NaN;
  const { clock, offset } = written;
  return offset === undefined && zone !== undefined ? instantOf(clock, zone) : clock - (offset ?? 0) * 60_000;
}

/** The parts of a series in order of time. */
export interface SeriesSplit {
  /** What no other part took: the beginning. */
  readonly train: Series;
  /** Of length 0 when none was asked for. */
  readonly validation: Series;
  /** Of length 0 when none was asked for. */
  readonly test: Series;
}

/**
 * Splits a series by time: training first, then validation, then test, without gaps or overlap. Shares the series' storage.
 * @throws ArgumentError when a part asked for, or the training part, would be empty
 */
export function splitSeries(series: Series, options: SplitOptions): SeriesSplit {
  checkOptions<SplitOptions>(options, splitChecks);
  const { validation, test } = options;
  const testStart = test ? startOf(series, 'test', test, series.length) : series.length;
  const validationStart = validation ? startOf(series, 'validation', validation, testStart) : testStart;
  return {
    train: sliceSeries(series, 0, validationStart),
    validation: sliceSeries(series, validationStart, testStart),
    test: sliceSeries(series, testStart),
  };
}

/** The start of the part that ends at `end`. The part and the observations before it must not be empty. */
function startOf(series: Series, name: string, part: SplitPart, end: number): number {
  const start = 'from' in part ? firstFrom(series, name, part.from) : end - countOf(series, part);
  if (start < 1 || start >= end) {
    throw new ArgumentError(
      name,
      `a part of the first ${end} observations that leaves at least one to it and one before it`,
      part,
    );
  }
  return start;
}

function countOf(series: Series, part: { readonly fraction: number } | { readonly count: number }): number {
  return 'count' in part ? part.count : Math.round(part.fraction * series.length);
}

function firstFrom(series: Series, name: string, from: string | Date): number {
  if (!series.times) {
    throw new SeriesFormatError(`${name}.from: expected a series with time stamps, got one without`);
  }
  const time = timeOf(from, series.zone);
  const index = series.times.findIndex((each) => each >= time);
  return index < 0 ? series.length : index;
}
