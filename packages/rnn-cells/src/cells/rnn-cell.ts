import * as tf from '@tensorflow/tfjs-core';
import type { CellBuilder } from './cell.js';
import { linearMap } from './linear.js';

/**
 * Elman's recurrent layer (chapter, "Recurrent networks"; PyTorch `nn.RNN`).
 *
 *     h_t = phi(W_ih x_t + b_ih + W_hh h_(t-1) + b_hh)          phi: tanh or relu
 *
 * x_t [N, D], h [N, H], W_ih [H, D], W_hh [H, H], biases [H]. Dropout of the state is put on h in W_hh h.
 */
export const rnnCell: CellBuilder = ({ input, recurrent }, { nonlinearity }) => {
  const fromInput = linearMap(input);
  const fromHidden = linearMap(recurrent!);
  const phi = nonlinearity === 'relu' ? tf.relu : tf.tanh;
  return (x, { h }) => ({ h: phi(tf.add(fromInput(x), fromHidden(h))) });
};
