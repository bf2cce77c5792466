import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { awkwardNumbers, CASES, expectAsOnCpu, seeds, shapes } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const operations: Record<string, (x: tf.Tensor) => tf.Tensor> = {
  exp: tf.exp,
  log: tf.log,
  sigmoid: tf.sigmoid,
  tanh: tf.tanh,
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  sqrt: tf.sqrt,
  square: tf.square,
  neg: tf.neg,
};

describe.each(Object.entries(operations))('%s', (_, operation) => {
  it('equals the cpu backend, whatever the number', async () => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 0, max: 4 }), seeds, async (shape, seed) => {
        await expectAsOnCpu(() => operation(awkwardNumbers(shape, seed)));
      }),
      { numRuns: CASES },
    );
  });
});

describe('accuracy, in units of the last place of the exact value', () => {
  const exact: Record<string, (x: number) => number> = {
    exp: Math.exp,
    log: Math.log,
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    elu: (x) => (x >= 0 ? x : Math.expm1(x)),
  };
  const float32 = fc
    .array(fc.float({ noDefaultInfinity: false, noNaN: false }), { minLength: 64, maxLength: 256 })
    .map((values) => Float32Array.from(values));

  it.each(Object.entries(exact))('%s is within 4 over all of float32', (name, f) => {
    fc.assert(
      fc.property(float32, (inputs) => {
        const y = tf.tidy(() => operations[name](tf.tensor1d(inputs)).dataSync());
        inputs.forEach((x, i) => {
          const expected = f(x);
          const rounded = Math.fround(expected);
          if (!Number.isFinite(rounded)) expect(y[i]).toBe(rounded);
          else expect(Math.abs(y[i] - expected)).toBeLessThanOrEqual(4 * unitInTheLastPlace(rounded));
        });
      }),
      { numRuns: CASES },
    );
  });
});

/** The distance from a float32 to the next one away from 0. */
function unitInTheLastPlace(value: number): number {
  const bits = new Int32Array(1);
  const float = new Float32Array(bits.buffer);
  float[0] = Math.abs(value);
  bits[0] += 1;
  return float[0] - Math.abs(value);
}
