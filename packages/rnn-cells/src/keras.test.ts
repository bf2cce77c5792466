import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { stateTensors } from './execution/tensors.js';
import { unroll } from './execution/unroll.js';
import { zeroState } from './parameters/zero-state.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

// The golden values of Keras's own tests (lstm_test.py and gru_test.py, test_correctness): input arange(72) as
// [3, 6, 4], 3 units, every kernel weight 0.01, recurrent 0.02, bias 0.03, sigmoid gates. Two of Keras's defaults
// stand behind them: an LSTM's forget bias is 1 (unit_forget_bias), and a GRU resets after the product with a
// bias on either side of it, 0.03 each. A row's three units are equal.
const lstmWeights = {
  weight_ih_l0: () => tf.fill([12, 4], 0.01),
  weight_hh_l0: () => tf.fill([12, 3], 0.02),
  bias_ih_l0: () => tf.concat([tf.fill([3], 0.03), tf.ones([3]), tf.fill([6], 0.03)]), // i, f, g and o
  bias_hh_l0: () => tf.zeros([12]),
};
const gruWeights = {
  weight_ih_l0: () => tf.fill([9, 4], 0.01),
  weight_hh_l0: () => tf.fill([9, 3], 0.02),
  bias_ih_l0: () => tf.fill([9], 0.03),
  bias_hh_l0: () => tf.fill([9], 0.03),
};

function lastOutputs(cell: 'lstm' | 'gru', reverse: boolean): number[] {
  return tf.tidy(() => {
    const config = { cell, inputSize: 4, hiddenSize: 3 };
    const values = cell === 'lstm' ? lstmWeights : gruWeights;
    const weights = new Map(Object.entries(values).map(([name, make]) => [name, make()]));
    const inputs = tf.reshape(tf.range(0, 72, 1, 'float32'), [3, 6, 4]) as tf.Tensor3D;
    const start = stateTensors(zeroState(config, 3), 3);
    const { state, outputs } = unroll(config, weights, inputs, start, { reverse });
    // Keras's last output is the one after the last step read: reversed, that is position 0.
    const last = outputs.arraySync().map((row) => row[reverse ? 0 : 5]);
    expect(state[0].h.arraySync()).toEqual(last);
    for (const row of last) for (const unit of row) expect(unit).toBeCloseTo(row[0], 6);
    return last.map(([unit]) => unit);
  });
}

describe("Keras's golden values", () => {
  it.each([
    ['lstm', false, [0.6288687, 0.86899155, 0.9460773]],
    ['lstm', true, [0.35622165, 0.74789524, 0.8872726]],
    ['gru', false, [0.5217289, 0.6371659, 0.39384964]],
    ['gru', true, [0.24406259, 0.611516, 0.3928808]],
  ] as const)('%s, reversed: %s', (cell, reverse, expected) => {
    lastOutputs(cell, reverse).forEach((value, row) => {
      expect(Math.abs(value - expected[row])).toBeLessThan(1e-5);
    });
  });
});
