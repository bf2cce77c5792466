import type { Parameter } from '../trainable-model.js';

/** A copy of the weights at the best validation. */
export class BestWeights {
  readonly #parameters: readonly Parameter[];
  #copies: Float32Array[] | undefined;

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
  }

  keep(): void {
    this.#copies ??= this.#parameters.map(({ data }) => new Float32Array(data.length));
    this.#parameters.forEach(({ data }, i) => {
      this.#copies![i].set(data);
    });
  }

  /** Gives the model its best weights, where any were kept. */
  restore(): void {
    this.#parameters.forEach(({ data }, i) => {
      if (this.#copies) data.set(this.#copies[i]);
    });
  }

  /** The copies by parameter, for a checkpoint; empty before the first. */
  arrays(): Map<string, Float32Array> {
    return new Map(this.#copies?.map((copy, i) => [this.#parameters[i].name, copy]));
  }
}
