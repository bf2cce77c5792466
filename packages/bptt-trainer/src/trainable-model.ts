import type { Random } from '@throughtime/random';
import type { OptimizerBackend } from './optimizers/backend.js';

/** A weight of a model, with the gradient of the last backward pass. */
export interface Parameter {
  /** PyTorch's name, such as 'rnn.weight_ih_l0'; unique within a model. */
  readonly name: string;
  readonly shape: readonly number[];
  /** The values, row-major. Live: updates in place. Not to be kept across calls that allocate. */
  readonly data: Float32Array;
  /** Of the loss, as {@link data}; overwritten by each backward pass. */
  readonly gradient: Float32Array;
}

/**
 * What some truncation strategies ask of a model beyond an ordinary forward and backward pass:
 * - 'overlapping-windows': honours {@link StepOptions.lossFrom} and {@link StepOptions.stateAfter};
 * - 'recurrent-gradient-scale': honours {@link StepOptions.recurrentGradientScale}.
 */
export type TruncationCapability = 'overlapping-windows' | 'recurrent-gradient-scale';

/** How a loss is reduced to one number; see {@link StepOptions.reduction}. */
export type Reduction = 'mean' | 'sum-over-time';

export interface StepOptions {
  /** The source of dropout masks. */
  readonly random: Random;
  /**
   * What the gradient is of: 'mean' (default) is the loss averaged over all predictions of the chunk; 'sum-over-time' is
   * averaged over the rows and summed over the steps, as in the PTB code. The loss returned is the mean either way.
   */
  readonly reduction?: Reduction;
  /** Steps before this one run forward, but their losses do not count. Default 0: all count. */
  readonly lossFrom?: number;
  /** The state returned is the one after this many steps. Default: after all. */
  readonly stateAfter?: number;
  /**
   * Factor on the gradient wherever it flows from one step's state to the state of the step before (dL/dh_t to
   * dL/dh_(t-1), and likewise for c). Default 1.
   */
  readonly recurrentGradientScale?: number;
}

export interface StepResult<S> {
  /** Mean over the predictions; in nats for language models. */
  readonly loss: number;
  /** How many predictions the mean is over. */
  readonly predictions: number;
  /** The state after the chunk, detached: plain data, which the trainer keeps. A new one from each call. */
  readonly state: S;
}

/**
 * What the trainer trains. B is a batch; S a state of plain data (arrays, records and typed arrays), so that the trainer
 * can save and restore it without knowing the model.
 */
export interface TrainableModel<B, S> {
  readonly parameters: readonly Parameter[];
  /** Which uncommon {@link StepOptions} the model honours. Default none. */
  readonly capabilities?: readonly TruncationCapability[];
  /** Updates the model's weights where they lie. Default: plain loops over the arrays. */
  readonly optimizerBackend?: OptimizerBackend;
  initialState(batchSize: number): S;
  /** Forward and backward through one chunk from `state`; overwrites every parameter's gradient with that of the loss. */
  lossAndGradients(batch: B, state: S, options: StepOptions): StepResult<S> | Promise<StepResult<S>>;
  /** Forward only, without dropout. */
  evaluate(batch: B, state: S): StepResult<S> | Promise<StepResult<S>>;
  /** Called after the trainer has changed weights, for models that keep something derived from them. */
  weightsChanged?(): void;
}
