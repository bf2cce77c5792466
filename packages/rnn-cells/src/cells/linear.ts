import * as tf from '@tensorflow/tfjs-core';

/**
 * A weight [O, I] in PyTorch's layout and its bias [O], if it has one. With layer norm also the gain [O], and with dropout
 * before the product the mask [M, I].
 */
export interface LinearWeights {
  /** [O, I] */
  readonly weight: tf.Tensor2D;
  /** [O]. Default: none. */
  readonly bias?: tf.Tensor1D;
  /** [O], for layer normalization of the product. Default: none. */
  readonly gain?: tf.Tensor1D | undefined;
  /** [M, I], with M = N or 1: multiplies the inputs. Default: none. */
  readonly mask?: tf.Tensor2D | undefined;
}

/** Variance added before the square root: PyTorch's default, which keeps a constant row finite. */
const epsilon = 1e-5;

/**
 * The map x [..., I] -> x weight^T + bias [..., O]; with a gain, norm(x weight^T) * gain + bias (Ba et al. 2016, eq. 4);
 * with a mask, of mask * x.
 * Make it once per sequence and apply it at every step.
 */
export function linearMap({ weight, bias, gain, mask }: LinearWeights): <T extends tf.Tensor>(x: T) => T {
  // Once for all steps: the wasm backend multiplies slowly when it has to transpose, and it packs a right factor only the
  // first time it sees it.
  const transposed = tf.transpose(weight);
  const [outputSize, inputSize] = weight.shape;
  return <T extends tf.Tensor>(x: T) => {
    const rows = (x.rank === 2 ? x : tf.reshape(x, [-1, inputSize])) as tf.Tensor2D;
    const product: tf.Tensor2D = tf.matMul(mask ? tf.mul(rows, mask) : rows, transposed);
    const scaled: tf.Tensor2D = gain ? tf.mul(normalize(product), gain) : product;
    const sum = bias ? tf.add<tf.Tensor2D>(scaled, bias) : scaled;
    return (x.rank === 2 ? sum : tf.reshape(sum, [...x.shape.slice(0, -1), outputSize])) as T;
  };
}

/** (x - mean) / standard deviation, row by row. */
export function normalize<T extends tf.Tensor>(x: T): T {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, epsilon)));
}
