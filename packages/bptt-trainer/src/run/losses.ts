import type { Fit } from '../events.js';

/** Losses so far, each weighted by its predictions. The sum is kept because a mean would not restore exactly. */
export interface LossSum {
  readonly sum: number;
  readonly predictions: number;
}

export const noLosses: LossSum = { sum: 0, predictions: 0 };

/** @param pass with the mean loss of its predictions; without predictions its loss means nothing */
export function addLoss(losses: LossSum, pass: { loss: number; predictions: number }): LossSum {
  if (pass.predictions === 0) return losses;
  return {
    sum: losses.sum + pass.loss * pass.predictions,
    predictions: losses.predictions + pass.predictions,
  };
}

/** The mean loss in nats, as perplexity and in bits too: the numbers by which language models are compared. */
export function fitOf({ sum, predictions }: LossSum): Fit {
  const loss = sum / predictions;
  return { loss, perplexity: Math.exp(loss), bitsPerToken: loss / Math.LN2, predictions };
}
