import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awkwardNumbers, CASES, expectAsOnCpu, numbers, seeds, shapes } from './fixtures/backends.js';

const signs = (shape: number[], seed: number) => tf.greater(numbers(shape, seed), 0);

describe('logicalAnd and where', () => {
  it('logicalAnd equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 0, max: 4 }), seeds, async (shape, seed) => {
        await expectAsOnCpu(() => tf.logicalAnd(signs(shape, seed), signs(shape, seed + 1)));
      }),
      { numRuns: CASES },
    );
  });

  it('logicalAnd takes any byte but 0 as true', async () => {
    await tf.setBackend('wasm');
    const a = Uint8Array.from({ length: 40 }, (_, i) => i % 4);
    const b = Uint8Array.from({ length: 40 }, (_, i) => 8 - (i % 3) * 4);
    const both = tf.logicalAnd(tf.tensor1d(a, 'bool'), tf.tensor1d(b, 'bool')).dataSync();
    expect([...both]).toEqual([...a].map((value, i) => (value && b[i] ? 1 : 0)));
  });

  it('where equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 0, max: 4 }), seeds, async (shape, seed) => {
        await expectAsOnCpu(
          () =>
            tf.where(signs(shape, seed), awkwardNumbers(shape, seed + 1), awkwardNumbers(shape, seed + 2)),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('what broadcasts, and integers, are left to tfjs', async () => {
    await expectAsOnCpu(() => tf.logicalAnd(tf.tensor2d([[true], [false]]), tf.tensor1d([true, false])));
    const [yes, no] = [() => tf.tensor1d([1, 2], 'int32'), () => tf.tensor1d([3, 4], 'int32')];
    await expectAsOnCpu(() => tf.where(tf.tensor1d([true, false]), yes(), no()));
  });
});
