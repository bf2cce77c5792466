/** Mean of losses over predictions, and what follows from it. */
export class LossMeter {
  #sum = 0;
  #predictions = 0;

  /** @param loss mean over the predictions; of none, anything */
  add(loss: number, predictions: number): void {
    if (predictions === 0) return;
    this.#sum += loss * predictions;
    this.#predictions += predictions;
  }

  get predictions(): number {
    return this.#predictions;
  }

  /** The sum, for a checkpoint: a mean would not give it back exactly. */
  get sum(): number {
    return this.#sum;
  }

  /** Per prediction; NaN before the first one. */
  get loss(): number {
    return this.#sum / this.#predictions;
  }

  reset(sum = 0, predictions = 0): void {
    this.#sum = sum;
    this.#predictions = predictions;
  }
}

/** A loss in nats, as the two numbers by which language models are compared. */
export function perplexityOf(loss: number): { perplexity: number; bitsPerToken: number } {
  return { perplexity: Math.exp(loss), bitsPerToken: loss / Math.LN2 };
}
