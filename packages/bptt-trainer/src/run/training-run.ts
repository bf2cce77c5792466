import type {
  Awaitable,
  BatchSource,
  OptimizerBackend,
  StepOptions,
  StepResult,
  TrainableModel,
  TrainingBatch,
} from '@throughtime/contract';
import { ArgumentError, inWords, number } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { asSource, type RepeatedEpoch, repeatedEpoch } from '../batches/batches.js';
import { sliceSteps } from '../batches/slice-steps.js';
import { NonFiniteLossError } from '../errors.js';
import { evaluateBatches } from '../evaluate-batches.js';
import type { EndEvent, EndReason, EpochEvent, Fit, StepEvent } from '../events.js';
import type { FitOptions } from '../fit-options.js';
import type { UpdaterMemory } from '../optimizers/weight-updater.js';
import { constant, type Schedule, type UpdatePlan } from '../schedules/schedule.js';
import type { RunIdentity } from '../snapshot/snapshot.js';
import type { TrainerOptions } from '../trainer-options.js';
import { full, type Window } from '../truncation/truncation.js';
import { startingState } from './carried-state.js';
import { type Clipped, clipGradients } from './clipping.js';
import { TrainingClock } from './clock.js';
import { nonFiniteGradient } from './finite.js';
import { GradientAccumulator } from './gradient-accumulator.js';
import { addLoss, fitOf, noLosses } from './losses.js';
import { type Pass, PassReader } from './passes.js';
import { requirePlainData } from './plain-data.js';
import { freshEpoch, initialState, type RunState } from './run-state.js';
import { addValidation } from './validations.js';
import type { RunWeights } from './weights.js';

/** What a run trains with. */
export interface RunParts<B extends TrainingBatch, S> {
  readonly model: TrainableModel<B, S>;
  readonly options: TrainerOptions<B>;
  readonly source: BatchSource<B>;
  readonly fit: FitOptions<B>;
  readonly backend: OptimizerBackend;
  readonly weights: RunWeights;
}

/** The gradient of an update, clipped. */
export interface UpdateGradient extends Clipped {
  /** Factor on the learning rate that the windows ask for. */
  readonly rateFactor: number;
}

const checkFactor = number({ from: 0 });

/** One call of `fit`: what it trains with, and the state that it is in. The trainer's loop calls its parts in order. */
export class TrainingRun<B extends TrainingBatch, S> {
  readonly #parts: RunParts<B, S>;
  readonly #schedule: Schedule;
  /** The same batches every time; undefined without validation. */
  readonly #validation: RepeatedEpoch<B> | undefined;
  readonly #reader: PassReader<B>;
  readonly #random: Random;
  readonly #accumulator: GradientAccumulator;
  readonly #clock = new TrainingClock();
  /** Now: every pass changes it. */
  #state: RunState<S>;
  /** After the last update, or at the start of the epoch. */
  #settled: RunState<S>;
  /** Of the update to come, as is the pass. */
  #updateLosses = noLosses;
  #lastPass: Pass<B> | undefined;

  /**
   * @param start.restored where a snapshot left off. Default: a new run
   * @param start.updater what the optimizer of a new run remembers. Default: nothing
   */
  constructor(
    parts: RunParts<B, S>,
    {
      restored,
      updater,
    }: { readonly restored?: RunState<S> | undefined; readonly updater?: UpdaterMemory | undefined } = {},
  ) {
    this.#parts = parts;
    const { model, options, source, fit } = parts;
    const { truncation = full(), schedule = constant(), reduction = 'mean', accumulate = 1 } = options;
    this.#schedule = schedule;
    // Before anything is drawn: batches may share the stream.
    this.#random = Random.fromState(restored?.random ?? options.random.state());
    this.#validation =
      fit.validation &&
      repeatedEpoch(asSource('validation', fit.validation), restored?.validation ?? undefined);
    this.#reader = new PassReader(source, truncation, restored?.place);
    this.#accumulator = new GradientAccumulator(model.parameters, { reduction, accumulate });
    const validation = this.#validation?.start ?? null;
    this.#state = restored
      ? { ...restored, validation }
      : initialState({
          place: this.#reader.start,
          random: this.#random.state(),
          schedule: schedule.initial,
          validation,
          updater,
        });
    this.#settled = this.#state;
  }

  /** The run after its last update, at whatever moment: passes since then are made again by a run that continues from it. */
  get settledState(): RunState<S> {
    return this.#settled;
  }

