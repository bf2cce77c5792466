import { type SavedFields, SavedFormat, withFields } from '@throughtime/errors';
import { InvalidFormatError, readSaved } from '../errors.js';

export const VOCABULARY_FORMAT = 'throughtime-vocabulary';

/** Whoever changes the format adds a version here, with its migration, and raises the number below. */
const vocabularyFormat = new SavedFormat(VOCABULARY_FORMAT, withFields<SavedFields>({}));

export const VOCABULARY_VERSION = 1;

/** The contents of a `vocabulary.json`. */
export interface VocabularyJson {
  /** Says that this is a vocabulary of ours. */
  readonly format: typeof VOCABULARY_FORMAT;
  /** The form of the fields below. */
  readonly version: typeof VOCABULARY_VERSION;
  /** The token that stands for all others; null where there is none. */
  readonly unknown: string | null;
  /** Tokens that have an id without occurring in text, such as '<eos>'. */
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
  const { unknown, reserved, tokens, counts } = readSaved(
    'vocabulary',
    () => vocabularyFormat.read(json).value,
  );
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
  return { format: VOCABULARY_FORMAT, version: VOCABULARY_VERSION, unknown, reserved, tokens, counts };
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
