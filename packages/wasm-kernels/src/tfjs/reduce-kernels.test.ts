import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { awkwardNumbers, CASES, expectAsOnCpu, numbers, seeds, shapes, values } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** A shape, and some of its axes. */
const reductions = fc
  .record({
    shape: shapes({ min: 1, max: 5 }),
    chosen: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
    keepDims: fc.boolean(),
    seed: seeds,
  })
  .map(({ shape, chosen, ...rest }) => ({
    shape,
    axes: shape.map((_, axis) => axis).filter((axis) => chosen[axis]),
    ...rest,
  }));

const sums = { sum: tf.sum, mean: tf.mean };
const normalizations = { logSoftmax: tf.logSoftmax, softmax: tf.softmax, logSumExp: tf.logSumExp };

describe('sum, mean and max', () => {
  it.each(['sum', 'mean'] as const)('%s equals the cpu backend over any axes', async (name) => {
    await fc.assert(
      fc.asyncProperty(reductions, async ({ shape, axes, keepDims, seed }) => {
        if (name === 'mean' && shape.includes(0)) return; // 0 / 0
        // Moved away from 0: where sums cancel, the cpu backend has few digits itself.
        await expectAsOnCpu(() => sums[name](tf.add(numbers(shape, seed), 1), axes, keepDims));
      }),
      { numRuns: CASES + 50 },
    );
  });

  it('max equals the cpu backend over any axes, NaN and infinity included', async () => {
    await fc.assert(
      fc.asyncProperty(reductions, async ({ shape, axes, keepDims, seed }) => {
        if (shape.includes(0)) return; // has no largest number
        await expectAsOnCpu(() => tf.max(awkwardNumbers(shape, seed), axes, keepDims));
      }),
      { numRuns: CASES + 50 },
    );
  });

  it('sums nothing to 0, where tfjs returns what the memory held', async () => {
    await expectAsOnCpu(() => tf.sum(tf.zeros([0, 40]), 0));
    await expectAsOnCpu(() => tf.sum(tf.zeros([0, 40], 'int32'), 0));
  });

  it('leaves integers to tfjs', async () => {
    await expectAsOnCpu(() => tf.sum(tf.tensor2d([1, 2, 3, 4], [2, 2], 'int32'), 0));
    await expectAsOnCpu(() => tf.mean(tf.tensor2d([1, 2, 3, 5], [2, 2], 'int32'), 0));
    await expectAsOnCpu(() => tf.max(tf.tensor2d([1, 2, 3, 5], [2, 2], 'int32'), 0));
  });

  it('sums a million numbers to seven digits', () => {
    const x = values(2 ** 20, 3).map((value) => value + 3);
    const exact = x.reduce((sum, value) => sum + value, 0);
    const sum = tf.tidy(() => tf.sum(tf.tensor1d(x)).dataSync()[0]);
    expect(Math.abs(sum / exact - 1)).toBeLessThan(2e-7);
  });
});

describe('what is made of them', () => {
  it.each(['logSoftmax', 'softmax', 'logSumExp'] as const)('%s equals the cpu backend', async (name) => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 1, max: 3 }), seeds, async (shape, seed) => {
        if (shape.includes(0)) return;
        await expectAsOnCpu(() => normalizations[name](tf.mul(numbers(shape, seed), 20), -1));
      }),
      { numRuns: CASES },
    );
  });
});
