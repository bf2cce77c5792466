import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planBroadcast } from './broadcast.js';
import { awkwardNumbers, broadcastShapes, CASES, expectAsOnCpu, seeds } from './fixtures/backends.js';

const operations = {
  add: tf.add,
  sub: tf.sub,
  mul: tf.mul,
  div: tf.div,
  maximum: tf.maximum,
  minimum: tf.minimum,
  greater: tf.greater,
  greaterEqual: tf.greaterEqual,
  less: tf.less,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
  prelu: (a: tf.Tensor, b: tf.Tensor) => tf.prelu(a, b),
};

describe.each(Object.entries(operations))('%s', (name, operation) => {
  it('equals the cpu backend: every broadcast, and numbers that are none', async () => {
    await fc.assert(
      fc.asyncProperty(broadcastShapes, seeds, async ({ a, b }, seed) => {
        // The slopes of prelu must not be larger than its input.
        if (name === 'prelu' && !fits(b, a)) return;
        await expectAsOnCpu(() => operation(awkwardNumbers(a, seed), awkwardNumbers(b, seed + 1)), 1e-7);
      }),
      { numRuns: name === 'prelu' ? 2 * CASES : CASES },
    );
  });

  it('leaves integers to tfjs', async () => {
    if (name === 'prelu') return expect(name).toBe('prelu'); // floats only
    const integers = () => [tf.tensor1d([7, -7, 0], 'int32'), tf.tensor1d([2, 2, 5], 'int32')] as const;
    await expectAsOnCpu(() => operation(...integers()));
  });
});

/** Whether `b` broadcasts to `a`. */
function fits(b: readonly number[], a: readonly number[]): boolean {
  if (b.length > a.length) return false;
  return b.every((size, i) => size === 1 || size === a[a.length - b.length + i]);
}

describe('planBroadcast', () => {
  it('makes one axis of those that behave alike', () => {
    expect(planBroadcast([4, 5, 6], [4, 5, 6], [4, 5, 6])).toEqual({
      sizes: [120],
      aStrides: [1],
      bStrides: [1],
    });
    expect(planBroadcast([2, 3, 4, 5], [4, 5], [2, 3, 4, 5])).toEqual({
      sizes: [6, 20],
      aStrides: [20, 1],
      bStrides: [0, 1],
    });
    expect(planBroadcast([2, 1, 3], [7, 1], [2, 7, 3])).toEqual({
      sizes: [2, 7, 3],
      aStrides: [3, 0, 1],
      bStrides: [0, 1, 0],
    });
  });
});
