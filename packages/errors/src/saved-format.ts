import { ArgumentError } from './argument-error.js';
import { type Check, withExpected } from './checks.js';
import { checkOptions, isRecord, type OptionChecks } from './options.js';
import { inWords } from './show-value.js';

/** The fields of an object that was saved as JSON. */
export type SavedFields = Readonly<Record<string, unknown>>;

/** Saved data of a version that this release does not know. */
export class NewerVersionError extends ArgumentError {
  override name = 'NewerVersionError';
  /** Of the data. */
  readonly version: number;
  /** The highest that is known here. */
  readonly newest: number;

  constructor(version: number, newest: number) {
    super('version', `at most ${newest}`, version, {
      hint: 'a newer release of throughtime wrote it; update to read it',
    });
    this.version = version;
    this.newest = newest;
  }
}

/** What was read, in the newest version's form. */
export interface ReadSaved<T> {
  /** The data, migrated to the newest version's form. */
  readonly value: T;
  /** The version of the data that were read. */
  readonly version: number;
  /** Every field as the data have it, the format's name and version among them. */
  readonly written: SavedFields;
}

interface Version {
  readonly check: Check<unknown>;
  /** Makes the next version's form of a checked one. Undefined: this is the newest. */
  readonly migrate?: (form: never) => unknown;
}

/**
 * A format of saved JSON: an object with the fields `format`, its name, and `version`, a number from 1, and the fields of that version.
 * Data of every version are read, in the form of the newest.
 *
 *     const format = new SavedFormat('throughtime-list', record<List1>({ words: required(list(text)) }))
 *       .next(record<List2>({ tokens: required(list(text)) }), ({ words }) => ({ tokens: words }));
 *
 * Each version states the check of its form, and a migration gets what passed it: none meets a field that was not looked at.
 */
export class SavedFormat<T> {
  /** What the field `format` says in everything written now. */
  readonly name: string;
  readonly #formerNames: readonly string[];
  readonly #versions: readonly Version[];

  /**
   * @param name what `format` says; of several, the first is that of every version, and data of version 1 may have any of them
   * @param check of version 1's fields, without `format` and `version`
   */
  constructor(name: string | readonly [string, ...string[]], check: Check<T>);
  constructor(name: string | readonly string[], check: Check<T>, versions?: readonly Version[]);
  constructor(name: string | readonly string[], check: Check<T>, versions: readonly Version[] = [{ check }]) {
    [this.name, ...this.#formerNames] = typeof name === 'string' ? [name] : (name as [string, ...string[]]);
    this.#versions = versions;
  }

  /** The format with one more version. */
  next<N>(check: Check<N>, migrate: (form: T) => N): SavedFormat<N> {
    const old = this.#versions.slice(0, -1);
    const last = { check: this.#versions.at(-1)!.check, migrate: migrate as Version['migrate'] };
    return new SavedFormat([this.name, ...this.#formerNames], check, [...old, last, { check }] as Version[]);
  }

  /** The version that is written, and the highest that can be read. */
  get newest(): number {
    return this.#versions.length;
  }

  /** What data of the newest version say of themselves. */
  get header(): { readonly format: string; readonly version: number } {
    return { format: this.name, version: this.newest };
  }

  /**
   * @param json the parsed value, its text, or the bytes of that
   * @throws ArgumentError naming the first field that is wrong; NewerVersionError
   */
  read(json: unknown): ReadSaved<T> {
    const written = savedFields(json);
    const { format, version, ...fields } = written;
    const names = version === 1 ? [this.name, ...this.#formerNames] : [this.name];
    if (!names.includes(format as string)) throw new ArgumentError('format', `'${this.name}'`, format);
    return { value: this.upToDate(version, fields), version: version as number, written };
  }

  /**
   * The newest version's form of fields that say elsewhere what they are.
   * @throws ArgumentError naming the first field that is wrong; NewerVersionError
   */
  upToDate(version: unknown, fields: unknown): T {
    if (!Number.isSafeInteger(version) || (version as number) < 1) {
      throw new ArgumentError('version', `a whole number from 1 to ${this.newest}`, version);
    }
    if ((version as number) > this.newest) throw new NewerVersionError(version as number, this.newest);
    let form = fields;
    for (const { check, migrate } of this.#versions.slice((version as number) - 1)) {
      const checked = check('', form);
      form = migrate ? migrate(checked as never) : checked;
    }
    return form as T;
  }
}

/** Deeper than anything that is saved. Whatever reads a value calls itself for each level, and the call stack is short. */
const deepest = 100;

/**
 * The object that was saved as JSON, from its parsed value, its text or the bytes of that.
 * @throws ArgumentError when the text is no JSON, or no object, or one that is nested more than 100 levels deep
 */
export function savedFields(json: unknown): SavedFields {
  const value = typeof json === 'string' || json instanceof Uint8Array ? parsed(json) : json;
  if (!isRecord(value)) throw new ArgumentError('', 'an object', value);
  if (isDeeperThan(value, deepest))
    throw new ArgumentError('', `at most ${deepest} levels of objects and lists`, inWords('more'));
  return value;
}

/** Level by level, without calling itself. */
function isDeeperThan(value: object, most: number): boolean {
  let level: object[] = [value];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > most) return true;
    const next: object[] = [];
    for (const item of level) {
      // The items of typed arrays are numbers, and there may be millions.
      if (ArrayBuffer.isView(item)) continue;
      for (const inner of Object.values(item))
        if (typeof inner === 'object' && inner !== null) next.push(inner);
    }
    level = next;
  }
  return false;
}

function parsed(text: string | Uint8Array): unknown {
  try {
    return JSON.parse(
      typeof text === 'string' ? text : new TextDecoder('utf-8', { fatal: true }).decode(text),
    );
  } catch (cause) {
    const got = inWords('something else, or a part of it');
    throw new ArgumentError('', 'JSON', got, { hint: 'it may be damaged or cut short', cause });
  }
}

/** An object that has these fields, and any others: what reads the others checks them. */
export function withFields<T extends object>(checks: OptionChecks<T>): Check<T> {
  const names = Object.keys(checks);
  const expected = names.length === 0 ? 'an object' : `an object with ${names.join(', ')}`;
  return withExpected(expected, (argument, value) => {
    if (!isRecord(value)) throw new ArgumentError(argument, expected, value);
    checkOptions<T>(Object.fromEntries(names.map((name) => [name, value[name]])), checks, argument);
    return value as T;
  });
}
