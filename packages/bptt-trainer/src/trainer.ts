import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { ThroughtimeError } from '@throughtime/errors';
import { eventLoopTurn } from '@throughtime/platform';
import { type Batches, nonEmptySource } from './batches/batches.js';
import type { TrainingEvents } from './events.js';
import { checkFitOptions, type FitOptions } from './fit-options.js';
import { plainBackend } from './optimizers/plain-backend.js';
import { requireFiniteWeights } from './run/finite.js';
import { TrainingRun } from './run/training-run.js';
import { RunWeights } from './run/weights.js';
import {
  adoptedOptimizer,
  copySnapshot,
  restoredState,
  snapshotOf,
  type TrainerSnapshot,
} from './snapshot/snapshot.js';
import type { CheckpointOptions } from './snapshot/store.js';
import { checkTrainerOptions, type TrainerOptions } from './trainer-options.js';

/**
 * Trains a recurrent model by backpropagation through time, truncated as `truncation` says.
 *
 * The trainer is only its settings: each call of {@link fit} is a run of its own. A run starts from the weights that the model
 * has, with fresh optimizer state, or where a snapshot left off.
 *
 * @typeParam B the model's batch
 * @typeParam S the model's state
 *
 * @example
 * ```ts
 * import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
 * import { sequentialBatches } from '@throughtime/datasets';
 * import { RecurrentLanguageModel } from '@throughtime/lang-model';
 * import { Random } from '@throughtime/random';
 * const random = Random.seeded(1);
 * const ids = Int32Array.from({ length: 1000 }, (_, i) => i % 10);
 * const model = new RecurrentLanguageModel({ vocabularySize: 10, cell: 'gru', hiddenSize: 32, random });
 * const trainer = new BpttTrainer(model, { optimizer: adam(0.01), clipNorm: 1, random });
 * const batches = sequentialBatches(ids, { batchSize: 4, steps: 16, random });
 * for await (const event of trainer.fit(batches, { epochs: 3 })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.perplexity);
 * }
 * ```
 */
export class BpttTrainer<B extends TrainingBatch, S> {
  /** What is trained. */
  readonly model: TrainableModel<B, S>;
  /** The options it was made with. */
  readonly options: TrainerOptions<B>;
  #run: TrainingRun<B, S> | undefined;

  /** @throws ArgumentError, UnsupportedTruncationError */
  constructor(model: TrainableModel<B, S>, options: TrainerOptions<B>) {
    checkTrainerOptions(model, options);
    this.model = model;
    this.options = options;
  }

  /**
   * Trains, and reports every update, epoch and checkpoint as an event; the last event says why training ended. Training
   * continues only while events are taken. Leaving the loop early leaves the model as the last event found it.
   * @throws NonFiniteLossError, NonFiniteGradientError with the weights as they were before the step; ArgumentError; CheckpointMismatchError;
   *   what the model or the checkpoint store throws
   */
  async *fit(batches: Batches<B>, options: FitOptions<B>): TrainingEvents {
    checkFitOptions(options, this.options);
    const { model } = this;
    const run = this.#start(batches, options);
    const { epochs, signal, timeLimit = Number.POSITIVE_INFINITY, checkpoints } = options;
    const deadline = performance.now() + timeLimit * 1000;
    const isCutOff = () => signal?.aborted || performance.now() >= deadline;
    const turn = eventLoopTurn();

    while (run.epoch <= epochs && !run.shouldStop && !isCutOff()) {
      // A pass is one window of one batch.
      for (const pass of run.passes()) {
        await run.forwardBackward(pass, (chunk, state, stepOptions) =>
          pass.window.backward
            ? model.lossAndGradients(chunk, state, stepOptions)
            : model.evaluate(chunk, state),
        );
        if (run.updateIsDue) yield* this.#update(run, checkpoints);
        await turn();
        // Passes since the last update are dropped: a run that continues from here makes them again.
        if (isCutOff()) break;
      }
      if (isCutOff()) break;
      if (run.hasLeftOver) yield* this.#update(run, checkpoints);
      const epochEvent = await run.endEpoch();
      if (!epochEvent) break;
      yield epochEvent;
      if (isDue(epochEvent.epoch, checkpoints?.everyEpochs ?? 1)) yield* this.#save(run, checkpoints);
    }

    const reason = signal?.aborted ? 'aborted' : run.endReason;
    if (reason === 'aborted' || reason === 'time-limit') yield* this.#save(run, checkpoints);
    yield run.end(reason);
  }

  async *#update(run: TrainingRun<B, S>, checkpoints: CheckpointOptions | undefined): TrainingEvents {
    const gradient = run.clip();
    yield run.step(gradient);
    if (isDue(run.updates, checkpoints?.everySteps)) yield* this.#save(run, checkpoints);
  }

  /**
   * Everything needed to continue exactly from the last update of the present run: `fit` takes it as `resume`. A copy.
   * @throws ThroughtimeError before the first call of `fit`
   */
  snapshot(): TrainerSnapshot {
    if (!this.#run) {
      throw new ThroughtimeError('snapshot: expected a run in progress, got none: call fit first');
    }
    return copySnapshot(snapshotOf(this.#run.settledState, this.#run.weights, this.#run.identity));
  }

  #start(batches: Batches<B>, fit: FitOptions<B>): TrainingRun<B, S> {
    const { model, options } = this;
    const source = nonEmptySource('batches', batches);
    const backend = options.optimizerBackend ?? model.optimizerBackend ?? plainBackend;
    const weights = new RunWeights(model, options.optimizer, backend);
    const restored = fit.resume && restoredState<S>(fit.resume, weights);
    if (restored) model.weightsChanged?.();
    const updater = fit.optimizerFrom && adoptedOptimizer(fit.optimizerFrom, weights);
    this.#run = new TrainingRun({ model, options, source, fit, backend, weights }, { restored, updater });
    return this.#run;
  }

  /** @throws NonFiniteWeightError, before anything is written; what the store throws */
  async *#save(run: TrainingRun<B, S>, checkpoints: CheckpointOptions | undefined): TrainingEvents {
    if (!checkpoints) return;
    const { updates: step, epoch } = run;
    requireFiniteWeights(this.model.parameters, step);
    const location = await checkpoints.store.save(snapshotOf(run.settledState, run.weights, run.identity));
    yield { type: 'checkpoint', step, epoch, location };
  }
}

function isDue(count: number, every: number | undefined): boolean {
  return every !== undefined && count % every === 0;
}
