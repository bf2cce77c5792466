import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, seeds } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Half of these are numbers that comparisons treat in their own way. */
function hostile(shape: number[], seed: number): tf.Tensor {
  const special = [Number.NaN, Infinity, -Infinity, -0, 0, Number.NaN];
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
    next(2) === 0 ? special[next(special.length)] : next(2000) / 100 - 10,
  );
  return tf.tensor(values, shape, 'float32');
}

/** Those that compare, and so may turn NaN into a number. */
const operations: Record<string, (x: tf.Tensor, y: tf.Tensor) => tf.Tensor | tf.Tensor[]> = {
  clipByValue: (x) => tf.clipByValue(x, -1, 1.5),
  'clipByValue of one sign': (x) => tf.clipByValue(x, 0, 6),
  'clipByValue of whole numbers': (x) => tf.clipByValue(tf.cast(tf.clipByValue(x, -9, 9), 'int32'), -3, 2),
  'the hard sigmoid': (x) => tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1),
  relu: tf.relu,
  relu6: tf.relu6,
  elu: tf.elu,
  selu: tf.selu,
  leakyRelu: (x) => tf.leakyRelu(x, 0.3),
  prelu: (x) => tf.prelu(x, tf.scalar(0.3)),
  abs: tf.abs,
  step: (x) => tf.step(x),
  ceil: tf.ceil,
  floor: tf.floor,
  round: tf.round,
  softplus: tf.softplus,
  maximum: tf.maximum,
  minimum: tf.minimum,
  'maximum, broadcast': (x, y) => tf.maximum(x, tf.slice(y, [0, 0], [1, -1])),
  'minimum, broadcast': (x, y) => tf.minimum(tf.slice(x, [0, 0], [-1, 1]), y),
  squaredDifference: tf.squaredDifference,
  max: (x) => tf.max(x, 1),
  'max of columns': (x) => tf.max(x, 0),
  'max of all': (x) => tf.max(x),
  min: (x) => tf.min(x, 1),
  'min of all': (x) => tf.min(x),
  where: (x, y) => tf.where(tf.greater(x, y), x, y),
  isNaN: tf.isNaN,
  isFinite: tf.isFinite,
  greater: tf.greater,
  lessEqual: tf.lessEqual,
  equal: tf.equal,
  notEqual: tf.notEqual,
  softmax: (x) => tf.softmax(x),
  logSoftmax: (x) => tf.logSoftmax(x),
  'gradient of clipByValue': (x, y) => tf.grad((v: tf.Tensor) => tf.clipByValue(v, -1, 1))(x, y),
  'gradient of relu': (x, y) => tf.grad((v: tf.Tensor) => tf.relu(v))(x, y),
  'gradient of maximum': (x, y) => tf.grad((v: tf.Tensor) => tf.maximum(v, y))(x, y),
};

describe.each(Object.entries(operations))('%s', (_, operation) => {
  it('has NaN where the cpu backend has it, and numbers where that has numbers', async () => {
    const side = fc.integer({ min: 1, max: 9 });
    await fc.assert(
      fc.asyncProperty(side, side, seeds, async (rows, columns, seed) => {
        const shape = [rows, columns];
        await expectAsOnCpu(() => operation(hostile(shape, seed), hostile(shape, seed + 7)));
      }),
      { numRuns: CASES / 4 },
    );
  });
});

describe.each(['relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const)(
  'a fused product with %s',
  (activation) => {
    it('has NaN where the cpu backend has it', async () => {
      const product = (seed: number) =>
        tf.fused.matMul({
          a: hostile([5, 1], seed) as tf.Tensor2D,
          b: tf.ones([1, 6]),
          bias: tf.cast(tf.tensor1d([0, 1, -1, 2, -2, 3]), 'float32'),
          activation,
          ...(activation === 'leakyrelu' && { leakyreluAlpha: 0.1 }),
        });
      await fc.assert(
        fc.asyncProperty(seeds, async (seed) => expectAsOnCpu(() => product(seed))),
        { numRuns: CASES / 4 },
      );
    });
  },
);

describe('clipByValue', () => {
  it('keeps NaN, so that gradients clipped by value show that they are broken', () => {
    const clipped = tf.clipByValue(tf.tensor1d([Number.NaN, 2, -2, Infinity, -Infinity, -0, 0.5]), -1, 1);
    expect([...clipped.dataSync()]).toEqual([Number.NaN, 1, -1, 1, -1, -0, 0.5]);
    expect([...tf.clipByValue(tf.tensor1d([-0, 7]), 0, 6).dataSync()]).toEqual([-0, 6]);
  });

  it('clips whole numbers as numbers', () => {
    const clipped = tf.clipByValue(tf.tensor1d([1, 2, 3, -4], 'int32'), -2, 2);
    expect([clipped.dtype, ...clipped.dataSync()]).toEqual(['int32', 1, 2, 2, -2]);
  });
});
