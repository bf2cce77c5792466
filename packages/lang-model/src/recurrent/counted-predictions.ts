import type { TokenBatch } from '@throughtime/contract';

/** Which predictions of a chunk count in its loss. */
export interface CountedPredictions {
  /** 1 where the prediction counts, 0 where it does not, [N, T]; undefined when all count. */
  readonly weights: Float32Array | undefined;
  readonly predictions: number;
}

/** Predictions of padding do not count, nor those of steps before `lossFrom`. */
export function countedPredictions(
  { batchSize, steps, lengths }: TokenBatch,
  lossFrom: number,
): CountedPredictions {
  if (!lengths && lossFrom === 0) return { weights: undefined, predictions: batchSize * steps };
  const weights = new Float32Array(batchSize * steps);
  let predictions = 0;
  for (let n = 0; n < batchSize; n++) {
    const length = lengths ? lengths[n] : steps;
    for (let t = lossFrom; t < length; t++) weights[n * steps + t] = 1;
    predictions += Math.max(0, length - lossFrom);
  }
  return { weights, predictions };
}
