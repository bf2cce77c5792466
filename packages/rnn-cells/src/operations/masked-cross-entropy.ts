import * as tf from '@tensorflow/tfjs-core';

/** Which predictions count in a loss. */
export interface CountedRows {
  /** [M], 1 where a row counts and 0 where it does not; undefined: all do. */
  readonly weights: Float32Array | undefined;
  /** How many count. */
  readonly predictions: number;
}

/**
 * Mean negative log-likelihood in nats of the targets that count, from logits [M, V] and targets [M]. Targets that do not count may be any
 * number.
 */
export function maskedCrossEntropy(
  logits: tf.Tensor2D,
  targets: Int32Array,
  { weights, predictions }: CountedRows,
): tf.Scalar {
  const chosen = unitVectors(targets, logits.shape[1], weights);
  const likelihood = tf.sum(tf.mul(tf.logSoftmax(logits), chosen));
  return tf.div(tf.neg(likelihood), Math.max(1, predictions));
}

/**
 * Ids [M] as unit vectors [M, V]; zeros where they do not count. (`tf.oneHot` refuses V = 1, and in float32 is wrong on the wasm backend.)
 */
export function unitVectors(ids: Int32Array, V: number, counts?: Float32Array): tf.Tensor2D {
  const values = new Float32Array(ids.length * V);
  ids.forEach((id, i) => {
    if (counts === undefined || counts[i] > 0) values[i * V + id] = 1;
  });
  return tf.tensor2d(values, [ids.length, V]);
}
