import type { OptimizerBackend, Reduction, TrainableModel } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import type { SliceSteps } from './batches/slice-steps.js';
import { InvalidArgumentError, requireWhole, UnsupportedTruncationError } from './errors.js';
import type { Optimizer } from './optimizers/optimizer.js';
import type { Schedule } from './schedules/schedule.js';
import { type ClippingOptions, checkClipping } from './training/clipping.js';
import type { Truncation } from './truncation/truncation.js';

export interface TrainerOptions<B> extends ClippingOptions {
  /** How weights follow gradients: sgd(1), adam(0.002), ... */
  readonly optimizer: Optimizer;
  /** The source of dropout masks and of randomised truncation. Not advanced itself: the trainer continues a copy. */
  readonly random: Random;
  /** How far back gradients flow. Default: through the whole of each batch, as the source cut it. */
  readonly truncation?: Truncation;
  /** The learning rate over the run. Default constant. */
  readonly schedule?: Schedule;
  /**
   * Whether the loss is averaged over all predictions ('mean', default) or averaged over rows and summed over steps
   * ('sum-over-time', as the PTB code does: learning rate and clipNorm then mean something else). Reported losses are means.
   */
  readonly reduction?: Reduction;
  /** Windows whose gradients are averaged into one update, as if they were rows of one larger batch. Default 1. */
  readonly accumulate?: number;
  /** Whether the state of one batch starts the next. Default: as the batch source says (`continues`). */
  readonly carryState?: boolean;
  /** Cuts steps out of a batch, where truncation asks for less than a batch. Default: see `sliceSteps`. */
  readonly sliceSteps?: SliceSteps<B>;
  /** Where updates are computed. Default: the model's own, else plain loops. */
  readonly optimizerBackend?: OptimizerBackend;
}

/** @throws InvalidArgumentError, UnsupportedTruncationError */
export function checkOptions<B, S>(model: TrainableModel<B, S>, options: TrainerOptions<B>): void {
  checkClipping(options);
  requireWhole('accumulate', options.accumulate ?? 1, 1);
  const { truncation } = options;
  if (truncation?.needs && !model.capabilities?.includes(truncation.needs)) {
    throw new UnsupportedTruncationError(truncation.name, truncation.needs);
  }
  if (model.parameters.length === 0)
    throw new InvalidArgumentError('model.parameters', 'at least one', 'none');
  const names = model.parameters.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new InvalidArgumentError('model.parameters', 'names that differ', `'${twice}' twice`);
}
