import type { Head } from './head.js';

export interface HeadLoss {
  /** Mean over the predictions that count; 0 where none does. */
  readonly loss: number;
  readonly predictions: number;
  /** Of the mean loss, [n, head.size]; 0 where the target is missing. */
  readonly gradient: Float32Array;
}

/**
 * The loss of n predictions.
 * @param outputs [n, head.size]
 * @param targets [n], NaN where missing: such a prediction does not count
 */
export function headLoss(head: Head, outputs: Float32Array, targets: Float32Array): HeadLoss {
  const gradient = new Float32Array(outputs.length);
  let sum = 0;
  let predictions = 0;
  for (let i = 0; i < targets.length; i++) {
    if (Number.isNaN(targets[i])) continue;
    sum += head.lossAndGradient(outputs, i * head.size, targets[i], gradient);
    predictions++;
  }
  if (predictions === 0) return { loss: 0, predictions, gradient };
  for (let i = 0; i < gradient.length; i++) gradient[i] /= predictions;
  return { loss: sum / predictions, predictions, gradient };
}
