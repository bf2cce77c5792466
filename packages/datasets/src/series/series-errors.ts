/** A value that is missing, or NaN, where a number is needed. */
export class MissingValueError extends RangeError {
  override name = 'MissingValueError';

  constructor(column: string, where: string, advice = '') {
    super(`${column}: expected a number, got a missing value at ${where}${advice && `; ${advice}`}`);
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
