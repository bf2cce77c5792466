import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, numbers, seeds, shapes } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const types = ['float32', 'int32', 'bool'] as const;
const tensors = fc.record({
  shape: shapes({ min: 1, max: 5 }),
  dtype: fc.constantFrom(...types),
  seed: seeds,
  choices: fc.array(fc.nat(1000), { minLength: 10, maxLength: 10 }),
});
type Case = typeof tensors extends fc.Arbitrary<infer Value> ? Value : never;

function make({ shape, dtype, seed }: Case): tf.Tensor {
  const x = numbers(shape, seed);
  return dtype === 'bool' ? tf.greater(x, 0) : tf.cast(tf.mul(x, 100), dtype);
}

const operations: Record<string, (x: tf.Tensor, choices: readonly number[]) => tf.Tensor> = {
  slice: (x, choices) => {
    const begin = x.shape.map((size, axis) => choices[axis] % (size + 1));
    const size = x.shape.map((most, axis) => choices[axis + 5] % (most - begin[axis] + 1));
    return tf.slice(x, begin, size);
  },
  'slice of one axis': (x, choices) => {
    const axis = choices[0] % x.rank;
    const begin = x.shape.map((size, i) => (i === axis ? choices[1] % (size + 1) : 0));
    return tf.slice(x, begin, -1 as never);
  },
  reverse: (x, choices) =>
    tf.reverse(
      x,
      x.shape.map((_, axis) => axis).filter((axis) => choices[axis] % 2 === 0),
    ),
  tile: (x, choices) =>
    tf.tile(
      x,
      x.shape.map((_, axis) => choices[axis] % 4),
    ),
  transpose: (x, choices) => {
    const axes = x.shape.map((_, axis) => axis);
    return tf.transpose(
      x,
      axes.sort((i, j) => choices[i] - choices[j]),
    );
  },
  'transpose of matrices': (x) => {
    const axes = x.shape.map((_, axis) => axis);
    return tf.transpose(x, [...axes.slice(0, -2), ...axes.slice(-2).reverse()]);
  },
};

describe.each(Object.entries(operations))('%s', (_, operation) => {
  it('equals the cpu backend, whatever the type', async () => {
    await fc.assert(
      fc.asyncProperty(tensors, async (one) => {
        await expectAsOnCpu(() => operation(make(one), one.choices), 0);
      }),
      { numRuns: CASES },
    );
  });
});

describe('slice', () => {
  it('copies what it returns, not the tensor that it is taken from', () => {
    // tfjs reads back the whole tensor for each slice: 64 steps of 4 MiB took 100 ms.
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8;
    const x = tf.zeros([64, 16384]);
    const slice = Uint8Array.prototype.slice;
    let bytes = 0;
    Uint8Array.prototype.slice = function (...range) {
      const copy = slice.apply(this, range);
      if (this.buffer === heap().buffer) bytes += copy.byteLength;
      return copy;
    };
    try {
      tf.dispose(tf.unstack(x));
      tf.dispose(tf.slice(x, [3, 5], [2, 7]));
      expect(bytes).toBe(0);
    } finally {
      Uint8Array.prototype.slice = slice;
    }
  });

  it('refuses what does not fit', () => {
    expect(() => tf.slice(tf.zeros([3]), [2], [2])).toThrow(/slice/i);
  });

  it('leaves strings to tfjs', () => {
    expect(tf.slice(tf.tensor1d(['a', 'b', 'c']), [1], [2]).dataSync()).toEqual(['b', 'c']);
  });
});
