import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { orthogonal, type RecurrentConfig, recurrentParameters } from '@throughtime/rnn-cells';
import { beforeAll, describe, expect, it } from 'vitest';
import { jacobianNorms } from './jacobian-norms.js';
import { spectralNorm } from './matrix.js';
import { logSlope } from './matrix-powers.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const size = { inputSize: 3, hiddenSize: 6 };
const noise = (steps: number, scale = 1) => {
  const random = Random.seeded(2);
  return Float32Array.from({ length: steps * 3 }, () => scale * random.normal());
};

describe('jacobianNorms', () => {
  it.each([0.7, 1.2])('of an RNN that stays linear has the slope log rho (%f)', async (rho) => {
    // No input and no bias: h stays 0, where tanh has slope 1, and an orthogonal matrix lengthens by rho exactly.
    const config: RecurrentConfig = { cell: 'rnn', ...size };
    const parameters = recurrentParameters(config, {
      random: Random.seeded(1),
      initializer: orthogonal(rho),
    });
    const { hidden, cell } = await jacobianNorms(config, parameters, new Float32Array(20 * 3));
    expect(cell).toBeUndefined();
    expect(hidden.length).toBe(21);
    expect(hidden[0]).toBeCloseTo(1, 6);
    expect(logSlope(hidden)).toBeCloseTo(Math.log(rho), 4);
  });

  it('of an RNN is that of the product of its steps: diag(1 - h^2) W_hh', async () => {
    const config: RecurrentConfig = { cell: 'rnn', ...size };
    const parameters = recurrentParameters(config, { random: Random.seeded(4), initializer: orthogonal() });
    const [wx, wh, bx, bh] = parameters.map(({ data }) => data);
    const inputs = noise(2);
    const step = (x: Float32Array, h: number[]) =>
      h.map((_, j) => {
        const a = h.reduce((sum, value, k) => sum + wh[j * 6 + k] * value, bx[j] + bh[j]);
        return Math.tanh(x.reduce((sum, value, d) => sum + wx[j * 3 + d] * value, a));
      });
    const h2 = step(inputs.subarray(3), step(inputs.subarray(0, 3), new Array(6).fill(0)));
    const values = Float64Array.from(wh, (weight, at) => (1 - h2[Math.floor(at / 6)] ** 2) * weight);
    const { hidden } = await jacobianNorms(config, parameters, inputs);
    expect(hidden[1]).toBeCloseTo(spectralNorm({ rows: 6, columns: 6, values }), 5);
  });

  it('falls fastest in an RNN; an LSTM with open forget gates keeps its cell path', async () => {
    const norms = (config: RecurrentConfig, forgetBias?: number) => {
      const options = { random: Random.seeded(5), ...(forgetBias !== undefined && { forgetBias }) };
      return jacobianNorms(config, recurrentParameters(config, options), noise(24));
    };
    const rnn = await norms({ cell: 'rnn', ...size });
    const gru = await norms({ cell: 'gru', ...size });
    const lstm = await norms({ cell: 'lstm', ...size }, 5);
    expect(rnn.hidden[24]).toBeLessThan(1e-4);
    expect(gru.hidden[24]).toBeGreaterThan(10 * rnn.hidden[24]);
    expect(lstm.cell![24]).toBeGreaterThan(0.05);
  });

  it('tells tanh, which saturates, from ReLU, which does not', async () => {
    const at = async (nonlinearity: 'tanh' | 'relu') => {
      const config: RecurrentConfig = { cell: 'rnn', nonlinearity, ...size };
      const parameters = recurrentParameters(config, {
        random: Random.seeded(5),
        initializer: orthogonal(1.3),
      });
      return (await jacobianNorms(config, parameters, noise(16, 3))).hidden[16];
    };
    expect(await at('relu')).toBeGreaterThan(100 * (await at('tanh')));
  });

  it('leaves no tensors, and names what cannot be', async () => {
    const config: RecurrentConfig = { cell: 'gru', ...size };
    const parameters = recurrentParameters(config, { random: Random.seeded(1) });
    const before = tf.memory().numTensors;
    await jacobianNorms(config, parameters, noise(3));
    expect(tf.memory().numTensors).toBe(before);
    await expect(jacobianNorms(config, parameters, new Float32Array(4))).rejects.toThrow(
      'inputs.length: expected T x 3 values',
    );
    for (const [part, message] of [
      [{ layers: 2 }, 'config.layers: expected 1, got 2'],
      [{ bidirectional: true }, 'config.bidirectional: expected false, one direction, got true'],
      [
        { cell: 'lstm', projectionSize: 2 },
        'config.projectionSize: expected none, h being the whole state, got 2',
      ],
    ] as const) {
      const wrong: RecurrentConfig = { ...config, ...part };
      const own = recurrentParameters(wrong, { random: Random.seeded(1) });
      await expect(jacobianNorms(wrong, own, noise(2))).rejects.toThrow(message);
    }
  });
});
