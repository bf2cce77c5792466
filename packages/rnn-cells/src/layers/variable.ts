import * as tf from '@tensorflow/tfjs-core';

/** A variable that starts with these values. */
export function variable(values: Float32Array, shape: readonly number[]): tf.Variable {
  const initial = tf.tensor(values, [...shape]);
  const made = tf.variable(initial);
  initial.dispose();
  return made;
}
