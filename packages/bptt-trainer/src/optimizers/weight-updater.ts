import type { LiveArray, OptimizerBackend, Parameter, StepSize, UpdateTarget } from '@throughtime/contract';
import { averageSlot, nonMonotonic } from './averaged-sgd.js';
import type { Optimizer } from './optimizer.js';

/** What an optimizer remembers beside its arrays: fit for JSON. */
export interface UpdaterMemory {
  /** Updates done. */
  readonly step: number;
  /** The update after which averaging begins, once it was triggered; null before. */
  readonly averageFrom: number | null;
  /** Losses of the validations so far, kept for the non-monotonic trigger only. */
  readonly validationLosses: readonly number[];
  /** Updates of the run whose moments this one began with: they count where moments are corrected for their start at 0. Absent: 0. */
  readonly stepsBefore?: number;
}

/** The memory before the first update. */
export const noUpdates: UpdaterMemory = { step: 0, averageFrom: null, validationLosses: [] };

interface GroupTargets {
  readonly learningRate: number;
  readonly weightDecay: number;
  /** By a group with learning rate 0; an optimizer's own learning rate of 0 freezes nothing. */
  readonly frozen: boolean;
  readonly targets: readonly UpdateTarget[];
}

/**
 * Moves a model's parameters by an optimizer's rule, and holds the arrays that the rule keeps for each weight. Its memory
 * beside arrays is passed in and out.
 */
export class WeightUpdater {
  /** The parameters that learn: those of no group with learning rate 0. */
  readonly learning: readonly Parameter[];
  readonly #optimizer: Optimizer;
  readonly #backend: OptimizerBackend;
  readonly #groups: readonly GroupTargets[];

  constructor(optimizer: Optimizer, parameters: readonly Parameter[], backend: OptimizerBackend) {
    this.#optimizer = optimizer;
    this.#backend = backend;
    this.#groups = grouped(optimizer, parameters, backend);
    const frozen = this.#groups.filter((group) => group.frozen).flatMap(({ targets }) => targets);
    this.learning = parameters.filter((parameter) =>
      frozen.every((target) => target.parameter !== parameter),
    );
  }

  /** The name of the optimizer's rule. */
  get rule(): string {
    return this.#optimizer.rule.name;
  }

  /**
   * Moves the weights.
   * @param factor the schedule's, on every learning rate
   * @param gradientScale that of clipping, on every gradient
   * @returns the memory after the update
   */
  update(memory: UpdaterMemory, factor: number, gradientScale = 1): UpdaterMemory {
    const step = memory.step + 1;
    const { averageFrom, stepsBefore = 0 } = memory;
    for (const { learningRate, weightDecay, frozen, targets } of this.#groups) {
      if (frozen) continue;
      this.#move(targets, {
        learningRate: learningRate * factor,
        weightDecay,
        step: step + stepsBefore,
        ...(averageFrom !== null && { averageFrom }),
        gradientScale,
      });
    }
    return { ...memory, step };
  }

  /** The backend's own code for the rule, or else the rule's loops on gradients that are scaled first. */
  #move(targets: readonly UpdateTarget[], size: StepSize): void {
    const { rule } = this.#optimizer;
    if (this.#backend.update(rule, targets, size)) return;
    const { gradientScale = 1 } = size;
    if (gradientScale !== 1) {
      const parameters = targets.map(({ parameter }) => parameter);
      this.#backend.scaleGradients(parameters, gradientScale);
    }
    for (const { parameter, slots } of targets) {
      const arrays = slots.map(({ data }) => data);
      rule.apply(parameter.data, parameter.gradient, arrays, size);
    }
  }

  /** The memory after a validation, which may trigger averaging. */
  observe(memory: UpdaterMemory, validationLoss: number): UpdaterMemory {
    const { averageAfter } = this.#optimizer;
    if (averageAfter === undefined || memory.averageFrom !== null) return memory;
    // A failed validation says nothing about a trend, and JSON could not hold its loss.
    if (!Number.isFinite(validationLoss)) return memory;
    const { step, validationLosses } = memory;
    return nonMonotonic(validationLosses, validationLoss, averageAfter)
      ? { ...memory, averageFrom: step, validationLosses: [] }
      : { ...memory, validationLosses: [...validationLosses, validationLoss] };
  }

  /**
   * Exchanges weights and averages, where there are averages yet. A second call puts them back.
   * @returns whether there was anything to exchange
   */
  exchangeAverages({ step, averageFrom }: UpdaterMemory): boolean {
    const { rule } = this.#optimizer;
    const slot = rule.slots.indexOf(averageSlot);
    const from = averageFrom ?? rule.settings.startAt;
    if (slot < 0 || !(step > Number(from))) return false;
    for (const { frozen, targets } of this.#groups) {
      // Frozen weights have no averages.
      if (frozen) continue;
      for (const { parameter, slots } of targets) exchangeArrays(parameter.data, slots[slot].data);
    }
    return true;
  }

  /** The arrays kept for each parameter, live. */
  slots(): { readonly parameter: Parameter; readonly slot: string; readonly data: Float32Array }[] {
    const names = this.#optimizer.rule.slots;
    return this.#groups.flatMap(({ targets }) =>
      targets.flatMap(({ parameter, slots }) =>
        slots.map(({ data }, i) => ({ parameter, slot: names[i], data })),
      ),
    );
  }
}

/** Exchanges the contents of two arrays of one length. */
export function exchangeArrays(a: Float32Array, b: Float32Array): void {
  for (let i = 0; i < a.length; i++) {
    const kept = a[i];
    a[i] = b[i];
    b[i] = kept;
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
