import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { Parameter } from '@throughtime/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { lossAndGradients, parameterTensors } from './loss-and-gradients.js';
import { createParameter } from './parameter.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function parameter(name: string, values: number[]): Parameter {
  const made = createParameter(name, [values.length]);
  made.data.set(values);
  return made;
}

describe('lossAndGradients', () => {
  it('returns the loss and overwrites the gradients', () => {
    const a = parameter('a', [1, 2]);
    const b = parameter('b', [3, 5]);
    const loss = () =>
      lossAndGradients([a, b], (weights) => tf.sum(tf.mul(weights.get('a')!, weights.get('b')!)));
    expect(loss()).toBe(13);
    expect(loss()).toBe(13);
    expect([...a.gradient]).toEqual([3, 5]);
    expect([...b.gradient]).toEqual([1, 2]);
  });

  it('gives a parameter that the loss does not depend on the gradient zero', () => {
    const used = parameter('used', [2]);
    const unused = parameter('unused', [7]);
    unused.gradient.fill(9);
    lossAndGradients([used, unused], (weights) => tf.sum(tf.square(weights.get('used')!)));
    expect([...used.gradient]).toEqual([4]);
    expect([...unused.gradient]).toEqual([0]);
  });

  it('leaves the gradients alone when the loss throws, and works again afterwards', () => {
    const a = parameter('a', [1]);
    a.gradient.fill(5);
    const fail = () =>
      lossAndGradients([a], (weights) => {
        tf.square(weights.get('a')!);
        throw new Error('no loss');
      });
    expect(fail).toThrow('no loss');
    expect([...a.gradient]).toEqual([5]);
    expect(lossAndGradients([a], (weights) => tf.sum(weights.get('a')!))).toBe(1);
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
