import type { LiveArray, OptimizerBackend, Parameter, StepSize, UpdateTarget } from '@throughtime/contract';
import { exchangeArrays } from '../training/exchange-arrays.js';
import { averageSlot, nonMonotonic } from './averaged-sgd.js';
import type { Optimizer } from './optimizer.js';

/** What an optimiser remembers beside its slots: fit for JSON. */
export interface UpdaterMemory {
  /** Updates done. */
  readonly step: number;
  /** Where averaging was triggered to begin; null while it was not. */
  readonly averageFrom: number | null;
  /** Losses of the validations so far, kept for the non-monotonic trigger alone. */
  readonly validationLosses: readonly number[];
}

interface GroupTargets {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** By a group with learning rate 0; an optimiser's own learning rate of 0 freezes nothing. */
  readonly frozen: boolean;
  readonly targets: readonly UpdateTarget[];
}

/** Moves a model's parameters by an optimiser's rule, and holds the state that this takes. */
export class WeightUpdater {
  /** The parameters that learn: those of no group with learning rate 0. */
  readonly learning: readonly Parameter[];
  readonly #optimizer: Optimizer;
  readonly #backend: OptimizerBackend;
  readonly #groups: readonly GroupTargets[];
  #memory: UpdaterMemory = { step: 0, averageFrom: null, validationLosses: [] };

  constructor(optimizer: Optimizer, parameters: readonly Parameter[], backend: OptimizerBackend) {
    this.#optimizer = optimizer;
    this.#backend = backend;
    this.#groups = grouped(optimizer, parameters, backend);
    const frozen = this.#groups.filter((group) => group.frozen).flatMap(({ targets }) => targets);
    this.learning = parameters.filter((parameter) =>
      frozen.every((target) => target.parameter !== parameter),
    );
  }

  get memory(): UpdaterMemory {
    return this.#memory;
  }

  /**
   * @param factor the schedule's, on every learning rate
   * @param gradientScale that of clipping, on every gradient
   */
  update(factor: number, gradientScale = 1): void {
    const { step, averageFrom } = this.#memory;
    this.#memory = { ...this.#memory, step: step + 1 };
    const { rule } = this.#optimizer;
    for (const { learningRate, weightDecay, frozen, targets } of this.#groups) {
      if (frozen) continue;
      const size: StepSize = {
        learningRate: learningRate * factor,
        weightDecay,
        step: step + 1,
        ...(averageFrom !== null && { averageFrom }),
        gradientScale,
      };
      if (this.#backend.update(rule, targets, size)) continue;
      if (gradientScale !== 1) {
        const parameters = targets.map(({ parameter }) => parameter);
        this.#backend.scaleGradients(parameters, gradientScale);
      }
      for (const { parameter, slots } of targets) {
        rule.apply(
          parameter.data,
          parameter.gradient,
          slots.map(({ data }) => data),
          size,
        );
      }
    }
  }

  /** Tells the optimiser of a validation, which may trigger averaging. */
  observe(validationLoss: number): void {
    const { averageAfter } = this.#optimizer;
    if (averageAfter === undefined || this.#memory.averageFrom !== null) return;
    const { step, validationLosses } = this.#memory;
    // JSON could not hold it, and a failed validation says nothing of a trend.
    if (!Number.isFinite(validationLoss)) return;
    this.#memory = nonMonotonic(validationLosses, validationLoss, averageAfter)
      ? { step, averageFrom: step, validationLosses: [] }
      : { step, averageFrom: null, validationLosses: [...validationLosses, validationLoss] };
  }

  /**
   * Exchanges weights and averages, where there are averages yet: done twice, all is as before.
   * @returns whether there was anything to exchange
   */
  exchangeAverages(): boolean {
    const { rule } = this.#optimizer;
    const slot = rule.slots.indexOf(averageSlot);
    const from = this.#memory.averageFrom ?? rule.settings.startAt;
    if (slot < 0 || !(this.#memory.step > Number(from))) return false;
    for (const { frozen, targets } of this.#groups) {
      // Nothing was averaged there.
      if (frozen) continue;
      for (const { parameter, slots } of targets) exchangeArrays(parameter.data, slots[slot].data);
    }
    return true;
  }

  /** The state of every parameter, by parameter and slot. The arrays are live. */
  slots(): Map<string, Float32Array> {
    const arrays = new Map<string, Float32Array>();
    for (const { targets } of this.#groups) {
      for (const { parameter, slots } of targets) {
        slots.forEach(({ data }, i) => {
          arrays.set(`${parameter.name}/${this.#optimizer.rule.slots[i]}`, data);
        });
      }
    }
    return arrays;
  }

  /** Continues from saved memory; the slots are written through {@link slots}. */
  restore(memory: UpdaterMemory): void {
    this.#memory = memory;
  }
}

function grouped(
  { rule, learningRate, weightDecay, groups }: Optimizer,
  parameters: readonly Parameter[],
  backend: OptimizerBackend,
): GroupTargets[] {
  const governing = parameters.map((parameter) => groups.find(({ match }) => match(parameter)));
  return [...new Set(governing)].map((group) => ({
    learningRate: group?.learningRate ?? learningRate,
    weightDecay: group?.weightDecay ?? weightDecay,
    frozen: group?.learningRate === 0,
    targets: parameters
      .filter((_, i) => governing[i] === group)
      .map((parameter) => ({
        parameter,
        slots: rule.slots.map((): LiveArray => backend.allocate(parameter)),
      })),
  }));
}
