import type { Parameter } from '../trainable-model.js';

/**
 * Adds up gradients of several passes, weighted. A single pass costs nothing: its gradient stays where the model wrote it,
 * and memory for sums is taken when a second pass comes.
 */
export class GradientAccumulator {
  readonly #parameters: readonly Parameter[];
  #sums: Float32Array[] | undefined;
  #passes = 0;
  #firstWeight = 0;
  #totalWeight = 0;

  constructor(parameters: readonly Parameter[]) {
    this.#parameters = parameters;
  }

  get isEmpty(): boolean {
    return this.#passes === 0;
  }

  /** To be called before a pass overwrites the gradients: keeps those of the first one. */
  makeRoom(): void {
    if (this.#passes !== 1) return;
    this.#sums ??= this.#parameters.map(({ gradient }) => new Float32Array(gradient.length));
    for (const sum of this.#sums) sum.fill(0);
    this.#add(this.#firstWeight);
  }

  /** Takes in the gradients of the pass just done. */
  add(weight: number): void {
    if (this.#passes === 0) this.#firstWeight = weight;
    else this.#add(weight);
    this.#passes++;
    this.#totalWeight += weight;
  }

  /**
   * Leaves the weighted sum, divided by `divisor`, in the parameters' gradients, and starts anew.
   * @param divisor default: the weights' sum, which makes it a mean
   */
  finish(divisor = this.#totalWeight): void {
    const single = this.#passes === 1;
    const factor = (single ? this.#firstWeight : 1) / divisor;
    this.#parameters.forEach(({ gradient }, p) => {
      const sums = single ? gradient : this.#sums![p];
      if (single && factor === 1) return;
      for (let i = 0; i < gradient.length; i++) gradient[i] = sums[i] * factor;
    });
    this.#passes = 0;
    this.#totalWeight = 0;
  }

  #add(weight: number): void {
    this.#parameters.forEach(({ gradient }, p) => {
      const sum = this.#sums![p];
      for (let i = 0; i < sum.length; i++) sum[i] += weight * gradient[i];
    });
  }
}
