// What the fields of a `tokenizer.json` must be.
import { type SavedFields, showValue } from '@throughtime/errors';
import { InvalidFormatError } from '../errors.js';

/** More than any tokenizer has had. Each goes over the whole text, and calls the next. */
const MOST_PARTS = 100;

export function checkCount(path: string, parts: readonly unknown[]): void {
  if (parts.length > MOST_PARTS)
    throw invalid(`${path}: expected at most ${MOST_PARTS} parts, got ${parts.length}`);
}

/** The value of a field that is true or false; `usual` where it is absent, or an error where it must not be. */
export function flag(object: SavedFields, path: string, name: string, usual: boolean | undefined): boolean {
  const value = object[name] ?? usual;
  if (typeof value === 'boolean') return value;
  throw invalid(`${path}.${name}: expected true or false, got ${showValue(object[name])}`);
}

export function requireValue(
  object: SavedFields,
  path: string,
  name: string,
  allowed: readonly unknown[],
): void {
  if (allowed.includes(object[name])) return;
  const place = path === '' ? name : `${path}.${name}`;
  const known = allowed.filter((value) => value !== undefined && value !== null);
  const expected = allowed.includes(null)
    ? showValue(null)
    : known.map((value) => showValue(value)).join(', ');
  throw invalid(`${place}: expected ${expected}, got ${showValue(object[name])}; not supported`);
}

export function asObject(value: unknown, name: string): SavedFields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as SavedFields;
  throw invalid(`${name}: expected an object`);
}

export function asList(value: unknown, name: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(`${name}: expected an array`);
}

export function invalid(problem: string): InvalidFormatError {
  return new InvalidFormatError('tokenizer.json', problem);
}
