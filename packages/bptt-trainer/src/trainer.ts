import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { asSource, type Batches } from './batches/batch-source.js';
import type { TrainerSnapshot } from './checkpoint/snapshot.js';
import { copySnapshot } from './checkpoint/take-snapshot.js';
import { InvalidArgumentError } from './errors.js';
import type { TrainingEvent } from './events.js';
import { checkFitOptions, type FitOptions } from './fit-options.js';
import { checkOptions, type TrainerOptions } from './trainer-options.js';
import { eventLoopTurn } from './training/event-loop.js';
import { TrainingRun } from './training/training-run.js';

/**
 * Trains a recurrent model by backpropagation through time, truncated as `truncation` says.
 *
 * B is the model's batch, S its state. The trainer is its settings: each call of {@link fit} is a run of its own, which
 * starts from the weights that the model has, with fresh optimiser state, or where a snapshot left off.
 */
export class BpttTrainer<B extends TrainingBatch, S> {
  readonly model: TrainableModel<B, S>;
  readonly options: TrainerOptions<B>;
  #run: TrainingRun<B, S> | undefined;

  /** @throws InvalidArgumentError, UnsupportedTruncationError */
  constructor(model: TrainableModel<B, S>, options: TrainerOptions<B>) {
    checkOptions(model, options);
    this.model = model;
    this.options = options;
  }

  /**
   * Trains, and tells of every update, epoch and checkpoint; the last event tells why it ended. Training goes on only
   * while events are taken; leaving the loop early leaves the model as the last event found it.
   * @throws NonFiniteLossError, NonFiniteGradientError with the weights as they were before the step; InvalidArgumentError;
   *   what the model or the checkpoint store throws
   */
  async *fit(batches: Batches<B>, options: FitOptions<B>): AsyncGenerator<TrainingEvent, void, undefined> {
    checkFitOptions(options, this.options);
    const source = asSource(batches);
    if (source.length === 0) throw new InvalidArgumentError('batches', 'at least one batch', 'none');
    const run = new TrainingRun(this.model, this.options, source, options);
    this.#run = run;
    const breathe = eventLoopTurn();
    const { epochs, signal, timeLimit = Number.POSITIVE_INFINITY } = options;
    const deadline = performance.now() + timeLimit * 1000;
    const isCutOff = () => signal?.aborted || performance.now() >= deadline;

    while (run.epoch <= epochs && !run.shouldStop && !isCutOff()) {
      for (const pass of run.passes()) {
        await run.learn(pass);
        if (run.updateIsDue) yield* updated(run);
        await breathe();
        // Passes since the last update are dropped: what goes on from here makes them again.
        if (isCutOff()) break;
      }
      if (isCutOff()) break;
      if (run.hasLeftOver) yield* updated(run);
      const epochEvent = await run.endEpoch();
      if (!epochEvent) break;
      yield epochEvent;
      if (run.epochCheckpointIsDue) yield await run.saveCheckpoint();
    }

    const reason = signal?.aborted ? 'aborted' : run.endReason;
    const isUnfinished = reason === 'aborted' || reason === 'time-limit';
    if (isUnfinished && options.checkpoints) yield await run.saveCheckpoint();
    yield run.end(reason);
  }

  /**
   * Everything needed to go on exactly from the last update of the present run: `fit` takes it as `resume`. A copy.
   * @throws Error before the first call of `fit`
   */
  snapshot(): TrainerSnapshot {
    if (!this.#run) throw new Error('snapshot: expected a run in progress, got none: call fit first');
    return copySnapshot(this.#run.snapshot());
  }
}

async function* updated<B extends TrainingBatch, S>(
  run: TrainingRun<B, S>,
): AsyncGenerator<TrainingEvent, void, undefined> {
  yield run.update();
  if (run.stepCheckpointIsDue) yield await run.saveCheckpoint();
}
