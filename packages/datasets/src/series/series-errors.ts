import { ThroughtimeError } from '@throughtime/errors';

/** A value that is missing, or NaN, where a number is needed. */
export class MissingValueError extends ThroughtimeError {
  override name = 'MissingValueError';
  /** The message without its advice, which is about options. Show it where users have no such options. */
  readonly problem: string;

  constructor(column: string, where: string, advice = '') {
    const problem = `${column}: expected a number, got a missing value at ${where}`;
    super(advice ? `${problem}; ${advice}` : problem);
    this.problem = problem;
  }
}

/** Time stamps that do not follow one another at the series' frequency: one or more are missing. */
export class TimestampGapError extends ThroughtimeError {
  override name = 'TimestampGapError';
  readonly index: number;
  readonly expected: string;
  readonly got: string;

  constructor(index: number, expected: string, got: string) {
    super(
      `timestamps[${index}]: expected ${expected}, got ${got} (a gap: fill it with \`gaps: 'missing'\`, or cut the series)`,
    );
    this.index = index;
    this.expected = expected;
    this.got = got;
  }
}

/** A time stamp off the line of equal steps that the others are on, or so far away that the rows between would be too many. */
export class UnevenTimestampsError extends ThroughtimeError {
  override name = 'UnevenTimestampsError';
  readonly index: number;
  readonly expected: string;
  readonly got: string;

  constructor(index: number, expected: string, got: string) {
    super(`timestamps[${index}]: expected ${expected}, got ${got}`);
    this.index = index;
    this.expected = expected;
    this.got = got;
  }
}

/** A file or table that is not a series. The message says where and why. */
export class SeriesFormatError extends ThroughtimeError {
  override name = 'SeriesFormatError';
}

/** A series with too few observations. */
export class SeriesTooShortError extends ThroughtimeError {
  override name = 'SeriesTooShortError';

  /** @param reason what needs them, as it reads in brackets: '4 lags and a label' */
  constructor(series: string, needed: number, reason: string, got: number) {
    super(`series '${series}': expected at least ${needed} values (${reason}), got ${got}`);
  }
}

/** An option of reading that decides what a file leaves open, and the value to give it. */
export type DecidingOption = readonly [option: string, value: string | boolean];

/** A file that can be read in two ways, or in none without help; the message names the options that decide. */
export class UndecidedFormatError extends SeriesFormatError {
  override name = 'UndecidedFormatError';
  /** The message without its advice. Show it where options are called something else. */
  readonly problem: string;
  readonly advice: readonly DecidingOption[];

  constructor(problem: string, advice: readonly DecidingOption[], options?: ErrorOptions) {
    const said = advice.map(
      ([option, value]) => `${option}: ${typeof value === 'string' ? `'${value}'` : value}`,
    );
    super(`${problem}; give ${said.join(' or ')}`, options);
    this.problem = problem;
    this.advice = advice;
  }
}
