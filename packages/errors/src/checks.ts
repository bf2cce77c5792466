import { ArgumentError } from './argument-error.js';
import { nearestName } from './nearest-name.js';
import { showValue } from './show-value.js';

/**
 * What an argument must be. Calling it returns the value, or throws an {@link ArgumentError} that names the argument:
 *
 *     const order = whole({ from: 1 })('order', options.order);
 */
export interface Check<T> {
  (argument: string, value: unknown): T;
  /** What it accepts, as it reads after "expected". */
  readonly expected: string;
}

/** A check from a predicate. @param expected reads after "expected": 'a power of two' */
export function check<T>(expected: string, accepts: (value: unknown) => boolean): Check<T> {
  return withExpected(expected, (argument, value) => {
    if (!accepts(value)) throw new ArgumentError(argument, expected, value);
    return value as T;
  });
}

/** Where numbers must lie. `from` and `to` belong to the range; `above` and `below` do not. */
export interface Range {
  /** The least number allowed. Default: no bound. */
  readonly from?: number;
  /** Numbers must be greater than this. Default: no bound. */
  readonly above?: number;
  /** The greatest number allowed. Default: no bound. */
  readonly to?: number;
  /** Numbers must be less than this. Default: no bound. */
  readonly below?: number;
}

/** A whole number that floating point holds exactly, within the range. */
export function whole(range: Range = {}): Check<number> {
  return check(
    `a whole number${rangeInWords(range)}`,
    (value) => Number.isSafeInteger(value) && isWithin(value as number, range),
  );
}

/** A number within the range, neither NaN nor infinite. */
export function number(range: Range = {}): Check<number> {
  const isOpen = (range.from ?? range.above) === undefined || (range.to ?? range.below) === undefined;
  return check(
    `a ${isOpen ? 'finite ' : ''}number${rangeInWords(range)}`,
    (value) => Number.isFinite(value) && isWithin(value as number, range),
  );
}

/** A finite number above 0. */
export const positive: Check<number> = number({ above: 0 });

/** A number from 0 to 1. */
export const probability: Check<number> = check(
  'a probability from 0 to 1',
  (value) => Number.isFinite(value) && isWithin(value as number, { from: 0, to: 1 }),
);

/** A probability of dropping something: 1 would drop everything, and what is kept is divided by 1 - p. */
export const dropRate: Check<number> = check(
  'a probability from 0 to below 1',
  (value) => Number.isFinite(value) && isWithin(value as number, { from: 0, below: 1 }),
);

/** `true` or `false`; nothing that merely counts as one. */
export const boolean: Check<boolean> = check('true or false', (value) => typeof value === 'boolean');

/** Any string, the empty one included. */
export const text: Check<string> = check('a string', (value) => typeof value === 'string');

/** A string with something in it. */
export const nonEmptyText: Check<string> = check(
  'a string that is not empty',
  (value) => typeof value === 'string' && value !== '',
);

/** Anything that can be called. */
// biome-ignore lint/complexity/noBannedTypes: any function; its own callers know its parameters
export const callback: Check<Function> = check('a function', (value) => typeof value === 'function');

/** What stops a call: `new AbortController().signal`. */
export const abortSignal: Check<AbortSignal> = withMethods<AbortSignal>('an AbortSignal', [
  'throwIfAborted',
  'addEventListener',
]);

/** An object of the caller's own data, which JSON can hold: notes that are saved beside a model. */
export const plainData: Check<Readonly<Record<string, unknown>>> = check(
  'an object of plain data, as JSON holds it',
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && isJson(value),
);

/** What the function itself checks, or may be anything. */
export const anything: Check<unknown> = check('anything', () => true);

/** One of a few strings; an error names the one that a typing error most likely meant. */
export function oneOf<const T extends string>(names: readonly T[]): Check<T> {
  const expected = `one of ${names.map((name) => `'${name}'`).join(', ')}`;
  return withExpected(expected, (argument, value) => {
    if (names.includes(value as T)) return value as T;
    const nearest = typeof value === 'string' ? nearestName(value, names) : undefined;
    throw new ArgumentError(argument, expected, value, nearest ? { hint: `did you mean '${nearest}'?` } : {});
  });
}

