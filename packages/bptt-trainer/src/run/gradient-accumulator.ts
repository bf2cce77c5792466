import type { Parameter, Reduction } from '@throughtime/contract';
import type { Window } from '../truncation/truncation.js';

export interface AccumulatorOptions {
  readonly reduction: Reduction;
  /** Windows per update. */
  readonly accumulate: number;
}

/**
 * Adds up the gradients of several passes into the gradient of one update. A single pass costs nothing: its gradient stays where
 * the model wrote it, and memory for sums is taken when a second pass comes.
 *
 * With 'mean', each pass's mean is weighted by its predictions, so the result is a mean too. With 'sum-over-time', the pieces of
 * one batch add up, and the rows of several windows are averaged. Passes without predictions count for nothing.
 */
export class GradientAccumulator {
  readonly #parameters: readonly Parameter[];
  readonly #options: AccumulatorOptions;
  #sums: Float32Array[] | undefined;
  #passes = 0;
  #firstWeight = 0;
  #predictions = 0;
  /** Rows of the window being accumulated; 0 when none is open or nothing was predicted in it. */
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

  /** Whether there are enough windows for an update. */
  get isFull(): boolean {
    return this.#windows === this.#options.accumulate;
  }

  /**
   * Runs the pass over a window, and adds the gradients that it leaves in the parameters.
   * @param rows N
   */
  async add<R extends { readonly predictions: number }>(
    window: Window,
    rows: number,
    pass: () => R | Promise<R>,
  ): Promise<R> {
    if (window.backward) this.#makeRoom();
    const result = await pass();
    if (window.backward) this.#take(result.predictions, rows);
    if (window.update) this.#endWindow(rows, window.rateFactor);
    return result;
  }

  /**
   * Leaves the update's gradient in the parameters' gradients, and starts over. Do not call it while empty.
   * @returns the factor on the learning rate: the mean of the windows'. It is 1 for sums over time, which grow with a window's
   *   length by themselves
   */
  finish(): number {
    // The epoch may end within a window.
    this.#endWindow(this.#openRows, 1);
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

  /** Keeps the first pass's gradients, which the second pass is about to overwrite. */
  #makeRoom(): void {
    if (this.#passes !== 1) return;
    this.#sums ??= this.#parameters.map(({ gradient }) => new Float32Array(gradient.length));
    for (const sum of this.#sums) sum.fill(0);
    this.#addToSums(this.#firstWeight);
  }

  #take(predictions: number, rows: number): void {
    if (predictions === 0) {
      // This pass overwrote the gradients of a single pass before it, which by now lie in the sums.
      if (this.#passes === 1) this.#passes = 2;
      return;
    }
    const weight = this.#sumsOverTime ? rows : predictions;
    if (this.#passes === 0) this.#firstWeight = weight;
    else this.#addToSums(weight);
    this.#passes++;
    this.#predictions += predictions;
    this.#openRows = rows;
  }

  #endWindow(rows: number, rateFactor: number): void {
    if (this.#openRows === 0) return;
    this.#openRows = 0;
    this.#windows++;
    this.#rows += rows;
    this.#rateFactors += rateFactor;
  }

  get #sumsOverTime(): boolean {
    return this.#options.reduction === 'sum-over-time';
  }

  #addToSums(weight: number): void {
    this.#parameters.forEach(({ gradient }, p) => {
      const sum = this.#sums![p];
      for (let i = 0; i < sum.length; i++) sum[i] += weight * gradient[i];
    });
  }
}
