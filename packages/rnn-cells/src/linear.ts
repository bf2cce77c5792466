import * as tf from '@tensorflow/tfjs-core';

/** A weight [O, I] in PyTorch's layout, its bias [O] if any, and where the product is normalised the gain [O]. */
export interface LinearWeights {
  readonly weight: tf.Tensor2D;
  readonly bias?: tf.Tensor1D;
  readonly gain?: tf.Tensor1D | undefined;
}

/** Variance added before the square root: PyTorch's default, which keeps a constant row finite. */
const epsilon = 1e-5;

/**
 * The map x [M, I] -> x weight^T + bias [M, O]; with a gain, norm(x weight^T) * gain + bias (Ba et al. 2016, eq. 4).
 * Made once for a sequence and applied at every step.
 */
export function linear({ weight, bias, gain }: LinearWeights): (x: tf.Tensor2D) => tf.Tensor2D {
  const product = productWithTranspose(weight);
  return (x) => {
    const scaled: tf.Tensor2D = gain ? tf.mul(normalize(product(x)), gain) : product(x);
    return bias ? tf.add(scaled, bias) : scaled;
  };
}

/** Each row less its mean, over its standard deviation. */
export function normalize<T extends tf.Tensor>(x: T): T {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
}

/**
 * x -> x weight^T. `tf.matMul(x, weight, false, true)` means the same; this transposes the weight once for all steps, and keeps to
 * the two things that make products fast on the wasm backend: no factor transposed inside a product, and the
 * same tensor as right factor at every step (it is packed once; tfjs's own gradient multiplies by a fresh copy each time).
 */
function productWithTranspose(weight: tf.Tensor2D): (x: tf.Tensor2D) => tf.Tensor2D {
  const transposed = tf.transpose(weight);
  const product = tf.customGrad((...args) => {
    const [x, , save] = args as [tf.Tensor2D, tf.Tensor2D, tf.GradSaveFunc];
    save([x]);
    return {
      value: tf.matMul(x, transposed),
      // y = x W^T: dx = dy W, dW = dy^T x
      gradFunc: (dy: tf.Tensor, [x]: tf.Tensor[]) => [tf.matMul(dy, weight), tf.matMul(tf.transpose(dy), x)],
    };
  });
  return (x) => product(x, weight) as tf.Tensor2D;
}
