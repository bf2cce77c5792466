import type {
  BatchSource,
  OptimizerBackend,
  StepOptions,
  TrainableModel,
  TrainingBatch,
} from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { asSource } from '../batches/batch-source.js';
import { type RepeatedEpoch, repeatedEpoch } from '../batches/repeated-epoch.js';
import { sliceSteps } from '../batches/slice-steps.js';
import { readSnapshot } from '../checkpoint/read-snapshot.js';
import type { TrainerSnapshot } from '../checkpoint/snapshot.js';
import { type Moment, momentOf, takeSnapshot } from '../checkpoint/take-snapshot.js';
import { InvalidArgumentError, NonFiniteLossError, requireNumber } from '../errors.js';
import { evaluateBatches } from '../evaluate-batches.js';
import type { CheckpointEvent, EndEvent, EndReason, EpochEvent, Fit, StepEvent } from '../events.js';
import type { FitOptions } from '../fit-options.js';
import { plainBackend } from '../optimizers/backend.js';
import { WeightUpdater } from '../optimizers/weight-updater.js';
import { constant } from '../schedules/constant.js';
import type { Schedule } from '../schedules/schedule.js';
import type { TrainerOptions } from '../trainer-options.js';
import { full } from '../truncation/full.js';
import type { Window } from '../truncation/truncation.js';
import { BestWeights } from './best-weights.js';
import { CarriedState } from './carried-state.js';
import { clipGradients } from './clipping.js';
import { EpochClock } from './epoch-clock.js';
import { GradientAccumulator } from './gradient-accumulator.js';
import { LossMeter, perplexityOf } from './loss-meter.js';
import { nonFiniteGradient, requireFiniteWeights } from './non-finite.js';
import { type Pass, PassReader, type Place } from './pass-reader.js';
import { ShownWeights } from './shown-weights.js';
import { ValidationRecord } from './validation-record.js';

/** One call of `fit`: all that changes while training. The trainer's loop calls its parts in order. */
export class TrainingRun<B extends TrainingBatch, S> {
  readonly model: TrainableModel<B, S>;
  readonly updater: WeightUpdater;
  readonly carried: CarriedState<S>;
  readonly bestWeights: BestWeights;
  readonly shownWeights: ShownWeights;
  readonly validations: ValidationRecord;
  readonly epochLoss = new LossMeter();
  readonly clock = new EpochClock();
  epoch = 1;
  random: Random;
  scheduleMemory: unknown;
  /** After the last update. */
  place: Place;
  /** Of the last update; 0 before the first. */
  learningRate = 0;

  /** The same batches every time; undefined without validation. */
  readonly validation: RepeatedEpoch<B> | undefined;

  readonly #options: TrainerOptions<B>;
  readonly #fit: FitOptions<B>;
  readonly #source: BatchSource<B>;
  readonly #schedule: Schedule;
  readonly #backend: OptimizerBackend;
  readonly #accumulator: GradientAccumulator;
  readonly #reader: PassReader<B>;
  readonly #stepLoss = new LossMeter();
  #lastPass: Pass<B> | undefined;
  /** After the last update, or at the epoch's start. */
  #moment: Moment;

