import type { OptimizerBackend, TrainableModel } from '@throughtime/contract';
import { averageSlot } from '../optimizers/averaged-sgd.js';
import type { Optimizer } from '../optimizers/optimizer.js';
import { exchangeArrays, type UpdaterMemory, WeightUpdater } from '../optimizers/weight-updater.js';

/** An array of a run with the shape of its parameter. */
export interface WeightArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

type WeightHolder = Pick<TrainableModel<never, unknown>, 'parameters' | 'weightsChanged'>;

/**
 * The arrays of a run, all as long as a parameter: weights, optimizer state, and a copy of the best weights.
 *
 * The model holds the weights that train; for validation and at the end it may hold averages or the best weights instead. Those
 * change places with the weights that train, so nothing is lost and no memory is taken.
 */
export class RunWeights {
  readonly updater: WeightUpdater;
  readonly #model: WeightHolder;
  #best: Float32Array[] | undefined;
  #shown: 'training' | 'averages' | 'best' = 'training';

  constructor(model: WeightHolder, optimizer: Optimizer, backend: OptimizerBackend) {
    this.#model = model;
    this.updater = new WeightUpdater(optimizer, model.parameters, backend);
  }

  /** Copies the model's weights, which had the best validation so far. */
  keepBest(): void {
    const { parameters } = this.#model;
    this.#best ??= parameters.map(({ data }) => new Float32Array(data.length));
    for (const [i, copy] of this.#best.entries()) copy.set(parameters[i].data);
  }

  /** Drops the copy: a better validation came, whose weights we do not keep. */
  dropBest(): void {
    this.#best = undefined;
  }

  /** Gives the model its averages, where there are any yet. */
  showAverages(memory: UpdaterMemory): void {
    if (!this.updater.exchangeAverages(memory)) return;
    this.#shown = 'averages';
    this.#model.weightsChanged?.();
  }

  /** Gives the model its best weights, which must have been kept. */
  showBest(): void {
    this.#exchangeBest();
    this.#shown = 'best';
    this.#model.weightsChanged?.();
  }

  /** Gives the model back the weights that train. */
  showTraining(memory: UpdaterMemory): void {
    if (this.#shown === 'training') return;
    if (this.#shown === 'averages') this.updater.exchangeAverages(memory);
    else this.#exchangeBest();
    this.#shown = 'training';
    this.#model.weightsChanged?.();
  }

  /**
   * All arrays, live, by the names that a snapshot gives them: 'parameter/NAME' are the weights that train whatever the model shows,
   * 'optimizer/NAME/SLOT', and 'best/NAME' where best weights are kept.
   */
  arrays(): Map<string, WeightArray> {
    const { parameters } = this.#model;
    const arrays = new Map<string, WeightArray>();
    for (const { name, shape, data } of parameters) arrays.set(`parameter/${name}`, { shape, data });
    for (const { parameter, slot, data } of this.updater.slots()) {
      arrays.set(`optimizer/${parameter.name}/${slot}`, { shape: parameter.shape, data });
    }
    this.#best?.forEach((data, i) => {
      const { name, shape } = parameters[i];
      arrays.set(`best/${name}`, { shape, data });
    });
    for (const [a, b] of this.#exchanged()) {
      const kept = arrays.get(a)!;
      arrays.set(a, arrays.get(b)!);
      arrays.set(b, kept);
    }
    return arrays;
  }

  /** The pairs of arrays that have changed places at present. */
  #exchanged(): readonly (readonly [string, string])[] {
    if (this.#shown === 'training') return [];
    return this.#shown === 'best'
      ? this.#model.parameters.map(({ name }) => [`parameter/${name}`, `best/${name}`])
      : this.updater.learning.map(({ name }) => [`parameter/${name}`, `optimizer/${name}/${averageSlot}`]);
  }

  #exchangeBest(): void {
    this.#best?.forEach((copy, i) => {
      exchangeArrays(this.#model.parameters[i].data, copy);
    });
  }
}
