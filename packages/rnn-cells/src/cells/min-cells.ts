import * as tf from '@tensorflow/tfjs-core';
import type { CellBuilder } from './cell.js';
import { linearMap } from './linear.js';

/**
 * minGRU (Feng et al. 2024, "Were RNNs all we needed?", the form of their experiments): gate and candidate see
 * the input only.
 *
 *     z  = sigmoid(W_iz x_t + b_iz)
 *     n  = positive(W_in x_t + b_in)
 *     h_t = (1 - z) * h_(t-1) + z * n
 *
 * x_t [N, D], h [N, H], W_ih [2H, D], b_ih [2H]: blocks of rows z, n. z weighs the new, where a GRU's weighs the old.
 */
export const minGruCell: CellBuilder = ({ input }) => {
  const fromInput = linearMap(input);
  return (x, { h }) => {
    const [sz, sn] = tf.split<tf.Tensor2D>(fromInput(x), 2, 1);
    const z = tf.sigmoid<tf.Tensor2D>(sz);
    return { h: tf.add(tf.mul(tf.sub(1, z), h), tf.mul(z, positive(sn))) };
  };
};

/**
 * minLSTM (Feng et al. 2024): forget and input gate made to sum to 1; the state is h alone.
 *
 *     f  = sigmoid(W_if x_t + b_if)
 *     i  = sigmoid(W_ii x_t + b_ii)
 *     n  = positive(W_in x_t + b_in)
 *     h_t = (f * h_(t-1) + i * n) / (f + i)
 *
 * Computed in log space, as in the paper's appendix: f / (f + i) = sigmoid(d) and i / (f + i) = sigmoid(-d), where
 * d = softplus(-s_i) - softplus(-s_f) and s are the gates' sums. The formula above divides 0 by 0 where both sums are far below 0.
 *
 * x_t [N, D], h [N, H], W_ih [3H, D], b_ih [3H]: blocks of rows f, i, n.
 */
export const minLstmCell: CellBuilder = ({ input }) => {
  const fromInput = linearMap(input);
  return (x, { h }) => {
    const [sf, si, sn] = tf.split<tf.Tensor2D>(fromInput(x), 3, 1);
    const logRatio: tf.Tensor2D = tf.sub(tf.softplus(tf.neg(si)), tf.softplus(tf.neg(sf)));
    const forget = tf.sigmoid<tf.Tensor2D>(logRatio);
    const renew = tf.sigmoid<tf.Tensor2D>(tf.neg(logRatio));
    return { h: tf.add(tf.mul(forget, h), tf.mul(renew, positive(sn))) };
  };
};

/** x + 1/2 where x is positive, sigmoid(x) elsewhere: continuous, and never negative (the paper's g). */
function positive(x: tf.Tensor2D): tf.Tensor2D {
  return tf.add(tf.relu(x), tf.sigmoid(tf.minimum(x, 0)));
}
