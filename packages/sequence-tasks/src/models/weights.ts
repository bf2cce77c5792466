import type * as tf from '@tensorflow/tfjs-core';
import { type LinearWeights, linearMap } from '@throughtime/rnn-cells/tfjs';

/** A model's weights as tensors, by their full names. */
export type Weights = ReadonlyMap<string, tf.Tensor>;

/** The weights of one part, by their names within it. */
export function partOf(weights: Weights, prefix: string): Map<string, tf.Tensor> {
  return new Map(
    [...weights]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, weight]) => [name.slice(prefix.length), weight]),
  );
}

/** The linear map of a part: [..., I] to [..., O]. */
export function linearPart(weights: Weights, prefix: string): <T extends tf.Tensor>(x: T) => T {
  const bias = weights.get(`${prefix}bias`) as tf.Tensor1D | undefined;
  const weight = weights.get(`${prefix}weight`) as tf.Tensor2D;
  return linearMap({ weight, ...(bias && { bias }) } satisfies LinearWeights);
}
