import { BpttTrainer, full, randomized, regular, sgd, type Truncation } from '@throughtime/bptt-trainer';
import type { TrainableModel, TrainingBatch } from '@throughtime/contract';
import { checkOptions, list, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { norm } from './matrix.js';

/**
 * The gradient of a batch's mean loss as a truncation sees it, all parameters in a row. The weights stay as they are: it is the
 * gradient of one trainer update, accumulated over the whole batch and taken at learning rate 0.
 */
export async function truncatedGradient<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  truncation: Truncation,
  random: Random,
): Promise<Float64Array> {
  const trainer = new BpttTrainer(model, {
    optimizer: sgd(0),
    truncation,
    accumulate: Number.MAX_SAFE_INTEGER,
    random,
  });
  for await (const _ of trainer.fit([batch], { epochs: 1 }));
  return Float64Array.from(model.parameters.flatMap(({ gradient }) => [...gradient]));
}

/** How much of the gradient is lost by truncation after a number of steps. */
export interface TruncationError {
  /** tau: steps that each loss's gradient flows back. */
  readonly steps: number;
  /** |g_tau - g| / |g| */
  readonly relativeError: number;
  /** Cosine of the angle between g_tau and g. */
  readonly cosine: number;
}

/**
 * What truncation at tau steps loses. For each tau: how far the gradient in which every loss flows back exactly min(tau, t)
 * steps lies from the full one. 0 at tau = T.
 * @param model with the capability 'overlapping-windows'
 * @param taus whole numbers of at least 1
 * @throws ArgumentError; UnsupportedTruncationError where the model lacks the capability
 */
export async function truncationErrors<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  taus: readonly number[],
  random: Random,
): Promise<TruncationError[]> {
  list(whole({ from: 1 }))('taus', taus);
  const exact = await truncatedGradient(model, batch, full(), random);
  const errors: TruncationError[] = [];
  for (const steps of taus) {
    const gradient = await truncatedGradient(model, batch, regular({ every: 1, back: steps }), random);
    const dot = gradient.reduce((sum, value, i) => sum + value * exact[i], 0);
    errors.push({
      steps,
      relativeError: norm(gradient.map((value, i) => value - exact[i])) / norm(exact),
      cosine: dot / (norm(gradient) * norm(exact)),
    });
  }
  return errors;
}

/** How often {@link randomizedEstimate} draws, and from what. */
export interface RandomizedEstimateOptions {
  /** How many times the gradient is estimated; at least 2, for a deviation. Default 1,000. */
  readonly repeats?: number;
  /** Draws the truncations. */
  readonly random: Random;
}

const estimateChecks: OptionChecks<RandomizedEstimateOptions> = {
  repeats: whole({ from: 2 }),
  random: required(randomSource),
};

/** How far estimates lie from the full gradient. |g| is its norm. */
export interface RandomizedEstimate {
  /** The probability that the gradient crosses a boundary between steps. */
  readonly keep: number;
  /** |mean - g| / |g|: falls as 1 / sqrt(repeats), since the estimator is unbiased. */
  readonly relativeBias: number;
  /** The bias that chance alone explains: the root mean square of |mean - g| / |g|, from the deviation. */
  readonly standardError: number;
  /** sqrt(E |estimate - mean|^2) / |g|: the noise that one estimate adds. */
  readonly relativeDeviation: number;
}

/**
 * Mean and deviation of the gradient under randomized truncation, compared with the full gradient of the batch.
 * @param model with the capability 'recurrent-gradient-scale'
 * @param keep probability that the gradient passes a border, as in `randomized`
 * @throws ArgumentError; UnsupportedTruncationError where the model lacks the capability
 */
export async function randomizedEstimate<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  keep: number,
  options: RandomizedEstimateOptions,
): Promise<RandomizedEstimate> {
  checkOptions<RandomizedEstimateOptions>(options, estimateChecks);
  const { repeats = 1000, random } = options;
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
