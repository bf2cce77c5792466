import { ArgumentError, UnknownOptionError } from './argument-error.js';
import { type Check, withExpected } from './checks.js';
import { nearestName } from './nearest-name.js';
import { inWords } from './show-value.js';

/** A check of an option that has no default. */
export interface RequiredCheck<T> extends Check<T> {
  readonly required: true;
}

/** For an option that must be given. */
export function required<T>(inner: Check<T>): RequiredCheck<T> {
  return Object.assign((argument: string, value: unknown) => inner(argument, value), {
    expected: inner.expected,
    required: true as const,
  });
}

/** A check of an option that has a default. */
export interface DefaultedCheck<T, D> extends Check<T> {
  /** The value where the option is undefined or left out. It is not checked. */
  readonly fallback: D;
}

/** A check and a default on one line, for {@link resolveOptions}: `topK: withDefault(whole({ from: 1 }), 40)`. */
export function withDefault<T, const D>(inner: Check<T>, fallback: D): DefaultedCheck<T, D> {
  return Object.assign((argument: string, value: unknown) => inner(argument, value), {
    expected: inner.expected,
    fallback,
  });
}

type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;

/** One check for each field of an options interface; TypeScript refuses a table that forgets or invents one. */
export type OptionChecks<T extends object> = {
  readonly [K in keyof T]-?: IsOptional<T, K> extends true
    ? Check<unknown> & { readonly required?: never }
    : RequiredCheck<unknown>;
};

/**
 * Holds an options object against a table of its options. Unknown names are refused, since a typing error would otherwise
 * pass in silence; options that are undefined take their defaults.
 *
 *     checkOptions<DropoutOptions>(options, { rate: required(dropRate), locked: boolean });
 *
 * @param argument what the object is called where it stands inside another: 'dropout' gives errors the names 'dropout.rate' and
 *   so on. Default: the fields stand by their own names, as a caller wrote them.
 * @throws ArgumentError of the first option that is missing or wrong; UnknownOptionError, which names the nearest known one
 *
 * @example
 * ```ts
 * import { checkOptions, required, whole } from '@throughtime/errors';
 * interface Options {
 *   readonly hiddenSize: number;
 *   readonly layers?: number;
 * }
 * const options: unknown = { hiddenSize: 32, layer: 2 };
 * // Throws: layer: expected an option that is known (did you mean 'layers'?)
 * checkOptions<Options>(options, { hiddenSize: required(whole({ from: 1 })), layers: whole({ from: 1 }) });
 * ```
 */
export function checkOptions<T extends object>(
  options: unknown,
  checks: OptionChecks<T>,
  argument = '',
): asserts options is T {
  const known = checks as Readonly<Record<string, Check<unknown>>>;
  const names = Object.keys(known);
  if (options === undefined && !names.some((name) => isRequired(known[name]))) return;
  if (!isRecord(options)) {
    throw new ArgumentError(argument || 'options', `an object with the options ${names.join(', ')}`, options);
  }
  const prefix = argument && `${argument}.`;
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || Object.hasOwn(known, name)) continue;
    const nearest = nearestName(name, names);
    throw new UnknownOptionError(
      `${prefix}${name}`,
      nearest ? 'the name of an option' : `the name of an option (${names.join(', ')})`,
      inWords('one that is not known'),
      nearest ? { hint: `did you mean '${nearest}'?` } : {},
    );
  }
  for (const name of names) {
    const value = options[name];
    if (value !== undefined || isRequired(known[name])) known[name](`${prefix}${name}`, value);
  }
}

type Resolved<C> = {
  readonly [K in keyof C]: C[K] extends DefaultedCheck<infer T, infer D>
    ? T | D
    : C[K] extends RequiredCheck<infer T>
      ? T
      : C[K] extends Check<infer T>
        ? T | undefined
        : never;
};

/**
 * Checks options as {@link checkOptions} does and returns them with their defaults (see {@link withDefault}). An option that is not
 * given and has no default is undefined.
 */
export function resolveOptions<C extends Readonly<Record<string, Check<unknown>>>>(
  options: unknown,
  checks: C,
  argument = '',
): Resolved<C> {
  checkOptions<object>(options, checks as OptionChecks<object>, argument);
  const given = (options ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    Object.entries(checks).map(([name, one]) => [
      name,
      given[name] ?? (one as Partial<DefaultedCheck<unknown, unknown>>).fallback,
    ]),
  ) as Resolved<C>;
}

/** An options object inside another, as a check: `dropout: record<DropoutOptions>({ ... })`. */
export function record<T extends object>(checks: OptionChecks<T>): Check<T> {
  const expected = `an object with ${Object.keys(checks).join(', ')}`;
  return withExpected(expected, (argument, value) => {
    // Where all of its options have defaults, checkOptions takes none for all of them. A required object must be there all the same.
    if (value === undefined) throw new ArgumentError(argument, expected, value);
    checkOptions<T>(value, checks, argument);
    return value;
  });
}

function isRequired(one: Check<unknown>): boolean {
  return (one as { required?: unknown }).required === true;
}

/** Plain objects and objects of a user's class; not arrays, strings or functions, whose fields are no options. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}
