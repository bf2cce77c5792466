import type { Awaitable } from './awaitable.js';

/**
 * What every language model here can do, n-gram or recurrent: start, advance by a token, and say what comes next. Models that compute
 * in the engine or in plain code answer at once; others answer by a promise. `await` takes both.
 *
 * States are values: `advance` leaves the old one valid, so that mixtures, beam search and caches may keep several.
 *
 * @typeParam S the model's state
 */
export interface AwaitableLanguageModel<S = unknown> {
  /** V: tokens are 0 .. V - 1. */
  readonly vocabularySize: number;

  /** The state before any token of a text. */
  initialState(): S;

  /** The state after `token` followed what `state` has seen. */
  advance(state: S, token: number): Awaitable<S>;

  /** Natural logarithms of the probabilities of the next token, [V]. The array is valid until the next call. */
  logProbabilities(state: S): Awaitable<Float32Array | Float64Array>;

  /**
   * Fast path for scoring: the natural log-probability of each id given those before it, [ids.length], starting from
   * `state` (default: the initial one). Equal to advancing token by token.
   */
  score?(ids: Int32Array, state?: S): Awaitable<Float64Array>;
}

/** A language model that always answers at once. */
export interface LanguageModel<S = unknown> extends AwaitableLanguageModel<S> {
  /** The state after `token` followed what `state` has seen. `state` stays valid. */
  advance(state: S, token: number): S;
  /** Natural logarithms of the probabilities of the next token, [V]. The array is valid until the next call. */
  logProbabilities(state: S): Float32Array | Float64Array;
  /** The natural log-probability of each id given those before it, [ids.length], from `state` (default: the initial one). */
  score?(ids: Int32Array, state?: S): Float64Array;
}
