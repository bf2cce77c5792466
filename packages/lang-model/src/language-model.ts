import type { LanguageModel } from '@throughtime/contract';

export type { LanguageModel } from '@throughtime/contract';

/** A language model whose state has a vector that says what it is about to predict: the last layer's output. */
export interface ModelWithOutput<S> extends LanguageModel<S> {
  /** The vector that the next token is predicted from, [H]; valid as long as the state. */
  output(state: S): Float32Array;
}

/** A language model that advances many texts at once, with one row of its state for each. */
export interface BatchLanguageModel<S> {
  readonly vocabularySize: number;
  initialState(batchSize: number): S;
  /** @param tokens the next token of each row, [N] */
  advanceBatch(state: S, tokens: Int32Array): S;
  /** Natural logarithms of the next tokens' probabilities, [N, V]; valid until the next call. */
  logProbabilitiesBatch(state: S): Float32Array;
}
