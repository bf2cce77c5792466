import type { StepEvent } from '@throughtime/bptt-trainer';
import type { TrainingRun } from './training-run.js';

/** What a run is about to do: the figures that it is announced with. */
export interface RunFacts {
  readonly tokens: number;
  readonly validationTokens: number;
  /** V */
  readonly vocabulary: number;
  /** How many weights. */
  readonly parameters: number;
}

export function factsOf({ training, validation, vocabulary, model }: TrainingRun): RunFacts {
  return {
    tokens: training.length,
    validationTokens: validation?.tokens ?? 0,
    vocabulary: vocabulary.size,
    parameters: model.parameters.reduce((sum, { data }) => sum + data.length, 0),
  };
}

/** Means over the steps of the epoch in progress, or of the last one when none has begun. */
export class RunningMean {
  #epoch = 0;
  #steps = 0;
  #predictions = 0;
  #loss = 0;
  #gradientNorm = 0;
  #clippedNorm = 0;

  add(step: Pick<StepEvent, 'epoch' | 'loss' | 'predictions' | 'gradientNorm' | 'clippedNorm'>): void {
    const { epoch, loss, predictions, gradientNorm, clippedNorm } = step;
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
