import { ArgumentError } from '@throughtime/errors';

/**
 * The features of "lags": a count tau stands for the last tau values, a list for those offsets alone (sparse lags).
 * Oldest first, as the chapter lays them out.
 */
export function lagOffsets(lags: number | readonly number[]): number[] {
  const offsets = typeof lags === 'number' ? Array.from({ length: lags }, (_, i) => lags - i) : [...lags];
  const distinct = new Set(offsets).size === offsets.length;
  if (
    offsets.length === 0 ||
    !distinct ||
    offsets.some((offset) => !Number.isInteger(offset) || offset < 1)
  ) {
    throw new ArgumentError('lags', 'a count from 1, or distinct whole offsets from 1', String(lags));
  }
  return offsets.sort((a, b) => b - a);
}
