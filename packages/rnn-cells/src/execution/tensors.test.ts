import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { createParameter } from '../parameters/parameter.js';
import { lossAndGradients, parameterTensors } from './tensors.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function parameter(name: string, values: number[]): Parameter {
  const made = createParameter(name, [values.length]);
  made.data.set(values);
  return made;
}

describe('lossAndGradients', () => {
  it('returns the loss and overwrites the gradients', async () => {
    const a = parameter('a', [1, 2]);
    const b = parameter('b', [3, 5]);
    const loss = () =>
      lossAndGradients([a, b], (weights) => tf.sum(tf.mul(weights.get('a')!, weights.get('b')!)));
    expect((await loss()).loss).toBe(13);
    expect((await loss()).loss).toBe(13);
    expect([...a.gradient]).toEqual([3, 5]);
    expect([...b.gradient]).toEqual([1, 2]);
  });

  it('reads what else is wanted, the loss itself among it, and leaves no tensor behind', async () => {
    const a = parameter('a', [1, 2]);
    const before = tf.memory().numTensors;
    const { loss, read } = await lossAndGradients([a], (weights) => {
      const twice = tf.mul(weights.get('a')!, 2);
      const sum = tf.sum(twice) as tf.Scalar;
      return { loss: sum, read: [twice, sum, weights.get('a')!] };
    });
    expect(loss).toBe(6);
    expect(read.map((values) => [...values])).toEqual([[2, 4], [6], [1, 2]]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('gives a parameter that the loss does not depend on the gradient zero', async () => {
    const used = parameter('used', [2]);
    const unused = parameter('unused', [7]);
    unused.gradient.fill(9);
    await lossAndGradients([used, unused], (weights) => tf.sum(tf.square(weights.get('used')!)));
    expect([...used.gradient]).toEqual([4]);
    expect([...unused.gradient]).toEqual([0]);
  });

  it('leaves the gradients alone when the loss throws, and works again afterwards', async () => {
    const a = parameter('a', [1]);
    a.gradient.fill(5);
    const fail = lossAndGradients([a], (weights) => {
      tf.square(weights.get('a')!);
      throw new Error('no loss');
    });
    await expect(fail).rejects.toThrow('no loss');
    expect([...a.gradient]).toEqual([5]);
    expect((await lossAndGradients([a], (weights) => tf.sum(weights.get('a')!))).loss).toBe(1);
  });
});

describe('parameterTensors', () => {
  it('takes those with the prefix, by the rest of their names', () => {
    const tensors = parameterTensors(
      [parameter('rnn.weight', [1, 2]), parameter('decoder.bias', [3])],
      'rnn.',
    );
    expect([...tensors.keys()]).toEqual(['weight']);
    expect([...tensors.get('weight')!.dataSync()]).toEqual([1, 2]);
  });
});
