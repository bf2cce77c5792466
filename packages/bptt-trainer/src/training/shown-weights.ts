import type { Parameter } from '@throughtime/contract';
import { averageSlot } from '../optimizers/averaged-sgd.js';
import type { WeightUpdater } from '../optimizers/weight-updater.js';
import type { BestWeights } from './best-weights.js';

interface WeightHolder {
  readonly parameters: readonly Parameter[];
  weightsChanged?(): void;
}

/**
 * Which weights lie in the model: those that train, or, for validation and at the end, averages or the best ones. These are
 * exchanged with those that train, so that nothing is lost and no memory is taken.
 */
export class ShownWeights {
  readonly #model: WeightHolder;
  readonly #updater: WeightUpdater;
  readonly #best: BestWeights;
  #shown: 'training' | 'averages' | 'best' = 'training';

  constructor(model: WeightHolder, updater: WeightUpdater, best: BestWeights) {
    this.#model = model;
    this.#updater = updater;
    this.#best = best;
  }

  /** Gives the model its averages, where there are any yet. */
  showAverages(): void {
    if (!this.#updater.exchangeAverages()) return;
    this.#shown = 'averages';
    this.#model.weightsChanged?.();
  }

  /** Gives the model its best weights, which must have been kept. */
  showBest(): void {
    this.#best.exchange();
    this.#shown = 'best';
    this.#model.weightsChanged?.();
  }

  /** Gives the model back the weights that train. */
  showTraining(): void {
    if (this.#shown === 'training') return;
    if (this.#shown === 'averages') this.#updater.exchangeAverages();
    else this.#best.exchange();
    this.#shown = 'training';
    this.#model.weightsChanged?.();
  }

  /** The pairs of arrays that are exchanged at present, by their names in a snapshot. */
  get exchanged(): readonly (readonly [string, string])[] {
    if (this.#shown === 'training') return [];
    return this.#shown === 'best'
      ? this.#model.parameters.map(({ name }) => [`parameter/${name}`, `best/${name}`])
      : this.#updater.learning.map(({ name }) => [`parameter/${name}`, `optimizer/${name}/${averageSlot}`]);
  }
}
