import { InvalidOptionError } from './errors.js';

/** Throws unless `value` is a whole number of at least `min`. */
export function requireInteger(name: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min)
    throw new InvalidOptionError(name, `a whole number from ${min}`, value);
}

/** Throws unless `value` is a finite number above zero. */
export function requirePositive(name: string, value: number): void {
  if (!(value > 0) || !Number.isFinite(value))
    throw new InvalidOptionError(name, 'a finite number above 0', value);
}

/** Throws unless `value` lies in [low, high]. */
export function requireWithin(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw new InvalidOptionError(name, `a number from ${low} to ${high}`, value);
}
