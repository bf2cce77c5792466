import * as tf from '@tensorflow/tfjs-core';
import type { CellBuilder } from './cell.js';
import { linearMap, normalize } from './linear.js';

/**
 * Long short-term memory (chapter; PyTorch `nn.LSTM`).
 *
 *     i  = sigmoid(W_ii x_t + b_ii + W_hi h + b_hi [+ p_i * c])
 *     f  = sigmoid(W_if x_t + b_if + W_hf h + b_hf [+ p_f * c])
 *     g  = tanh   (W_ig x_t + b_ig + W_hg h + b_hg)
 *     c_t = f * c + i * g
 *     o  = sigmoid(W_io x_t + b_io + W_ho h + b_ho [+ p_o * c_t])
 *     h_t = [W_hr] (o * tanh([norm] c_t))                        h = h_(t-1), c = c_(t-1)
 *
 * In brackets: peepholes p [3, H], projection W_hr [P, H], layer norm of the cell.
 * Dropout of the state is put on h in W_h h.
 * Shapes: x_t [N, D], h [N, H] (or [N, P]), c [N, H], W_ih [4H, D], W_hh [4H, H], biases [4H]: blocks of rows i, f, g, o.
 */
export const lstmCell: CellBuilder = ({ input, recurrent, peephole, projection, cellNorm }) => {
  const fromInput = linearMap(input);
  const fromHidden = linearMap(recurrent!);
  const project = projection && linearMap({ weight: projection });
  const peepholes = peephole && tf.split<tf.Tensor2D>(peephole, 3, 0);
  const addPeephole = (gate: 0 | 1 | 2, sum: tf.Tensor2D, cell: tf.Tensor2D): tf.Tensor2D =>
    peepholes ? tf.add(sum, tf.mul(peepholes[gate], cell)) : sum;
  const normalized = (cell: tf.Tensor2D): tf.Tensor2D =>
    cellNorm ? tf.add(tf.mul(normalize(cell), cellNorm.gain), cellNorm.bias) : cell;

  return (x, { h, c }) => {
    const previous = c!;
    const [si, sf, sg, so] = tf.split<tf.Tensor2D>(tf.add(fromInput(x), fromHidden(h)), 4, 1);
    const i = tf.sigmoid(addPeephole(0, si, previous));
    const f = tf.sigmoid(addPeephole(1, sf, previous));
    const g = tf.tanh(sg);
    const cell: tf.Tensor2D = tf.add(tf.mul(f, previous), tf.mul(i, g));
    const o = tf.sigmoid(addPeephole(2, so, cell));
    const hidden: tf.Tensor2D = tf.mul(o, tf.tanh(normalized(cell)));
    return { h: project ? project(hidden) : hidden, c: cell };
  };
};
