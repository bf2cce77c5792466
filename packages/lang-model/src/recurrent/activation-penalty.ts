import * as tf from '@tensorflow/tfjs-core';
import type { CountedPredictions } from './counted-predictions.js';
import type { ActivationPenalty } from './model-config.js';

/**
 * The penalty of one chunk: means over the units and over the steps that count; a change counts with its later step.
 * @param plain the last layer's outputs, [N, T, O]
 * @param dropped the same after dropout
 */
export function penaltyOf(
  { size = 0, change = 0 }: ActivationPenalty,
  { plain, dropped }: { readonly plain: tf.Tensor3D; readonly dropped: tf.Tensor3D },
  { weights }: CountedPredictions,
): tf.Scalar {
  const [N, T] = plain.shape;
  const counts = weights ? tf.tensor3d(weights, [N, T, 1]) : tf.ones<tf.Rank.R3>([N, T, 1]);
  const ofSize = tf.mul<tf.Scalar>(size, meanSquare(dropped, counts));
  if (T === 1) return ofSize;
  const later = tf.slice(plain, [0, 1, 0]);
  const earlier = tf.slice(plain, [0, 0, 0], [N, T - 1, plain.shape[2]]);
  const ofChange = tf.mul(change, meanSquare(tf.sub(later, earlier), tf.slice(counts, [0, 1, 0])));
  return tf.add(ofSize, ofChange);
}

/** Of [N, T, O] where `counts` [N, T, 1] is 1. */
function meanSquare(values: tf.Tensor3D, counts: tf.Tensor3D): tf.Scalar {
  const size = tf.maximum(1, tf.mul(tf.sum(counts), values.shape[2]));
  return tf.div(tf.sum(tf.mul(tf.square(values), counts)), size);
}
