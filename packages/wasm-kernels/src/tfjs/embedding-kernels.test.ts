import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, dimension, expectAsOnCpu, numbers, seeds, shapes, values } from './fixtures/backends.js';
import type { WasmBackend } from './wasm-backend.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Whole numbers in [from, to). */
function ids(shape: number[], from: number, to: number, seed: number): tf.Tensor {
  const all = values(tf.util.sizeFromShape(shape), seed).map(
    (value) => from + Math.floor(((value + 2) / 4) * (to - from)),
  );
  return tf.tensor(Int32Array.from(all), shape, 'int32');
}

function typed(shape: number[], dtype: string, seed: number): tf.Tensor {
  const x = numbers(shape, seed);
  return dtype === 'bool' ? tf.greater(x, 0) : tf.cast(tf.mul(x, 100), dtype as 'int32');
}

/** tfjs's heap, which is another object whenever it has grown. */
function heap(): Uint8Array {
  return (tf.backend() as unknown as WasmBackend).wasm.HEAPU8;
}

describe('gather', () => {
  const cases = fc.record({
    shape: shapes({ min: 1, max: 4 }, 3000),
    axis: fc.nat(3),
    indices: shapes({ min: 0, max: 2 }, 60),
    dtype: fc.constantFrom('float32', 'int32', 'bool'),
    seed: seeds,
  });

  it('equals the cpu backend along any axis', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, indices, dtype, seed, ...rest }) => {
        const axis = rest.axis % shape.length;
        if (shape[axis] === 0) return; // no row to take
        await expectAsOnCpu(
          () => tf.gather(typed(shape, dtype, seed), ids(indices, 0, shape[axis], seed), axis),
          0,
        );
      }),
      { numRuns: CASES + 50 },
    );
  });

  it('equals the cpu backend with batches of indices', async () => {
    const batches = fc.record({
      n: fc.integer({ min: 1, max: 5 }),
      rows: dimension,
      count: dimension,
      width: dimension,
    });
    await fc.assert(
      fc.asyncProperty(batches, seeds, async ({ n, rows, count, width }, seed) => {
        if (rows === 0) return;
        await expectAsOnCpu(
          () => tf.gather(numbers([n, rows, width], seed), ids([n, count], 0, rows, seed), 1, 1),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('takes indices of another backend, for which the heap has to grow', async () => {
    const { buffer } = heap();
    const count = buffer.byteLength / 4;
    await tf.setBackend('cpu');
    const indices = tf.fill([count], 2, 'int32') as tf.Tensor1D;
    await tf.setBackend('wasm');
    const table = tf.tensor1d([5, 6, 7]);
    const taken = tf.gather(table, indices);
    expect(heap().buffer).not.toBe(buffer);
    expect(tf.all(tf.equal(taken, 7)).dataSync()[0]).toBe(1);
    tf.dispose([indices, table, taken]);
  });

  it('refuses an index outside, and says which', () => {
    const table = tf.zeros([3, 2]);
    expect(() => tf.gather(table, tf.tensor1d([0, 3], 'int32'))).toThrow(/value 3 is not in \[0, 2\]/);
    expect(() => tf.gather(table, tf.tensor1d([-1], 'int32'))).toThrow(/value -1 /);
  });

  it('has a gradient: an embedding can be trained', () => {
    // tfjs: "Kernel 'UnsortedSegmentSum' not registered for backend 'wasm'".
    const gradient = tf.grad((table: tf.Tensor) => tf.gather(table, tf.tensor1d([1, 1, 2], 'int32')));
    expect([...gradient(tf.zeros([3, 2])).dataSync()]).toEqual([0, 0, 2, 2, 1, 1]);
  });
});

describe('unsortedSegmentSum', () => {
  const cases = fc.record({
    rows: dimension,
    rest: shapes({ min: 0, max: 2 }, 200),
    segments: fc.integer({ min: 1, max: 70 }),
    seed: seeds,
  });

  it('equals the cpu backend; rows whose id lies outside are left out', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, rest, segments, seed }) => {
        if (rows === 0) return; // the cpu backend cannot
        await expectAsOnCpu(() =>
          tf.unsortedSegmentSum(
            numbers([rows, ...rest], seed),
            ids([rows], -2, segments + 2, seed) as tf.Tensor1D,
            segments,
          ),
        );
      }),
      { numRuns: CASES + 50 },
    );
  });

  it('refuses ids that do not fit the rows', () => {
    const x = tf.ones([3, 2]);
    const sum = (count: number) => tf.unsortedSegmentSum(x, tf.zeros([count], 'int32') as tf.Tensor1D, 2);
    expect([...sum(3).dataSync()]).toEqual([3, 3, 0, 0]);
    for (const count of [2, 4, 1000]) {
      expect(() => sum(count)).toThrow(`segmentIds, [${count}], must be how that of x begins, [3,2]`);
    }
    const tooMany = tf.zeros([3, 2, 1], 'int32') as tf.Tensor as tf.Tensor1D;
    expect(() => tf.unsortedSegmentSum(x, tooMany, 2)).toThrow('segmentIds, [3,2,1]');
  });

  it('adds integers, too', () => {
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4], 'int32'), tf.tensor1d([0, 2, 0], 'int32'), 3);
    expect([...sums.dataSync()]).toEqual([5, 0, 2]);
  });
});

describe('oneHot', () => {
  it('equals the cpu backend in every type, also for ids outside', async () => {
    const cases = fc.record({
      shape: shapes({ min: 0, max: 3 }, 200),
      depth: fc.integer({ min: 2, max: 70 }), // tf.oneHot takes no less
      dtype: fc.constantFrom('float32', 'int32', 'bool'),
      on: fc.constantFrom(1, 1, 5),
      seed: seeds,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, depth, dtype, on, seed }) => {
        await expectAsOnCpu(
          () => tf.oneHot(ids(shape, -1, depth + 1, seed), depth, on, 0, dtype as 'float32'),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('writes floats as floats', () => {
    // tfjs writes the bits of an integer: 1.4e-45.
    expect([...tf.oneHot(tf.tensor1d([1], 'int32'), 3, 1, 0, 'float32').dataSync()]).toEqual([0, 1, 0]);
  });
});
