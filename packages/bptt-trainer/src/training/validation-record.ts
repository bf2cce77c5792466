import type { EarlyStoppingOptions } from '../fit-options.js';

export interface BestValidation {
  readonly epoch: number;
  readonly loss: number;
}

/** Which validation was the best, and whether it is time to stop. */
export class ValidationRecord {
  readonly #options: EarlyStoppingOptions | undefined;
  #best: BestValidation | undefined;
  #sinceBest = 0;

  constructor(options: EarlyStoppingOptions | undefined) {
    this.#options = options;
  }

  get best(): BestValidation | undefined {
    return this.#best;
  }

  get sinceBest(): number {
    return this.#sinceBest;
  }

  get shouldStop(): boolean {
    return this.#options !== undefined && this.#sinceBest > this.#options.patience;
  }

  /** @returns whether it is the best so far */
  add(epoch: number, loss: number): boolean {
    const bar =
      this.#best === undefined ? Number.POSITIVE_INFINITY : this.#best.loss - (this.#options?.minDelta ?? 0);
    const better = loss < bar;
    if (better) this.#best = { epoch, loss };
    this.#sinceBest = better ? 0 : this.#sinceBest + 1;
    return better;
  }

  restore(best: BestValidation | null, sinceBest: number): void {
    this.#best = best ?? undefined;
    this.#sinceBest = sinceBest;
  }
}