  constructor(
    model: TrainableModel<B, S>,
    options: TrainerOptions<B>,
    source: BatchSource<B>,
    fit: FitOptions<B>,
  ) {
    this.model = model;
    this.#options = options;
    this.#fit = fit;
    this.#source = source;
    this.#schedule = options.schedule ?? constant();
    this.#backend = options.optimizerBackend ?? model.optimizerBackend ?? plainBackend;
    this.updater = new WeightUpdater(options.optimizer, model.parameters, this.#backend);
    this.carried = new CarriedState(
      (rows) => model.initialState(rows),
      options.carryState ?? source.continues,
    );
    this.bestWeights = new BestWeights(model.parameters);
    this.shownWeights = new ShownWeights(model, this.updater, this.bestWeights);
    this.validations = new ValidationRecord(fit.earlyStopping);
    this.random = Random.fromState(options.random.state());
    this.scheduleMemory = this.#schedule.initial;
    const { reduction = 'mean', accumulate = 1 } = options;
    this.#accumulator = new GradientAccumulator(model.parameters, { reduction, accumulate });
    if (fit.resume) {
      readSnapshot(fit.resume, this, options.optimizer.rule);
      model.weightsChanged?.();
    }
    this.validation =
      fit.validation && repeatedEpoch(asSource(fit.validation), fit.resume?.memory.validation ?? undefined);
    this.#reader = new PassReader(source, options.truncation ?? full(), fit.resume?.memory.place);
    this.place = this.#reader.start;
    this.#moment = momentOf(this, options.optimizer.rule);
  }

  get shouldStop(): boolean {
    return this.validations.shouldStop;
  }

  /** Why it ends now, if nobody asked for it. */
  get endReason(): EndReason {
    if (this.shouldStop) return 'early-stop';
    return this.epoch > this.#fit.epochs ? 'finished' : 'time-limit';
  }

  /** What is left of the epoch. */
  passes(): Iterable<Pass<B>> {
    return this.#reader.passes(this.random);
  }

  /** Runs the model over one window: the loss is counted, the gradient kept, the state carried on. */
  async learn(pass: Pass<B>): Promise<void> {
    this.clock.start(this.#progress(pass.epochDone));
    const { batch, window } = pass;
    const start =
      window.start === 0 || !this.carried.kept ? this.carried.startOf(batch) : this.carried.kept.state;
    const slice = this.#options.sliceSteps ?? sliceSteps;
    const chunk = slice(batch, window.start, window.end);
    if (window.backward) this.#accumulator.makeRoom();
    const { loss, predictions, state } = window.backward
      ? await this.model.lossAndGradients(chunk, start, this.#stepOptions(window))
      : await this.model.evaluate(chunk, start);
    // The mean over no predictions is anything.
    if (predictions > 0 && !Number.isFinite(loss))
      throw new NonFiniteLossError(this.updater.memory.step + 1, loss);

    this.carried.keep(window.carryAt === window.start ? start : state, batch.batchSize);
    this.epochLoss.add(loss, predictions);
    this.#stepLoss.add(loss, predictions);
    if (window.backward) this.#accumulator.add(predictions, batch.batchSize);
    if (window.update) this.#accumulator.endWindow(batch.batchSize, window.rateFactor);
    this.#lastPass = pass;
    this.clock.stop();
  }

  get updateIsDue(): boolean {
    return this.#accumulator.isFull;
  }

  /** Whether gradients wait for an update that the epoch's end cut off. */
  get hasLeftOver(): boolean {
    return !this.#accumulator.isEmpty;
  }

  /**
   * Clips the gradients and moves the weights.
   * @throws NonFiniteGradientError, InvalidArgumentError of the schedule, with the weights as they were
   */
  update(): StepEvent {
    const { epochDone, next } = this.#lastPass!;
    this.clock.start(this.#progress(epochDone));
    const step = this.updater.memory.step + 1;
    const rateFactor = this.#accumulator.finish();
    const { learning } = this.updater;
    const norms = clipGradients(learning, this.#backend, this.#options);
    if (!Number.isFinite(norms.before)) throw nonFiniteGradient(learning, step);
    const position = { step: step - 1, epoch: this.epoch, progress: this.#progress(epochDone) };
    const scheduled = this.#schedule.factor(position, this.scheduleMemory);
    requireNumber(`schedule: factor of step ${step}`, scheduled, 'a number of at least 0', (f) => f >= 0);
    const factor = scheduled * rateFactor;
    this.learningRate = this.#options.optimizer.learningRate * factor;
    this.updater.update(factor, norms.scale);
    this.model.weightsChanged?.();
    this.place = next;
    this.clock.stop();
    this.#moment = momentOf(this, this.#options.optimizer.rule);

    const fit = fitOf(this.#stepLoss);
    this.#stepLoss.reset();
    return {
      type: 'step',
      step,
      epoch: this.epoch,
      ...fit,
      gradientNorm: norms.before,
      clippedNorm: norms.after,
      learningRate: this.learningRate,
      ...this.#pace(this.#progress(Math.min(next.cursor.index / this.#source.length, 1))),
    };
  }

  /** Validates, and goes on to the next epoch. Undefined, and nothing changed, when the signal aborted validation. */
  async endEpoch(): Promise<EpochEvent | undefined> {
    const { step } = this.updater.memory;
    const { epoch } = this;
    const validated = this.validation ? await this.#validate(this.validation) : {};
    if (!validated) return undefined;
    const event: EpochEvent = {
      type: 'epoch',
      step,
      epoch,
      ...fitOf(this.epochLoss),
      ...validated,
      learningRate: this.learningRate,
      seconds: this.clock.seconds,
      ...this.#pace(this.#progress(1)),
    };
    this.#startEpoch();
    return event;
  }

  get stepCheckpointIsDue(): boolean {
    const every = this.#fit.checkpoints?.everySteps;
    return every !== undefined && this.updater.memory.step % every === 0;
  }

  /** After an epoch has ended. */
  get epochCheckpointIsDue(): boolean {
    const { checkpoints } = this.#fit;
    return checkpoints !== undefined && (this.epoch - 1) % (checkpoints.everyEpochs ?? 1) === 0;
  }

  /** @throws NonFiniteWeightError, before anything is written; what the store throws */
  async saveCheckpoint(): Promise<CheckpointEvent> {
    const { step } = this.updater.memory;
    requireFiniteWeights(this.model.parameters, step);
    const location = await this.#fit.checkpoints!.store.save(this.snapshot());
    return { type: 'checkpoint', step, epoch: this.epoch, location };
  }

  /** The run after its last update, at whatever moment it is taken. Its arrays are live. */
  snapshot(): TrainerSnapshot {
    return takeSnapshot(this, this.#moment);
  }

  /** Leaves the model with the weights that it is to have. */
  end(reason: EndReason): EndEvent {
    if (reason !== 'aborted') {
      if (this.#fit.restoreBest && this.validations.best) this.shownWeights.showBest();
      else this.shownWeights.showAverages();
    }
    const { best } = this.validations;
    return {
      type: 'end',
      step: this.updater.memory.step,
      epoch: Math.min(this.epoch, this.#fit.epochs),
      reason,
      ...(best && { best }),
    };
  }

  #stepOptions({ start, end, lossFrom, carryAt, gradientScale }: Window): StepOptions {
    return {
      random: this.random,
      reduction: this.#options.reduction ?? 'mean',
      ...(lossFrom > start && { lossFrom: lossFrom - start }),
      // The state before the window's first step is known already.
      ...(carryAt < end && carryAt > start && { stateAfter: carryAt - start }),
      ...(gradientScale !== 1 && { recurrentGradientScale: gradientScale }),
    };
  }

  #progress(epochDone: number): number {
    return (this.epoch - 1 + epochDone) / this.#fit.epochs;
  }

  #pace(progress: number): { tokensPerSecond: number; timeLeft: number } {
    return {
      tokensPerSecond: this.epochLoss.predictions / this.clock.seconds,
      timeLeft: this.clock.timeLeft(progress),
    };
  }

  async #validate(batches: RepeatedEpoch<B>): Promise<{ validation: Fit; best: boolean } | undefined> {
    const { signal, restoreBest } = this.#fit;
    this.shownWeights.showAverages();
    try {
      const fit = await evaluateBatches(this.model, batches, signal);
      if (fit.predictions === 0)
        throw new InvalidArgumentError('validation', 'batches with predictions', 'none');
      const best = this.validations.add(this.epoch, fit.loss);
      if (best && restoreBest) this.bestWeights.keep();
      else if (best) this.bestWeights.forget();
      this.scheduleMemory = this.#schedule.observe(this.scheduleMemory, fit.loss);
      this.updater.observe(fit.loss);
      return { validation: fit, best };
    } catch (error) {
      if (signal?.aborted) return undefined;
      throw error;
    } finally {
      this.shownWeights.showTraining();
    }
  }

  #startEpoch(): void {
    this.epoch++;
    this.epochLoss.reset();
    this.clock.seconds = 0;
    this.carried.reset();
    this.#reader.startEpoch();
    this.place = this.#reader.start;
    this.#moment = momentOf(this, this.#options.optimizer.rule);
  }
}

function fitOf(meter: LossMeter): Fit {
  return { loss: meter.loss, ...perplexityOf(meter.loss), predictions: meter.predictions };
}
