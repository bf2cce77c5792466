import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, numbers, seeds, shapes } from './fixtures/backends.js';

const types = ['float32', 'int32', 'bool'] as const;
const cases = fc.record({
  shape: shapes({ min: 1, max: 4 }, 3000),
  axis: fc.nat(3),
  dtype: fc.constantFrom(...types),
  parts: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
  seed: seeds,
});

function typed(shape: number[], dtype: (typeof types)[number], seed: number): tf.Tensor {
  const x = numbers(shape, seed);
  return dtype === 'bool' ? tf.greater(x, 0) : tf.cast(tf.mul(x, 100), dtype);
}

describe('split, unstack, concat and stack', () => {
  it('split equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, parts, seed, ...rest }) => {
        const axis = rest.axis % shape.length;
        const whole = shape.with(
          axis,
          parts.reduce((sum, size) => sum + size, 0),
        );
        await expectAsOnCpu(() => tf.split(typed(whole, dtype, seed), parts, axis), 0);
      }),
      { numRuns: CASES },
    );
  });

  it('unstack equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, seed, ...rest }) => {
        const axis = rest.axis % shape.length;
        if (shape[axis] === 0) return;
        await expectAsOnCpu(() => tf.unstack(typed(shape, dtype, seed), axis), 0);
      }),
      { numRuns: CASES + 50 },
    );
  });

  it('concat equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, parts, seed, ...rest }) => {
        const axis = rest.axis % shape.length;
        await expectAsOnCpu(
          () =>
            tf.concat(
              parts.map((size, i) => typed(shape.with(axis, size), dtype, seed + i)),
              axis,
            ),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('concat converts to the first type as the cpu backend does', async () => {
    const mixed = fc.array(fc.constantFrom(...types), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(cases, mixed, async ({ shape, seed, ...rest }, dtypes) => {
        const axis = rest.axis % shape.length;
        await expectAsOnCpu(
          () =>
            tf.concat(
              dtypes.map((dtype, i) => typed(shape, dtype, seed + i)),
              axis,
            ),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('stack equals the cpu backend', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async ({ shape, dtype, parts, seed, ...rest }) => {
        const axis = rest.axis % (shape.length + 1);
        await expectAsOnCpu(
          () =>
            tf.stack(
              parts.map((_, i) => typed(shape, dtype, seed + i)),
              axis,
            ),
          0,
        );
      }),
      { numRuns: CASES },
    );
  });

  it('leaves strings to tfjs', async () => {
    await tf.setBackend('wasm');
    const parts = [tf.tensor1d(['a']), tf.tensor1d(['b', 'c'])];
    expect(tf.concat(parts).dataSync()).toEqual(['a', 'b', 'c']);
  });
});
