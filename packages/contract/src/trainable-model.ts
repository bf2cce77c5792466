import type { Random } from '@throughtime/random';
import type { OptimizerBackend } from './optimizer.js';
import type { Parameter } from './parameter.js';

/**
 * What some truncation strategies ask of a model beyond an ordinary forward and backward pass:
 * - 'overlapping-windows': honors {@link StepOptions.lossFrom} and {@link StepOptions.stateAfter};
 * - 'recurrent-gradient-scale': honors {@link StepOptions.recurrentGradientScale}.
 */
export type TruncationCapability = 'overlapping-windows' | 'recurrent-gradient-scale';

/** How a loss is reduced to one number; see {@link StepOptions.reduction}. */
export type Reduction = 'mean' | 'sum-over-time';

/** How a chunk is trained on. */
export interface StepOptions {
  /** The source of dropout masks. */
  readonly random: Random;
  /**
   * What the gradient is of: 'mean' (default) is the loss averaged over all predictions of the chunk; 'sum-over-time' is
   * averaged over the rows and summed over the steps, as in the Penn Treebank code. The loss returned is the mean either way.
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

/** What one chunk gave. */
export interface StepResult<S> {
  /** Mean over the predictions; in nats for language models. */
  readonly loss: number;
  /** How many predictions the mean is over. */
  readonly predictions: number;
  /** The state after the chunk: plain data, so detached from whatever computed it. A new one from each call. */
  readonly state: S;
}

/**
 * What the trainer trains.
 *
 * @typeParam B a batch
 * @typeParam S a state of plain data (arrays, records and typed arrays), so that the trainer can save and restore it
 *   without knowing the model
 */
export interface TrainableModel<B, S> {
  /** Every weight that training may change. The same objects on each access: the trainer keeps them. */
  readonly parameters: readonly Parameter[];
  /** Which uncommon {@link StepOptions} the model honors; the trainer refuses a truncation that needs another. Default none. */
  readonly capabilities?: readonly TruncationCapability[];
  /** Updates the weights where they lie. Default: plain loops over the arrays. */
  readonly optimizerBackend?: OptimizerBackend;
  /** The state before the first step of a sequence, for N = `batchSize` rows: zeros in most models. */
  initialState(batchSize: number): S;
  /** Forward and backward through one chunk from `state`; overwrites every parameter's gradient with that of the loss. */
  lossAndGradients(batch: B, state: S, options: StepOptions): StepResult<S> | Promise<StepResult<S>>;
  /** Forward only, without dropout. */
  evaluate(batch: B, state: S): StepResult<S> | Promise<StepResult<S>>;
  /** Called after the trainer has changed weights, for models that keep something derived from them. */
  weightsChanged?(): void;
}
