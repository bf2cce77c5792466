/** The perplexity over the epoch in progress, or over the last one when none has begun. */
export class RunningMean {
  #epoch = 0;
  #loss = 0;
  #predictions = 0;

  add({ epoch, loss, predictions }: { epoch: number; loss: number; predictions: number }): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#loss = 0;
      this.#predictions = 0;
    }
    this.#loss += loss * predictions;
    this.#predictions += predictions;
  }

  /** undefined before the first step. */
  get perplexity(): number | undefined {
    return this.#predictions === 0 ? undefined : Math.exp(this.#loss / this.#predictions);
  }
}
