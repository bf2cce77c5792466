import { asSource, type Batches } from './batches/batch-source.js';
import type { CheckpointStore } from './checkpoint/checkpoint-store.js';
import type { TrainerSnapshot } from './checkpoint/snapshot.js';
import { InvalidArgumentError, requireNumber, requireWhole } from './errors.js';
import type { TrainerOptions } from './trainer-options.js';

export interface CheckpointOptions {
  readonly store: CheckpointStore;
  /** Save after every so many updates. Default: none within an epoch. */
  readonly everySteps?: number;
  /** Save after every so many epochs. Default 1. */
  readonly everyEpochs?: number;
}

export interface EarlyStoppingOptions {
  /** Validations in a row without a new best that are put up with; the next one ends training. */
  readonly patience: number;
  /** A new best is lower than the old by more than this. Default 0. */
  readonly minDelta?: number;
}

export interface FitOptions<B> {
  /** Passes over the batches. */
  readonly epochs: number;
  /**
   * Asks to stop after the present update, without those that `accumulate` still waits for; a checkpoint is saved where a store is
   * given, and the last event says 'aborted'.
   */
  readonly signal?: AbortSignal;
  /**
   * Seconds after which training ends, after the present pass or validation, as if finished: the model is left with the averages or the
   * best weights that it would have got. A checkpoint is saved as on abort, and goes on exactly. Default: none.
   */
  readonly timeLimit?: number;
  /** Evaluated after every epoch, always in the same draw of the source. */
  readonly validation?: Batches<B>;
  /** Ends training when validation has stopped improving. Default: never. Needs `validation`. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Whether the model gets back the weights of its best validation when training ends. Default false. Needs `validation`. */
  readonly restoreBest?: boolean;
  /** When and where checkpoints are saved. Default: never. One is saved on abort as well. */
  readonly checkpoints?: CheckpointOptions;
  /** Continue from here, exactly as the run would have gone on; `epochs` counts from that run's start. */
  readonly resume?: TrainerSnapshot;
}

/** @throws InvalidArgumentError */
export function checkFitOptions<B>(
  options: FitOptions<B>,
  { optimizer, schedule }: Pick<TrainerOptions<B>, 'optimizer' | 'schedule'>,
): void {
  requireWhole('epochs', options.epochs, 0);
  const { validation, earlyStopping, restoreBest, checkpoints, resume, timeLimit = 0 } = options;
  requireNumber('timeLimit', timeLimit, 'a number of at least 0', (value) => value >= 0);
  if (validation && asSource(validation).length === 0)
    throw new InvalidArgumentError('validation', 'at least one batch', 'none');
  // What waits for validations would wait for ever, and nobody would know.
  const waiting =
    (earlyStopping && 'earlyStopping') ??
    (restoreBest === true ? 'restoreBest' : undefined) ??
    schedule?.needsValidation ??
    (optimizer.averageAfter === undefined ? undefined : 'nonMonotonicAveragedSgd');
  if (!validation && waiting !== undefined) {
    throw new InvalidArgumentError('validation', `batches, as ${waiting} needs them`, 'none');
  }
  const best = resume?.memory.best;
  if (restoreBest && best && ![...resume.tensors.keys()].some((name) => name.startsWith('best/'))) {
    throw new InvalidArgumentError(
      'restoreBest',
      `a snapshot with the weights of its best validation (epoch ${best.epoch})`,
      'one without',
    );
  }
  if (earlyStopping) {
    requireWhole('earlyStopping.patience', earlyStopping.patience, 0);
    requireNumber(
      'earlyStopping.minDelta',
      earlyStopping.minDelta ?? 0,
      'a number of at least 0',
      (value) => value >= 0,
    );
  }
  requireWhole('checkpoints.everySteps', checkpoints?.everySteps ?? 1, 1);
  requireWhole('checkpoints.everyEpochs', checkpoints?.everyEpochs ?? 1, 1);
}
