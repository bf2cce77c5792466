import type { Random } from '@throughtime/random';
import type { Parameter } from '@throughtime/rnn-cells';
import type { RecurrentModelState } from './model-state.js';

/** N rows of T tokens, and what follows each of them. The batches of `@throughtime/datasets` are such. */
export interface TokenBatch {
  /** [N, T] */
  readonly inputs: Int32Array;
  /** [N, T]: the inputs shifted by one. */
  readonly targets: Int32Array;
  /** N */
  readonly batchSize: number;
  /** T */
  readonly steps: number;
  /** Valid steps of each row, [N], when rows are padded. Default: all. */
  readonly lengths?: Int32Array;
}

/** How a chunk is trained on; the fields but `regularization` are those of the trainer's StepOptions. */
export interface LanguageStepOptions {
  /** The source of dropout masks. */
  readonly random: Random;
  /**
   * What the gradient is of: 'mean' (default) is the loss averaged over the predictions; 'sum-over-time' is averaged over the
   * rows and summed over the steps, as in the PTB code. The loss returned is the mean either way.
   */
  readonly reduction?: 'mean' | 'sum-over-time';
  /** Predictions of steps before this one do not count. Default 0. */
  readonly lossFrom?: number;
  /** The state returned is the one after this many steps. Default: after all. */
  readonly stateAfter?: number;
  /**
   * false: without dropout and activation penalty, the gradient of the loss that evaluation reports; nothing is drawn. Default
   * true: as the architecture says.
   */
  readonly regularization?: boolean;
  /** Factor on the gradient wherever it flows from one step's state to the one before. Default 1. */
  readonly recurrentGradientScale?: number;
}

export interface LanguageStepResult {
  /** Mean over the predictions, in nats. */
  readonly loss: number;
  readonly predictions: number;
  readonly state: RecurrentModelState;
}

export interface SequenceScores {
  /** Natural log-probability of each target, [N, T]; 0 at padded steps. */
  readonly logProbabilities: Float64Array;
  readonly state: RecurrentModelState;
}

/**
 * What runs a model: the seam between what a model means and how it is computed. Plain data in and out; nothing needs
 * disposing. Parameters are read anew at every call, since optimisers write to them in place.
 */
export interface Executor {
  /** Weights as they are updated, in the model's order. */
  readonly parameters: readonly Parameter[];
  /** Forward and backward; overwrites every gradient. */
  lossAndGradients(
    batch: TokenBatch,
    state: RecurrentModelState,
    options: LanguageStepOptions,
  ): LanguageStepResult;
  /** Forward only, without dropout. */
  score(batch: TokenBatch, state: RecurrentModelState): SequenceScores;
  /** One step of N rows. */
  advance(tokens: Int32Array, state: RecurrentModelState): RecurrentModelState;
  /** Natural log-probabilities [N, V] from outputs [N, O]. */
  logProbabilities(output: Float32Array): Float32Array;
}
