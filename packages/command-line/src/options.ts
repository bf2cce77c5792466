import { type Check, checkOptions, number, type Range, showValue, whole } from '@throughtime/errors';
import { InvalidArgumentError } from 'commander';

export interface Bounds {
  /** Smallest value allowed; none by default. */
  readonly min?: number;
  /** Largest value allowed; none by default. */
  readonly max?: number;
}

/** A parser for commander's options that accepts whole numbers only. */
export function integerOption(bounds: Bounds = {}): (text: string) => number {
  return parser(whole(rangeOf(bounds)), (text) =>
    /^[+-]?\d+$/.test(text.trim()) ? Number(text) : Number.NaN,
  );
}

/** A parser for commander's options that accepts finite numbers only. */
export function numberOption(bounds: Bounds = {}): (text: string) => number {
  return parser(number(rangeOf(bounds)), (text) => (text.trim() === '' ? Number.NaN : Number(text)));
}

/** A parser for commander's options that accepts whole numbers separated by commas. */
export function numberListOption(bounds: Bounds = {}): (text: string) => number[] {
  const parse = integerOption(bounds);
  return (text) => text.split(',').map((item) => parse(item));
}

function rangeOf(bounds: Bounds): Range {
  checkOptions<Bounds>(bounds, { min: number(), max: number() });
  const { min, max } = bounds;
  return { ...(min !== undefined && { from: min }), ...(max !== undefined && { to: max }) };
}

/** The check's own words, about the text as the user wrote it. Commander puts the option's name before them. */
function parser(check: Check<number>, read: (text: string) => number): (text: string) => number {
  return (text) => {
    try {
      return check('value', read(text));
    } catch {
      throw new InvalidArgumentError(`Expected ${check.expected}, got ${showValue(text)}.`);
    }
  };
}
