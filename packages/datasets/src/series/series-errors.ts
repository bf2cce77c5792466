/** A value that is missing, or NaN, where a number is needed. */
export class MissingValueError extends RangeError {
  override name = 'MissingValueError';
  /** The message without its advice, which is to programs: for those who have another. */
  readonly problem: string;

  constructor(column: string, where: string, advice = '') {
    const problem = `${column}: expected a number, got a missing value at ${where}`;
    super(advice ? `${problem}; ${advice}` : problem);
    this.problem = problem;
  }
}

/** A file or table that is no series: the message says where and why. */
export class SeriesFormatError extends RangeError {
  override name = 'SeriesFormatError';
}

/** A series with too few observations for what is asked of it. */
export class SeriesTooShortError extends RangeError {
  override name = 'SeriesTooShortError';

  constructor(length: number, needed: number, purpose: string) {
    super(`series: ${purpose} needs at least ${needed} observations, the series has ${length}`);
  }
}
