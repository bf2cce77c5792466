interface Step {
  readonly epoch: number;
  readonly loss: number;
  readonly predictions: number;
  readonly gradientNorm: number;
  readonly clippedNorm: number;
}

/** Means over the steps of the epoch in progress, or of the last one when none has begun. */
export class RunningMean {
  #epoch = 0;
  #steps = 0;
  #predictions = 0;
  #loss = 0;
  #gradientNorm = 0;
  #clippedNorm = 0;

  add({ epoch, loss, predictions, gradientNorm, clippedNorm }: Step): void {
    if (epoch !== this.#epoch) {
      this.#epoch = epoch;
      this.#steps = this.#predictions = 0;
      this.#loss = this.#gradientNorm = this.#clippedNorm = 0;
    }
    this.#steps++;
    this.#predictions += predictions;
    this.#loss += loss * predictions;
    this.#gradientNorm += gradientNorm;
    this.#clippedNorm += clippedNorm;
  }

  /** undefined before the first step. */
  get perplexity(): number | undefined {
    return this.#predictions === 0 ? undefined : Math.exp(this.#loss / this.#predictions);
  }

  /** Mean global norms of the gradients; undefined before the first step. */
  get norms(): { readonly gradientNorm: number; readonly clippedNorm: number } | undefined {
    if (this.#steps === 0) return undefined;
    return { gradientNorm: this.#gradientNorm / this.#steps, clippedNorm: this.#clippedNorm / this.#steps };
  }
}
