import {
  ArgumentError,
  abortSignal,
  boolean,
  checkOptions,
  inWords,
  number,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { type Batches, batchesCheck, nonEmptySource } from './batches/batches.js';
import { CheckpointMismatchError } from './errors.js';
import { type EarlyStoppingOptions, earlyStoppingChecks } from './run/validations.js';
import {
  hasBestWeights,
  type RunIdentity,
  runIdentityCheck,
  snapshotCheck,
  type TrainerSnapshot,
} from './snapshot/snapshot.js';
import { type CheckpointOptions, checkpointChecks } from './snapshot/store.js';
import type { TrainerOptions } from './trainer-options.js';

/** What one call of `fit` does: how long it trains, and what it validates, saves and resumes. */
export interface FitOptions<B> {
  /** Passes over the batches. */
  readonly epochs: number;
  /**
   * Asks to stop after the present update, without waiting for the passes that `accumulate` still needs. A checkpoint is saved where
   * a store is given, and the last event says 'aborted'.
   */
  readonly signal?: AbortSignal;
  /**
   * Seconds after which training ends, after the present pass or validation, as if finished: the model gets the averages or the best
   * weights that it would have got. A checkpoint is saved as on abort, and continues exactly. Default: none.
   */
  readonly timeLimit?: number;
  /** Evaluated after every epoch, always in the same draw of the source. */
  readonly validation?: Batches<B>;
  /** Ends training when validation has stopped improving. Needs `validation`. Default: never. */
  readonly earlyStopping?: EarlyStoppingOptions;
  /** Whether the model gets back the weights of its best validation when training ends. Needs `validation`. Default false. */
  readonly restoreBest?: boolean;
  /** When and where checkpoints are saved, on abort too. Default: never. */
  readonly checkpoints?: CheckpointOptions;
  /**
   * Which run this is: every checkpoint says so, and `resume` is refused when it is another run's. Default: not said, and not asked.
   */
  readonly run?: RunIdentity;
  /** Continue from here, exactly as the run would have continued. `epochs` counts from that run's start. */
  readonly resume?: TrainerSnapshot;
  /**
   * A new run that begins with the moments which the optimizer of another run had there, of the same rule and the same parameters.
   * Epochs, schedule and averages are this run's own. Not beside `resume`, which has them. Default: moments begin at 0.
   */
  readonly optimizerFrom?: TrainerSnapshot;
}

const fitChecks: OptionChecks<FitOptions<never>> = {
  epochs: required(whole({ from: 0 })),
  signal: abortSignal,
  timeLimit: number({ from: 0 }),
  validation: batchesCheck,
  earlyStopping: record(earlyStoppingChecks),
  restoreBest: boolean,
  checkpoints: record(checkpointChecks),
  run: runIdentityCheck,
  resume: snapshotCheck,
  optimizerFrom: snapshotCheck,
};

/** @throws ArgumentError, CheckpointMismatchError */
export function checkFitOptions<B>(
  options: FitOptions<B>,
  { optimizer, schedule }: Pick<TrainerOptions<B>, 'optimizer' | 'schedule'>,
): void {
  checkOptions<FitOptions<B>>(options, fitChecks);
  const { validation, earlyStopping, restoreBest, run, resume, optimizerFrom } = options;
  if (resume && optimizerFrom)
    throw new ArgumentError('optimizerFrom', 'none beside resume', inWords('a snapshot'));
  if (validation) nonEmptySource('validation', validation);
  // Whatever needs validations would wait forever, and nobody would know.
  const waiting =
    (earlyStopping && 'earlyStopping') ??
    (restoreBest ? 'restoreBest' : undefined) ??
    schedule?.needsValidation ??
    (optimizer.averageAfter === undefined ? undefined : 'nonMonotonicAveragedSgd');
  if (!validation && waiting !== undefined) {
    throw new ArgumentError('validation', `batches, as ${waiting} needs them`, inWords('none'));
  }
  const saved = resume?.memory.run;
  // A checkpoint of an earlier release does not say whose it is.
  if (run && saved && saved.id !== run.id)
    throw new CheckpointMismatchError('run', `'${run.id}'`, `'${saved.id}'`);
  const best = resume?.memory.best;
  if (restoreBest && best && !hasBestWeights(resume)) {
    throw new ArgumentError(
      'restoreBest',
      `a snapshot with the weights of its best validation (epoch ${best.epoch})`,
      inWords('one without'),
    );
  }
}
