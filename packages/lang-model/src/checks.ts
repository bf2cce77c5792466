import { ArgumentError, type Check, check, inWords, list, whole } from '@throughtime/errors';
import { TokenOutOfRangeError } from './errors.js';

// What several calls of this package ask of their arguments.

/** Ids that a model reads. Whether they are in its vocabulary is asked by {@link requireTokens}. */
export const tokenSequence: Check<ArrayLike<number>> = check(
  'a list of token ids',
  (value) => typeof value === 'object' && Number.isSafeInteger((value as ArrayLike<number> | null)?.length),
);

/**
 * Ids as an Int32Array, which is what batches are cut from and models score: the list itself where it is one.
 * @throws ArgumentError unless it is a list of whole numbers; whether a model has them is asked by {@link requireTokens}
 */
export function tokenIds(argument: string, ids: ArrayLike<number>): Int32Array {
  if (ids instanceof Int32Array) return ids;
  tokenSequence(argument, ids);
  const tokens = new Int32Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    tokens[i] = ids[i];
    if (tokens[i] !== ids[i])
      throw new ArgumentError(`${argument}[${i}]`, 'a token id, a whole number', ids[i]);
  }
  return tokens;
}

/** Ids that are never chosen. Whether a model has them is asked by {@link requireExcludable}. */
export const excludedIds: Check<readonly number[]> = list(whole({ from: 0 }));

/** Counts are whole numbers from 0; Infinity means no limit. */
export const countOrInfinity: Check<number> = check(
  'a whole number of at least 0, or Infinity',
  (value) => value === Number.POSITIVE_INFINITY || (Number.isSafeInteger(value) && (value as number) >= 0),
);

/** How long work continues before the event loop has its turn: about one frame of a display. */
export const millisecondsBetweenTurns = 12;

/** Whether it is an id of a vocabulary of that size: a walk through a trie by anything else may never end. */
export function isToken(id: number, vocabularySize: number): boolean {
  // In this order it costs nothing where the ids come from an Int32Array.
  return Number.isInteger(id) && id >= 0 && id < vocabularySize;
}

/**
 * @param argument the list, as the caller names it
 * @throws TokenOutOfRangeError unless every id lies in 0 .. V - 1
 */
export function requireTokens(ids: ArrayLike<number>, vocabularySize: number, argument = 'ids'): void {
  if (ids instanceof Int32Array) {
    requireWholeTokens(ids, vocabularySize, argument);
    return;
  }
  for (let i = 0; i < ids.length; i++) {
    if (!isToken(ids[i], vocabularySize)) throw new TokenOutOfRangeError(ids[i], i, vocabularySize, argument);
  }
}

/** The same for batches, whose type says that they hold whole numbers: it takes half the time, which small models notice. */
function requireWholeTokens(ids: Int32Array, vocabularySize: number, argument: string): void {
  for (let i = 0; i < ids.length; i++) {
    // Negative ids are huge without their sign.
    if (ids[i] >>> 0 >= vocabularySize) throw new TokenOutOfRangeError(ids[i], i, vocabularySize, argument);
  }
}

/** @throws ArgumentError unless the id lies in 0 .. V - 1 */
export function requireId(argument: string, id: number, vocabularySize: number): void {
  if (!isToken(id, vocabularySize))
    throw new ArgumentError(argument, `an id from 0 to ${vocabularySize - 1}`, id);
}

/** @throws ArgumentError unless all are ids from 0 to V - 1, and some other ids are left to choose from */
export function requireExcludable(exclude: readonly number[], vocabularySize: number): void {
  exclude.forEach((id, i) => {
    requireId(`exclude[${i}]`, id, vocabularySize);
  });
  if (new Set(exclude).size >= vocabularySize)
    throw new ArgumentError('exclude', 'fewer ids than the vocabulary has', inWords(`all ${vocabularySize}`));
}
