import type { Parameter, Reduction } from '@throughtime/contract';

export interface AccumulatorOptions {
  readonly reduction: Reduction;
  /** Windows to one update. */
  readonly accumulate: number;
}

/**
 * Adds up gradients of several passes into that of one update. A single pass costs nothing: its gradient stays where the
 * model wrote it, and memory for sums is taken when a second pass comes.
 *
 * Means are weighted by their predictions and make a mean. Sums over time of one batch's pieces add up, and rows of several
 * windows are averaged over. Passes without predictions count for nothing.
 */
export class GradientAccumulator {
  readonly #parameters: readonly Parameter[];
  readonly #options: AccumulatorOptions;
  #sums: Float32Array[] | undefined;
  #passes = 0;
  #firstWeight = 0;
  #predictions = 0;
  /** Of a window in whose passes so far something was predicted, and which has not ended; otherwise 0. */
  #openRows = 0;
  #windows = 0;
  #rows = 0;
  #rateFactors = 0;

  constructor(parameters: readonly Parameter[], options: AccumulatorOptions) {
    this.#parameters = parameters;
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#passes === 0;
  }

  /** Whether there are as many windows as make an update. */
  get isFull(): boolean {
    return this.#windows === this.#options.accumulate;
  }

  /** To be called before a pass overwrites the gradients: keeps those of the first one. */
  makeRoom(): void {
    if (this.#passes !== 1) return;
    this.#sums ??= this.#parameters.map(({ gradient }) => new Float32Array(gradient.length));
    for (const sum of this.#sums) sum.fill(0);
    this.#add(this.#firstWeight);
  }

  /** Takes in the gradients of the pass just done. */
  add(predictions: number, rows: number): void {
    if (predictions === 0) {
      // Those of a single pass before were overwritten: they lie in the sums.
      if (this.#passes === 1) this.#passes = 2;
      return;
    }
    const weight = this.#sumsOverTime ? rows : predictions;
    if (this.#passes === 0) this.#firstWeight = weight;
    else this.#add(weight);
    this.#passes++;
    this.#predictions += predictions;
    this.#openRows = rows;
  }

  /** After the last pass of a window or of its pieces. */
  endWindow(rows: number, rateFactor: number): void {
    if (this.#openRows === 0) return;
    this.#openRows = 0;
    this.#windows++;
    this.#rows += rows;
    this.#rateFactors += rateFactor;
  }

  /**
   * Leaves the update's gradient in the parameters' gradients, and starts anew. Not to be called while empty.
   * @returns the factor on the learning rate: the mean of the windows'; 1 for sums over time, which grow with a window's length by
   *   themselves
   */
  finish(): number {
    // The epoch may end within a window.
    this.endWindow(this.#openRows, 1);
    const single = this.#passes === 1;
    const factor = (single ? this.#firstWeight : 1) / (this.#sumsOverTime ? this.#rows : this.#predictions);
    this.#parameters.forEach(({ gradient }, p) => {
      const sums = single ? gradient : this.#sums![p];
      if (single && factor === 1) return;
      for (let i = 0; i < gradient.length; i++) gradient[i] = sums[i] * factor;
    });
    const rateFactor = this.#sumsOverTime ? 1 : this.#rateFactors / this.#windows;
    this.#passes = this.#predictions = this.#windows = this.#rows = this.#rateFactors = 0;
    return rateFactor;
  }

  get #sumsOverTime(): boolean {
    return this.#options.reduction === 'sum-over-time';
  }

  #add(weight: number): void {
    this.#parameters.forEach(({ gradient }, p) => {
      const sum = this.#sums![p];
      for (let i = 0; i < sum.length; i++) sum[i] += weight * gradient[i];
    });
  }
}
