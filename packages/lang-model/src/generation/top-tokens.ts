import { type Awaitable, whenReady } from '@throughtime/contract';
import { whole } from '@throughtime/errors';
import type { AwaitableLanguageModel } from '../language-model.js';

/** A token that may come next. */
export interface TopToken {
  /** Its id: `vocabulary.tokenOf(id)` is the token. */
  readonly id: number;
  /** From 0 to 1. */
  readonly probability: number;
}

/**
 * The `k` most probable next tokens, the most probable first; of equals the one with the lower id. For menus of suggestions, and to see
 * what a model is choosing between.
 * @param state what the model has read: `initialState()`, then `advance(state, id)` for each token
 * @param k at most V, all of them
 * @returns at once where the model answers at once, otherwise a promise
 * @throws ArgumentError for k
 *
 * @example
 * ```ts
 * import { topTokens } from '@throughtime/lang-model';
 * import { loadModel } from '@throughtime/lang-model/node';
 * const { model } = await loadModel('out/model');
 * let state = model.initialState();
 * for (const id of model.vocabulary?.encode('Call me ') ?? []) state = await model.advance(state, id);
 * for (const { id, probability } of await topTokens(model, state, 5))
 *   console.log(model.vocabulary?.tokenOf(id), probability.toFixed(3));
 * ```
 */
export function topTokens<S>(model: AwaitableLanguageModel<S>, state: S, k: number): Awaitable<TopToken[]> {
  whole({ from: 1, to: model.vocabularySize })('k', k);
  return whenReady(model.logProbabilities(state), (logProbabilities) =>
    Array.from(logProbabilities, (value, id) => ({ id, probability: Math.exp(value) }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, k),
  );
}