/** One of a few values that need no other words: `exactly(false)`, `exactly(1, 2)`, `either(whole(), exactly(Infinity))`. */
export function exactly<const T extends string | number | boolean | null>(...values: readonly T[]): Check<T> {
  return check(values.map(showValue).join(' or '), (value) => values.includes(value as T));
}

/** An object of a class. @param noun as it reads after "expected", say 'a Vocabulary'. Default: from the class's name */
export function instance<T>(ofClass: abstract new (...args: never[]) => T, noun?: string): Check<T> {
  return check(noun ?? `a ${ofClass.name}`, (value) => value instanceof ofClass);
}

/** Whether a value is a Uint8Array, also of another realm, such as a test runner's, where `instanceof` says no. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/**
 * An object that has the methods named. Classes of ours are known by their methods, so an object of a second copy of a
 * package, or one that a user wrote, passes too.
 */
export function withMethods<T>(noun: string, methods: readonly (keyof T & string)[]): Check<T> {
  return check(
    noun,
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      methods.every((method) => typeof (value as Record<string, unknown>)[method] === 'function'),
  );
}

/** An array (or typed array) whose every item passes. */
export function list<T>(item: Check<T>, { length = {} as Range } = {}): Check<readonly T[]> {
  const count = whole({ from: 0, ...length });
  const expected = `a list of items, each ${item.expected}`;
  return withExpected(expected, (argument, value) => {
    if (!Array.isArray(value) && !isTypedArray(value)) throw new ArgumentError(argument, expected, value);
    const items = value as ArrayLike<unknown>;
    count(`${argument}.length`, items.length);
    for (let i = 0; i < items.length; i++) item(`${argument}[${i}]`, items[i]);
    return value as unknown as readonly T[];
  });
}

/**
 * An array, a typed array or anything else with a length and numbers. Its items are not looked at: there may be millions, and
 * who takes them knows what they may be.
 */
export const numbers: Check<ArrayLike<number>> = check(
  'a list of numbers',
  (value) =>
    typeof value === 'object' && Number.isSafeInteger((value as { length?: unknown } | null)?.length),
);

/** What either of two checks accepts. An array that fails is reported by the second, if that is a list. */
export function either<A, B>(first: Check<A>, second: Check<B>): Check<A | B> {
  const expected = `${first.expected}, or ${second.expected}`;
  return withExpected(expected, (argument, value) => {
    for (const attempt of [first, second]) {
      try {
        return attempt(argument, value);
      } catch (error) {
        // A list with one bad item is told by that item.
        if (!(error instanceof ArgumentError) || error.argument !== argument) throw error;
      }
    }
    throw new ArgumentError(argument, expected, value);
  });
}

/** A check with an `expected`, from a function that throws by itself. */
export function withExpected<T>(expected: string, run: (argument: string, value: unknown) => T): Check<T> {
  return Object.assign((argument: string, value: unknown) => run(argument, value), { expected });
}

function isJson(value: object): boolean {
  try {
    JSON.stringify(value);
    return true;
  } catch {
    // A circle, or a bigint.
    return false;
  }
}

function isTypedArray(value: unknown): boolean {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

function isWithin(value: number, { from, above, to, below }: Range): boolean {
  return (
    (from === undefined || value >= from) &&
    (above === undefined || value > above) &&
    (to === undefined || value <= to) &&
    (below === undefined || value < below)
  );
}

function rangeInWords({ from, above, to, below }: Range): string {
  if (from !== undefined && to !== undefined) return ` from ${from} to ${to}`;
  const low = from !== undefined ? ` of at least ${from}` : above !== undefined ? ` above ${above}` : '';
  const high = to !== undefined ? ` of at most ${to}` : below !== undefined ? ` below ${below}` : '';
  return low && high ? `${low} and${high}` : low + high;
}
