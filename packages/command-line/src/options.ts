import { type Check, checkOptions, number, type Range, showValue, whole } from '@throughtime/errors';
import { InvalidArgumentError } from 'commander';

export interface Bounds {
  /** Smallest value allowed; none by default. */
  readonly min?: number;
  /** Largest value allowed; none by default. */
  readonly max?: number;
}

/** A parser for commander's options that accepts whole numbers only, and only those that a number holds exactly. */
export function integerOption(bounds: Bounds = {}): (text: string) => number {
  const parse = parser(whole(rangeOf(bounds)), (text) => (isWhole(text) ? Number(text) : Number.NaN));
  return (text) => {
    // Beyond, neighbors become one number: what would be computed with is not what was asked for.
    if (bounds.max === undefined && isWhole(text) && !Number.isSafeInteger(Number(text)))
      throw new InvalidArgumentError(
        `Expected a whole number between -(2^53 - 1) and 2^53 - 1, got ${showValue(text)}.`,
      );
    return parse(text);
  };
}

function isWhole(text: string): boolean {
  return /^[+-]?\d+$/.test(text.trim());
}

function isDecimal(text: string): boolean {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i.test(text.trim());
}

/** A parser for commander's options that accepts finite numbers only, written as decimals, with an exponent or without. */
export function numberOption(bounds: Bounds = {}): (text: string) => number {
  return parser(number(rangeOf(bounds)), (text) => (isDecimal(text) ? Number(text) : Number.NaN));
}

/** A parser for commander's options that accepts whole numbers separated by commas. */
export function numberListOption(bounds: Bounds = {}): (text: string) => number[] {
  const parse = integerOption(bounds);
  return (text) => text.split(',').map((item) => parse(item));
}

/** For commands that compute in the engine: its own limit is 64 threads. */
export const threadsOption = [
  '--threads <n>',
  'threads of the engine; results do not depend on it (default: all cores)',
  integerOption({ min: 1, max: 64 }),
] as const;

/** For commands that read a model. */
export const acceptDamageOption = [
  '--accept-damage',
  'read a model whose data do not match their checksum: the numbers may be wrong',
] as const;

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
