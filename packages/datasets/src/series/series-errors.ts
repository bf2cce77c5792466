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
