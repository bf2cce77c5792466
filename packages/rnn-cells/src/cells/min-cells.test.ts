import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { unroll } from '../execution/unroll.js';
import type { RecurrentConfig } from '../parameters/recurrent-config.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** minLSTM with one unit, in float64: the sum of its outputs. 1 / f and 1 / i are finite for sums above -700. */
function naive(weights: readonly number[], biases: readonly number[], inputs: readonly number[]): number {
  let h = 0;
  let sum = 0;
  for (const x of inputs) {
    const [sf, si, sn] = weights.map((weight, row) => weight * x + biases[row]);
    const forget = 1 / (1 + (1 + Math.exp(-sf)) / (1 + Math.exp(-si)));
    const renew = 1 / (1 + (1 + Math.exp(-si)) / (1 + Math.exp(-sf)));
    h = forget * h + renew * (sn >= 0 ? sn + 0.5 : 1 / (1 + Math.exp(-sn)));
    sum += h;
  }
  return sum;
}

function ours(
  weights: readonly number[],
  biases: readonly number[],
  inputs: readonly number[],
  path: 'fused' | 'reference',
) {
  const config: RecurrentConfig = { cell: 'minlstm', inputSize: 1, hiddenSize: 1 };
  return tf.tidy(() => {
    const loss = (weight: tf.Tensor, bias: tf.Tensor) => {
      const named = new Map([
        ['weight_ih_l0', weight],
        ['bias_ih_l0', bias],
      ]);
      const sequence = tf.tensor3d([...inputs], [1, inputs.length, 1]);
      return tf.sum(unroll(config, named, sequence, [{ h: tf.zeros([1, 1]) }], { path }).outputs);
    };
    const given = [tf.tensor2d([...weights], [3, 1]), tf.tensor1d([...biases])];
    const { value, grads } = tf.valueAndGrads(loss)(given);
    return { sum: value.dataSync()[0], gradients: grads.flatMap((gradient) => [...gradient.dataSync()]) };
  });
}

// Either path has a formula of its own.
describe.each(['fused', 'reference'] as const)('minLSTM, %s', (path) => {
  it.each([0, -20, -47, -50, -55, -70, -85, -88, -90, -104, -110, -1000, 50, 110])(
    'is right where both gates have a bias of %d',
    (bias) => {
      const { sum, gradients } = ours([1, 1, 1], [bias, bias, 0], [0.3, 0.1], path);
      const expected = naive([1, 1, 1], [Math.max(bias, -600), Math.max(bias, -600), 0], [0.3, 0.1]);
      expect(sum).toBeCloseTo(expected, 5);
      if (bias > -50) return;
      expect(sum).toBeCloseTo(0.9, 5);
      expect(gradients[3]).toBeCloseTo(-0.35, 3);
      expect(gradients[4]).toBeCloseTo(0.35, 3);
      expect(gradients[5]).toBeCloseTo(1.25, 3);
    },
  );

  it('has the outputs and gradients of float64 for any weights, biases and inputs', () => {
    const three = (most: number) =>
      fc.tuple(
        ...([0, 1, 2] as const).map(() => fc.integer({ min: -8 * most, max: 8 * most }).map((n) => n / 8)),
      );
    const inputs = fc.array(
      fc.integer({ min: -16, max: 16 }).map((n) => n / 8),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(three(8), three(300), inputs, (weights, biases, sequence) => {
        biases[2] %= 4;
        const { sum, gradients } = ours(weights, biases, sequence, path);
        const scale = Math.max(1, Math.abs(naive(weights, biases, sequence)));
        expect(Math.abs(sum - naive(weights, biases, sequence)) / scale).toBeLessThan(1e-4);
        const numeric = [...weights, ...biases].map((_, k) => {
          const at = (change: number) => {
            const moved = [...weights, ...biases].map((value, i) => (i === k ? value + change : value));
            return naive(moved.slice(0, 3), moved.slice(3), sequence);
          };
          return { above: (at(1e-5) - at(0)) / 1e-5, below: (at(0) - at(-1e-5)) / 1e-5 };
        });
        numeric.forEach(({ above, below }, i) => {
          // Where the candidate's sum is 0 the derivative jumps: either side is right.
          const [least, most] = [Math.min(above, below), Math.max(above, below)];
          const slack = 1e-3 * Math.max(1, Math.abs(least), Math.abs(most));
          expect(gradients[i]).toBeGreaterThanOrEqual(least - slack);
          expect(gradients[i]).toBeLessThanOrEqual(most + slack);
        });
      }),
      { numRuns: path === 'fused' ? 200 : 60 },
    );
  });
});
