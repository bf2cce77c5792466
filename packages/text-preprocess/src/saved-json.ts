import { showValue } from '@throughtime/errors';
import { InvalidFormatError } from './errors.js';

export type Json = Readonly<Record<string, unknown>>;

/**
 * The object that was saved as JSON, from its parsed value or its text.
 * @param what names it in the error
 * @throws InvalidFormatError when the text is no JSON, or no object
 */
export function savedJson(json: unknown, what: string): Json {
  const value = typeof json === 'string' ? parsed(json, what) : json;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  throw new InvalidFormatError(what, 'expected an object');
}

function parsed(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InvalidFormatError(what, 'expected JSON; the file may be damaged or cut short', { cause });
  }
}

/** Makes the next version of saved data: the first migration of a format makes version 2 of version 1, and so on. */
export type Migration = (old: Json) => Json;

/**
 * Saved data in the newest version of its format: older data goes through one migration after another.
 * @param version the one that the data has
 * @throws InvalidFormatError for a version that does not exist yet, or is none
 */
export function upToDate(json: Json, version: unknown, migrations: readonly Migration[], what: string): Json {
  const newest = migrations.length + 1;
  if (!Number.isInteger(version) || (version as number) < 1 || (version as number) > newest) {
    const expected = newest === 1 ? 'version 1' : `a version from 1 to ${newest}`;
    throw new InvalidFormatError(what, `expected ${expected}, got ${showValue(version)}`);
  }
  return migrations.slice((version as number) - 1).reduce((old, migrate) => migrate(old), json);
}
