import type { Random } from '@throughtime/random';
import type { TrainingBatch } from '../batches/batch-source.js';
import type { TrainableModel } from '../trainable-model.js';
import { full } from '../truncation/full.js';
import { regular } from '../truncation/regular.js';
import { norm } from './matrix.js';
import { truncatedGradient } from './truncated-gradient.js';

export interface TruncationError {
  /** tau: steps that each loss's gradient flows back. */
  readonly steps: number;
  /** |g_tau - g| / |g| */
  readonly relativeError: number;
  /** Cosine of the angle between g_tau and g. */
  readonly cosine: number;
}

/**
 * What truncation at tau steps loses: for each tau, how far the gradient in which every loss flows back exactly min(tau, t)
 * steps lies from the full one. 0 at tau = T.
 * @param model with the capability 'overlapping-windows'
 */
export async function truncationErrors<B extends TrainingBatch, S>(
  model: TrainableModel<B, S>,
  batch: B,
  taus: readonly number[],
  random: Random,
): Promise<TruncationError[]> {
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
