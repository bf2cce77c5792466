import type {
  Awaitable,
  LayerState,
  Parameter,
  StepOptions,
  StepResult,
  TokenBatch,
} from '@throughtime/contract';

/** What a recurrent model remembers of N texts: plain data, detached from what computed it. */
export interface RecurrentModelState {
  /** One entry per layer: h [N, H], and c [N, H] for an LSTM. */
  readonly layers: readonly LayerState[];
  /** The top layer's output after the last token, [N, O]: what the next token is predicted from. */
  readonly output: Float32Array;
}

/** How a recurrent language model is trained on a chunk. */
export interface LanguageStepOptions extends StepOptions {
  /**
   * false: without dropout and activation penalty, the gradient of the loss that evaluation reports; nothing is drawn. Default
   * true: as the architecture says.
   */
  readonly regularization?: boolean;
}

/** What a chunk gave; the loss is in nats. */
export type LanguageStepResult = StepResult<RecurrentModelState>;

/** What a model says of N given sequences. */
export interface SequenceScores {
  /** Natural log-probability of each target, [N, T]; 0 at padded steps. */
  readonly logProbabilities: Float64Array;
  /** The state after each row's last step. */
  readonly state: RecurrentModelState;
}

/**
 * What runs a model: the seam between what a model means and how it is computed. Plain data in and out; nothing needs
 * disposing. Parameters are read again at every call, since optimizers write to them in place. The engine answers at once, the
 * reference path by promises.
 */
export interface Executor {
  /** Weights as they are updated, in the model's order. */
  readonly parameters: readonly Parameter[];
  /** Forward and backward; overwrites every gradient. */
  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): Awaitable<LanguageStepResult>;
  /** Forward only, without dropout. */
  score(batch: TokenBatch, state: RecurrentModelState): Awaitable<SequenceScores>;
  /** One step of N rows. */
  advance(tokens: Int32Array, state: RecurrentModelState): Awaitable<RecurrentModelState>;
  /** Natural log-probabilities [N, V] from outputs [N, O]. */
  logProbabilities(output: Float32Array): Awaitable<Float32Array>;
}
