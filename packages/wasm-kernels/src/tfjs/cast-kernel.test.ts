import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, numbers, seeds, shapes } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const types = fc.constantFrom('float32' as const, 'int32' as const, 'bool' as const);

describe('cast', () => {
  it('equals the cpu backend from any type to any', async () => {
    const cases = fc.record({ shape: shapes({ min: 0, max: 4 }), from: types, to: types, seed: seeds });
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, from, to, seed }) => {
        await expectAsOnCpu(() => tf.cast(tf.cast(tf.mul(numbers(shape, seed), 100), from), to), 0);
      }),
      { numRuns: CASES },
    );
  });

  it('to booleans makes true of all that is not 0', () => {
    expect([...tf.cast(tf.tensor1d([0, -0, 0.5, 256, -1, Number.NaN]), 'bool').dataSync()]).toEqual([
      0, 0, 1, 1, 1, 1,
    ]);
  });

  it('to the same type shares the data, and neither tensor is the end of the other', () => {
    const { numBytes } = tf.memory();
    const x = tf.tensor1d([1, 2]);
    const same = tf.cast(x, 'float32');
    x.dispose();
    expect([...same.dataSync()]).toEqual([1, 2]);
    same.dispose();
    expect(tf.memory().numBytes).toBe(numBytes);
  });
});
