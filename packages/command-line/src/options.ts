import { InvalidArgumentError } from 'commander';

export interface Bounds {
  /** Smallest value allowed; none by default. */
  readonly min?: number;
  /** Largest value allowed; none by default. */
  readonly max?: number;
}

/** A parser for commander's options that accepts whole numbers only. */
export function integerOption(bounds: Bounds = {}): (text: string) => number {
  return (text) =>
    within(text, /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN, 'a whole number', bounds);
}

/** A parser for commander's options that accepts finite numbers only. */
export function numberOption(bounds: Bounds = {}): (text: string) => number {
  return (text) => within(text, text.trim() === '' ? Number.NaN : Number(text), 'a number', bounds);
}

/** A parser for commander's options that accepts whole numbers separated by commas. */
export function numberListOption(bounds: Bounds = {}): (text: string) => number[] {
  const parse = integerOption(bounds);
  return (text) => text.split(',').map((item) => parse(item));
}

function within(text: string, value: number, kind: string, { min, max }: Bounds): number {
  const low = min ?? Number.NEGATIVE_INFINITY;
  const high = max ?? Number.POSITIVE_INFINITY;
  if (!Number.isFinite(value) || value < low || value > high) {
    const range = [min === undefined ? '' : ` from ${min}`, max === undefined ? '' : ` up to ${max}`].join(
      '',
    );
    throw new InvalidArgumentError(`Expected ${kind}${range}, got '${text}'.`);
  }
  return value;
}
