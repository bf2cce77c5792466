import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { bidirectional } from './bidirectional.js';
import { assignWeights, weightTensors } from './layer-weights.js';
import { dense } from './operation-layers.js';
import { gru, lstm } from './recurrent-layers.js';
import { stack } from './stack.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function network(seed: number) {
  const random = Random.seeded(seed);
  const one = (inputSize: number) => lstm({ inputSize, hiddenSize: 3, random });
  return stack([bidirectional(one(2), lstm({ inputSize: 2, hiddenSize: 3, random, reverse: true })), one(6)]);
}

describe('weights of layers', () => {
  it('carry a network over to another, under a prefix', async () => {
    const [first, second] = [network(1), network(2)];
    const tensors = await weightTensors(first, { prefix: 'encoder.' });
    expect(Object.keys(tensors)).toContain('encoder.weight_ih_l0_reverse');
    expect(Object.keys(tensors)).toContain('encoder.bias_hh_l1');
    assignWeights(second, new Map(Object.entries(tensors)), { prefix: 'encoder.' });
    const inputs = tf.randomNormal<tf.Rank.R3>([2, 4, 2]);
    const [ours, theirs] = [first, second].map((layer) => [...layer.unroll(inputs).outputs.dataSync()]);
    expect(ours).toEqual(theirs);
  });

  it('are copies, of operations with weights too', async () => {
    const layer = dense({ inputSize: 2, outputSize: 1, random: Random.seeded(1) });
    const before = await weightTensors(layer);
    const changed = { ...before, bias: { dtype: 'F64', shape: [1], data: Float64Array.of(7) } };
    assignWeights(layer, changed);
    expect([...layer.weights.get('bias')!.dataSync()]).toEqual([7]);
    expect(before.bias.data[0]).not.toBe(7);
  });

  it('are all assigned or none, and refusals name the weight', async () => {
    const layer = gru({ inputSize: 2, hiddenSize: 3, random: Random.seeded(1) });
    const before = await weightTensors(layer);
    const other = await weightTensors(gru({ inputSize: 2, hiddenSize: 3, random: Random.seeded(2) }));
    const { bias_hh_l0: bias, ...rest } = other;
    expect(() => assignWeights(layer, rest)).toThrow("weights: expected one named 'bias_hh_l0'");
    expect(() => assignWeights(layer, { ...rest, bias_hh_l0: { ...bias, shape: [3, 3] } })).toThrow(
      'bias_hh_l0: expected the shape [9], got',
    );
    expect(() => assignWeights(layer, { ...rest, bias_hh_l0: { ...bias, dtype: 'BF16' } })).toThrow(
      'bias_hh_l0: expected F32 or F64',
    );
    expect(await weightTensors(layer)).toEqual(before);
  });
});
