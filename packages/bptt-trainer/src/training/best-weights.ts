import type { Parameter } from '@throughtime/contract';
import { exchangeArrays } from './exchange-arrays.js';

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

  /** The best validation is one whose weights were not kept. */
  forget(): void {
    this.#copies = undefined;
  }

  /** Exchanges the model's weights and the kept ones: done twice, all is as before. */
  exchange(): void {
    this.#parameters.forEach(({ data }, i) => {
      if (this.#copies) exchangeArrays(data, this.#copies[i]);
    });
  }

  /** The copies by parameter, for a checkpoint; empty before the first. */
  arrays(): Map<string, Float32Array> {
    return new Map(this.#copies?.map((copy, i) => [this.#parameters[i].name, copy]));
  }
}
