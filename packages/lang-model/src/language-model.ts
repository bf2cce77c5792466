import type { Awaitable, AwaitableLanguageModel } from '@throughtime/contract';

export type { AwaitableLanguageModel, LanguageModel } from '@throughtime/contract';

/** A language model whose state has a vector that says what it is about to predict: the last layer's output. */
export interface ModelWithOutput<S> extends AwaitableLanguageModel<S> {
  /** The vector that the next token is predicted from, [H]; valid as long as the state. */
  output(state: S): Float32Array;
}

/** A language model that advances many texts at once, with one row of its state for each. */
export interface BatchLanguageModel<S> {
  /** V: tokens are 0 .. V - 1. */
  readonly vocabularySize: number;
  /** The state before any token, for N = `batchSize` rows. */
  initialState(batchSize: number): S;
  /** @param tokens the next token of each row, [N] */
  advanceBatch(state: S, tokens: Int32Array): Awaitable<S>;
  /** Natural logarithms of the next tokens' probabilities, [N, V]; valid until the next call. */
  logProbabilitiesBatch(state: S): Awaitable<Float32Array>;
}
