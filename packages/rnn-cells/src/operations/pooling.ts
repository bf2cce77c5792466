import * as tf from '@tensorflow/tfjs-core';
import { insideMask } from './inside-mask.js';

/**
 * The outputs at each row's last valid step: [N, T, H] to [N, H]; 0 for a row of length 0.
 * @param lengths [N]. Default: T for each row
 * @throws ShapeMismatchError
 */
export function lastStep(outputs: tf.Tensor3D, lengths?: Int32Array): tf.Tensor2D {
  const [batchSize, steps, size] = outputs.shape;
  return tf.tidy(() => {
    if (!lengths) {
      return tf.reshape(tf.slice(outputs, [0, steps - 1, 0], [batchSize, 1, size]), [batchSize, size]);
    }
    const upTo = insideMask(lengths, [batchSize, steps]);
    const before = insideMask(
      lengths.map((length) => Math.max(0, length - 1)),
      [batchSize, steps],
    );
    return tf.sum(tf.mul(outputs, tf.sub(upTo, before)), 1);
  });
}

/**
 * The mean over each row's valid steps: [N, T, H] to [N, H]; 0 for a row of length 0.
 * @param lengths [N]. Default: T for each row
 * @throws ShapeMismatchError
 */
export function meanPool(outputs: tf.Tensor3D, lengths?: Int32Array): tf.Tensor2D {
  const [batchSize, steps] = outputs.shape;
  return tf.tidy(() => {
    if (!lengths) return tf.mean(outputs, 1);
    const sum = tf.sum(tf.mul(outputs, insideMask(lengths, [batchSize, steps])), 1);
    const counts = Float32Array.from(lengths, (length) => Math.max(1, length));
    return tf.div(sum, tf.tensor2d(counts, [batchSize, 1]));
  });
}

/**
 * The greatest value of each unit over each row's valid steps: [N, T, H] to [N, H]; 0 for a row of length 0.
 * @param lengths [N]. Default: T for each row
 * @throws ShapeMismatchError
 */
export function maxPool(outputs: tf.Tensor3D, lengths?: Int32Array): tf.Tensor2D {
  const [batchSize, steps] = outputs.shape;
  return tf.tidy(() => {
    if (!lengths) return tf.max(outputs, 1);
    const inside = insideMask(lengths, [batchSize, steps]);
    // Finite, so that 0 times it is 0 in the gradient.
    const least = tf.mul(tf.sub(1, inside), -1e30);
    const most = tf.max<tf.Tensor2D>(tf.add(tf.mul(outputs, inside), least), 1);
    const present = Float32Array.from(lengths, (length) => (length > 0 ? 1 : 0));
    return tf.mul(most, tf.tensor2d(present, [batchSize, 1]));
  });
}
