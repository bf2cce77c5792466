import * as tf from '@tensorflow/tfjs-core';
import type { CellBuilder } from './cell.js';
import { type LinearWeights, linearMap } from './linear.js';

/**
 * The gated recurrent unit, its reset after the recurrent product (PyTorch `nn.GRU`, cuDNN) or before it (Cho et
 * al. 2014, the chapter, Keras `reset_after=False`).
 *
 *     r  = sigmoid(W_ir x_t + b_ir + W_hr h + b_hr)
 *     z  = sigmoid(W_iz x_t + b_iz + W_hz h + b_hz)
 *     n  = tanh(W_in x_t + b_in + r * (W_hn h + b_hn))           reset after
 *     n  = tanh(W_in x_t + b_in + W_hn (r * h) + b_hn)           reset before
 *     h_t = (1 - z) * n + z * h                                  h = h_(t-1)
 *
 * x_t [N, D], h [N, H], W_ih [3H, D], W_hh [3H, H], biases [3H]: blocks of rows r, z, n. Dropout of the state is put on h
 * in every product with W_h, reset before: W_hn (r * m * h), and not on z * h.
 */
export const gruCell: CellBuilder = (weights, config) =>
  config.resetAfter ? resetAfter(weights, config) : resetBefore(weights, config);

const resetAfter: CellBuilder = ({ input, recurrent }) => {
  const fromInput = linearMap(input);
  const fromHidden = linearMap(recurrent!);
  return (x, { h }) => {
    const [xr, xz, xn] = tf.split<tf.Tensor2D>(fromInput(x), 3, 1);
    const [hr, hz, hn] = tf.split<tf.Tensor2D>(fromHidden(h), 3, 1);
    const r = tf.sigmoid<tf.Tensor2D>(tf.add(xr, hr));
    const z = tf.sigmoid<tf.Tensor2D>(tf.add(xz, hz));
    const n = tf.tanh<tf.Tensor2D>(tf.add(xn, tf.mul(r, hn)));
    return { h: blend(z, n, h) };
  };
};

const resetBefore: CellBuilder = ({ input, recurrent }, { hiddenSize }) => {
  const [forGates, forCandidate] = splitRows(recurrent!, [2 * hiddenSize, hiddenSize]);
  const fromInput = linearMap(input);
  const gatesFromHidden = linearMap(forGates);
  const candidateFromReset = linearMap(forCandidate);
  return (x, { h }) => {
    const [xrz, xn] = tf.split<tf.Tensor2D>(fromInput(x), [2 * hiddenSize, hiddenSize], 1);
    const [r, z] = tf.split<tf.Tensor2D>(tf.sigmoid<tf.Tensor2D>(tf.add(xrz, gatesFromHidden(h))), 2, 1);
    const n = tf.tanh<tf.Tensor2D>(tf.add(xn, candidateFromReset(tf.mul(r, h))));
    return { h: blend(z, n, h) };
  };
};

/** (1 - z) * n + z * h */
function blend(z: tf.Tensor2D, n: tf.Tensor2D, h: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.mul(tf.sub(1, z), n), tf.mul(z, h));
}

/** A layer's recurrent weights as two maps, each with its rows. */
function splitRows({ weight, bias, gain, mask }: LinearWeights, sizes: number[]): LinearWeights[] {
  const weights = tf.split<tf.Tensor2D>(weight, sizes, 0);
  const biases = tf.split<tf.Tensor1D>(bias!, sizes, 0);
  const gains = gain && tf.split<tf.Tensor1D>(gain, sizes, 0);
  return sizes.map((_, i) => ({ weight: weights[i], bias: biases[i], gain: gains?.[i], mask }));
}
