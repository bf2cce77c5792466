import { InvalidFormatError } from '../errors.js';
import { savedJson } from '../saved-json.js';

export const VOCABULARY_FORMAT = 'throughtime-vocabulary';

/** The contents of a `vocabulary.json`. */
export interface VocabularyJson {
  readonly format: typeof VOCABULARY_FORMAT;
  readonly version: 1;
  readonly unknown: string | null;
  readonly reserved: readonly string[];
  /** In order of their ids. */
  readonly tokens: readonly string[];
  /** How often each occurred in the corpus. */
  readonly counts: readonly number[];
}

/**
 * Checks every field of a saved vocabulary.
 * @param json the parsed value, or its text
 * @throws InvalidFormatError naming the first field that is wrong
 */
export function parseVocabularyJson(json: unknown): VocabularyJson {
  const value = savedJson(json, 'vocabulary');
  if (typeof value !== 'object' || value === null) throw invalid('expected an object');
  const { format, version, unknown, reserved, tokens, counts } = value as Record<string, unknown>;
  if (format !== VOCABULARY_FORMAT) {
    throw invalid(`expected format ${JSON.stringify(VOCABULARY_FORMAT)}, got ${JSON.stringify(format)}`);
  }
  if (version !== 1) throw invalid(`expected version 1, got ${JSON.stringify(version)}`);
  if (!isArrayOf(tokens, isString)) throw invalid('tokens: expected an array of strings');
  const distinct = new Set(tokens);
  if (distinct.size !== tokens.length) throw invalid('tokens: expected each token once');
  if (!isArrayOf(counts, isCount) || counts.length !== tokens.length) {
    throw invalid('counts: expected one whole number of at least 0 for each token');
  }
  if (unknown !== null && !(isString(unknown) && distinct.has(unknown))) {
    throw invalid('unknown: expected null or one of the tokens');
  }
  if (!isArrayOf(reserved, isString) || !reserved.every((token) => distinct.has(token))) {
    throw invalid('reserved: expected an array of tokens of the vocabulary');
  }
  return { format: VOCABULARY_FORMAT, version, unknown, reserved, tokens, counts };
}

function invalid(problem: string): InvalidFormatError {
  return new InvalidFormatError('vocabulary', problem);
}

function isArrayOf<T>(value: unknown, test: (item: unknown) => item is T): value is T[] {
  return Array.isArray(value) && value.every(test);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
