import { ArgumentError } from '@throughtime/errors';

/** Throws unless `value` is a whole number of at least `min`. */
export function requireInteger(name: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min)
    throw new ArgumentError(name, `a whole number from ${min}`, value);
}

/** Throws unless `value` is a finite number above zero. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value))
    throw new ArgumentError(name, 'a finite number above 0', value);
}

/** Throws unless `value` lies in [low, high]. */
export function requireWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new ArgumentError(name, `a number from ${low} to ${high}`, value);
}

/** Throws unless all are token ids from 0 to V - 1. */
export function requireIds(name: string, ids: readonly number[], vocabularySize: number): void {
  for (const id of ids)
    if (!Number.isInteger(id) || id < 0 || id >= vocabularySize)
      throw new ArgumentError(name, `ids from 0 to ${vocabularySize - 1}`, id);
}

/** Throws unless all are token ids, and some are left to choose from. */
export function requireExcludable(exclude: readonly number[], vocabularySize: number): void {
  requireIds('exclude', exclude, vocabularySize);
  if (new Set(exclude).size >= vocabularySize)
    throw new ArgumentError('exclude', 'fewer ids than the vocabulary has', exclude.length);
}
