import type { OptimizerBackend, Reduction, TrainableModel } from '@throughtime/contract';
import {
  ArgumentError,
  boolean,
  callback,
  checkOptions,
  inWords,
  type OptionChecks,
  oneOf,
  required,
  whole,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import type { SliceSteps } from './batches/slice-steps.js';
import { UnsupportedTruncationError } from './errors.js';
import { type Optimizer, optimizerCheck } from './optimizers/optimizer.js';
import { type ClippingOptions, clippingChecks } from './run/clipping.js';
import { type Schedule, scheduleCheck } from './schedules/schedule.js';
import { type Truncation, truncationCheck } from './truncation/truncation.js';

/** How a trainer changes weights: optimizer, schedule, truncation, clipping. */
export interface TrainerOptions<B> extends ClippingOptions {
  /** How weights follow gradients: sgd(1), adam(0.002), ... */
  readonly optimizer: Optimizer;
  /** Source of dropout masks and of randomized truncation. The trainer continues a copy and leaves this one as it is. */
  readonly random: Random;
  /** How far back gradients flow. Default: through each whole batch, as the source cut it. */
  readonly truncation?: Truncation;
  /** The learning rate over the run. Default: constant. */
  readonly schedule?: Schedule;
  /**
   * Whether the loss is averaged over all predictions ('mean', default), or averaged over rows and summed over steps
   * ('sum-over-time', as in the Penn Treebank code). Learning rate and clipNorm then mean something else. Reported losses are
   * means either way.
   */
  readonly reduction?: Reduction;
  /** Windows whose gradients are averaged into one update, as if they were rows of one larger batch. Default 1. */
  readonly accumulate?: number;
  /** Whether the state after one batch starts the next. Default: what the batch source says (`continues`). */
  readonly carryState?: boolean;
  /** Cuts steps out of a batch, where truncation asks for less than a batch. Default: see `sliceSteps`. */
  readonly sliceSteps?: SliceSteps<B>;
  /** Where updates are computed. Default: the model's own backend, else plain loops. */
  readonly optimizerBackend?: OptimizerBackend;
}

const trainerChecks: OptionChecks<TrainerOptions<never>> = {
  ...clippingChecks,
  optimizer: required(optimizerCheck),
  random: required(randomSource),
  truncation: truncationCheck,
  schedule: scheduleCheck,
  reduction: oneOf(['mean', 'sum-over-time']),
  accumulate: whole({ from: 1 }),
  carryState: boolean,
  sliceSteps: callback,
  optimizerBackend: withMethods<OptimizerBackend>('an optimizer backend', [
    'allocate',
    'gradientNorm',
    'scaleGradients',
    'update',
  ]),
};

const modelCheck = withMethods<TrainableModel<never, never>>('a model that can be trained', [
  'initialState',
  'lossAndGradients',
  'evaluate',
]);

/** @throws ArgumentError, UnsupportedTruncationError */
export function checkTrainerOptions<B, S>(model: TrainableModel<B, S>, options: TrainerOptions<B>): void {
  modelCheck('model', model);
  checkOptions<TrainerOptions<B>>(options, trainerChecks);
  const { truncation } = options;
  if (truncation?.needs && !model.capabilities?.includes(truncation.needs)) {
    throw new UnsupportedTruncationError(truncation.name, truncation.needs);
  }
  const names = model.parameters.map(({ name }) => name);
  if (names.length === 0) throw new ArgumentError('model.parameters', 'at least one', inWords('none'));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) {
    throw new ArgumentError('model.parameters', 'names that differ', inWords(`'${twice}' twice`));
  }
}