  /** Undefined where `fit` was not told. */
  get identity(): RunIdentity | undefined {
    return this.#parts.fit.run;
  }

  get weights(): RunWeights {
    return this.#parts.weights;
  }

  /** Updates done. */
  get updates(): number {
    return this.#state.updater.step;
  }

  get epoch(): number {
    return this.#state.epoch;
  }

  get shouldStop(): boolean {
    const { earlyStopping } = this.#parts.fit;
    return earlyStopping !== undefined && this.#state.validations.sinceBest > earlyStopping.patience;
  }

  /** The rest of the epoch. */
  passes(): Iterable<Pass<B>> {
    return this.#reader.passes(this.#random);
  }

  /**
   * One window: counts the loss, keeps the gradient, carries the state on.
   * @param forwardBackward runs the model over the window's steps, from the state before them
   */
  async forwardBackward(
    pass: Pass<B>,
    forwardBackward: (chunk: B, state: S, options: StepOptions) => Awaitable<StepResult<S>>,
  ): Promise<void> {
    const { model, options, source } = this.#parts;
    this.#clock.start(this.#progress(pass.epochDone));
    const { batch, window } = pass;
    const { carried, losses, seconds } = this.#state;
    const carries = options.carryState ?? source.continues;
    const start =
      window.start > 0 && carried ? carried.state : startingState(model, batch, carries ? carried : null);
    const chunk = (options.sliceSteps ?? sliceSteps)(batch, window.start, window.end);
    const result = await this.#accumulator.add(window, batch.batchSize, () =>
      forwardBackward(chunk, start, this.#stepOptions(window)),
    );
    // Without predictions the mean loss means nothing.
    if (result.predictions > 0 && !Number.isFinite(result.loss)) {
      throw new NonFiniteLossError(this.updates + 1, result.loss);
    }
    // Refused in the first pass, not by the first checkpoint.
    if (!carried) requirePlainData(result.state);
    this.#state = {
      ...this.#state,
      // The state is detached: it is plain arrays, so no gradient flows from the next window into this one.
      carried: {
        state: window.carryAt === window.start ? start : result.state,
        batchSize: batch.batchSize,
      },
      losses: addLoss(losses, result),
      seconds: seconds + this.#clock.stop(),
    };
    this.#updateLosses = addLoss(this.#updateLosses, result);
    this.#lastPass = pass;
  }

  get updateIsDue(): boolean {
    return this.#accumulator.isFull;
  }

  /** Whether gradients still wait for an update when the epoch ends. */
  get hasLeftOver(): boolean {
    return !this.#accumulator.isEmpty;
  }

  /**
   * The gradient of the windows since the last update, clipped.
   * @throws NonFiniteGradientError, with the weights as they were
   */
  clip(): UpdateGradient {
    const { weights, backend, options } = this.#parts;
    this.#clock.start(this.#progress(this.#lastPass!.epochDone));
    const rateFactor = this.#accumulator.finish();
    const { learning } = weights.updater;
    const clipped = clipGradients(learning, backend, options);
    if (!Number.isFinite(clipped.before)) throw nonFiniteGradient(learning, this.updates + 1);
    return { ...clipped, rateFactor };
  }

  /**
   * Moves the weights.
   * @throws ArgumentError of the schedule, with the weights as they were
   */
  step({ before, after, scale, rateFactor }: UpdateGradient): StepEvent {
    const { model, options, source, weights } = this.#parts;
    const { epochDone, next, updateWindows } = this.#lastPass!;
    const { updater, epoch, schedule, seconds } = this.#state;
    const position = {
      step: updater.step,
      epoch,
      progress: this.#progress(epochDone),
      ...(updateWindows && { plan: this.#plan(updateWindows) }),
    };
    const scheduled = this.#schedule.factor(position, schedule);
    checkFactor(`schedule.factor at step ${updater.step + 1}`, scheduled);
    const factor = scheduled * rateFactor;
    const moved = weights.updater.update(updater, factor, scale);
    model.weightsChanged?.();
    this.#settle({
      updater: moved,
      learningRate: options.optimizer.learningRate * factor,
      place: next,
      seconds: seconds + this.#clock.stop(),
    });
    const losses = this.#updateLosses;
    this.#updateLosses = noLosses;
    return {
      type: 'step',
      step: moved.step,
      epoch,
      ...fitOf(losses),
      gradientNorm: before,
      clippedNorm: after,
      learningRate: this.#state.learningRate,
      ...this.#pace(Math.min(next.cursor.index / source.length, 1)),
    };
  }

  /** Validates, and starts the next epoch. Undefined, and nothing changed, when the signal aborted validation. */
  async endEpoch(): Promise<EpochEvent | undefined> {
    const validated = this.#validation ? await this.#validate(this.#validation) : {};
    if (!validated) return undefined;
    const { epoch, losses, learningRate, seconds } = this.#state;
    const event: EpochEvent = {
      type: 'epoch',
      step: this.updates,
      epoch,
      ...fitOf(losses),
      ...validated,
      learningRate,
      seconds,
      ...this.#pace(1),
    };
    this.#reader.startEpoch();
    this.#settle({ ...freshEpoch, epoch: epoch + 1, place: this.#reader.start });
    return event;
  }

  /** Why the run ends now, if nobody asked for it. */
  get endReason(): EndReason {
    if (this.shouldStop) return 'early-stop';
    return this.epoch > this.#parts.fit.epochs ? 'finished' : 'time-limit';
  }

  /** Leaves the model with the weights that it shall have. */
  end(reason: EndReason): EndEvent {
    const { epochs, restoreBest } = this.#parts.fit;
    const { updater, epoch, validations } = this.#state;
    const { best } = validations;
    if (reason !== 'aborted') {
      if (restoreBest && best) this.#parts.weights.showBest();
      else this.#parts.weights.showAverages(updater);
    }
    return {
      type: 'end',
      step: updater.step,
      epoch: Math.min(epoch, epochs),
      reason,
      ...(best && { best }),
    };
  }

  #stepOptions({ start, end, lossFrom, carryAt, gradientScale }: Window): StepOptions {
    return {
      random: this.#random,
      reduction: this.#parts.options.reduction ?? 'mean',
      ...(lossFrom > start && { lossFrom: lossFrom - start }),
      // The state before the window's first step is known already.
      ...(carryAt < end && carryAt > start && { stateAfter: carryAt - start }),
      ...(gradientScale !== 1 && { recurrentGradientScale: gradientScale }),
    };
  }

  /** Fraction of the run that is done. */
  #progress(epochDone: number): number {
    return (this.epoch - 1 + epochDone) / this.#parts.fit.epochs;
  }

  /** @param updateWindows of the pass that the update follows */
  #plan({ inEpoch, done }: NonNullable<Pass<B>['updateWindows']>): UpdatePlan {
    const { accumulate = 1 } = this.#parts.options;
    // Windows left over when an epoch ends make an update too.
    const each = Math.max(Math.ceil(inEpoch / accumulate), 1);
    const here = Math.min(Math.max(Math.ceil(done / accumulate), 1), each);
    return { updates: each * this.#parts.fit.epochs, before: each * (this.epoch - 1) + here - 1 };
  }

  #pace(epochDone: number): { tokensPerSecond: number; timeLeft: number } {
    const { losses, seconds } = this.#state;
    return {
      tokensPerSecond: losses.predictions / seconds,
      timeLeft: this.#clock.timeLeft(this.#progress(epochDone)),
    };
  }

  async #validate(batches: RepeatedEpoch<B>): Promise<{ validation: Fit; best: boolean } | undefined> {
    const { model, weights, fit } = this.#parts;
    const { signal, restoreBest, earlyStopping } = fit;
    const { epoch, updater, schedule, validations } = this.#state;
    weights.showAverages(updater);
    try {
      const validation = await evaluateBatches(model, batches, signal);
      const { loss, predictions } = validation;
      if (predictions === 0) {
        throw new ArgumentError('validation', 'batches with predictions', inWords('none'));
      }
      const after = addValidation(validations, { epoch, loss }, earlyStopping);
      const best = after.sinceBest === 0;
      if (best && restoreBest) weights.keepBest();
      else if (best) weights.dropBest();
      this.#state = {
        ...this.#state,
        validations: after,
        schedule: this.#schedule.observe(schedule, loss),
        updater: weights.updater.observe(updater, loss),
      };
      return { validation, best };
    } catch (error) {
      if (signal?.aborted) return undefined;
      throw error;
    } finally {
      weights.showTraining(updater);
    }
  }

  #settle(changes: Partial<RunState<S>>): void {
    this.#state = { ...this.#state, ...changes, random: this.#random.state() };
    this.#settled = this.#state;
  }
}
