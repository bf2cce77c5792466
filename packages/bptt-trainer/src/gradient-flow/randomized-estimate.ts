import type { Random } from '@throughtime/random';
import type { TrainingBatch } from '../batches/batch-source.js';
import type { TrainableModel } from '../trainable-model.js';
import { full } from '../truncation/full.js';
import { randomized } from '../truncation/randomized.js';
import { norm } from './matrix.js';
import { truncatedGradient } from './truncated-gradient.js';

export interface RandomizedEstimateOptions {
  /** How many times the gradient is estimated. Default 1,000. */
  readonly repeats?: number;
  readonly random: Random;
}

export interface RandomizedEstimate {
  readonly keep: number;
  /** |mean - g| / |g|: falls as 1 / sqrt(repeats), since the estimator is unbiased. */
  readonly relativeBias: number;
  /** What chance alone makes of it: the root mean square of |mean - g| / |g|, from the deviation. */
  readonly standardError: number;
  /** sqrt(E |estimate - mean|^2) / |g|: the noise that one estimate adds. */
  readonly relativeDeviation: number;
}

/**
 * Mean and deviation of the gradient under randomised truncation, held against the full gradient of the batch.
 * @param model with the capability 'recurrent-gradient-scale'
 */
export async function randomizedEstimate<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  keep: number,
  { repeats = 1000, random }: RandomizedEstimateOptions,
): Promise<RandomizedEstimate> {
  const exact = await truncatedGradient(model, batch, full(), random);
  const mean = new Float64Array(exact.length);
  let squares = 0;
  for (let repeat = 1; repeat <= repeats; repeat++) {
    const estimate = await truncatedGradient(model, batch, randomized(keep), random.fork());
    // Welford's update, summed over the elements.
    for (let i = 0; i < mean.length; i++) {
      const before = estimate[i] - mean[i];
      mean[i] += before / repeat;
      squares += before * (estimate[i] - mean[i]);
    }
  }
  const relativeDeviation = Math.sqrt(squares / (repeats - 1)) / norm(exact);
  return {
    keep,
    relativeBias: norm(mean.map((value, i) => value - exact[i])) / norm(exact),
    standardError: relativeDeviation / Math.sqrt(repeats),
    relativeDeviation,
  };
}
