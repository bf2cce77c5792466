import { TokenOutOfRangeError } from '../errors.js';
import type { LanguageModel } from '../language-model.js';

/**
 * The natural log-probability of each id given all ids before it, [ids.length].
 *
 * Uses the model's `score` where it has one and otherwise advances token by token.
 *
 * @param state what the model has seen before ids[0]; by default nothing
 * @throws TokenOutOfRangeError when an id is not in the model's vocabulary
 */
export function tokenLogProbabilities<S>(model: LanguageModel<S>, ids: Int32Array, state?: S): Float64Array {
  requireTokens(ids, model.vocabularySize);
  if (model.score) return state === undefined ? model.score(ids) : model.score(ids, state);
  let current = state === undefined ? model.initialState() : state;
  return Float64Array.from(ids, (id) => {
    const logProbability = model.logProbabilities(current)[id];
    current = model.advance(current, id);
    return logProbability;
  });
}

/** @throws TokenOutOfRangeError unless every id lies in 0 .. V - 1 */
export function requireTokens(ids: ArrayLike<number>, vocabularySize: number): void {
  if (ids instanceof Int32Array) {
    requireIds(ids, vocabularySize);
    return;
  }
  for (let i = 0; i < ids.length; i++) {
    if (!(ids[i] >= 0 && ids[i] < vocabularySize) || !Number.isInteger(ids[i]))
      throw new TokenOutOfRangeError(ids[i], i, vocabularySize);
  }
}

/** The same for batches, whose type says that they hold whole numbers: half the time, which small models notice. */
function requireIds(ids: Int32Array, vocabularySize: number): void {
  for (let i = 0; i < ids.length; i++) {
    // Negative ids are huge without their sign.
    if (ids[i] >>> 0 >= vocabularySize) throw new TokenOutOfRangeError(ids[i], i, vocabularySize);
  }
}
