import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, expectClose, numbers } from './fixtures/backends.js';
import { factors, productOf, products } from './fixtures/products.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('matMul', () => {
  it('equals sums in double precision: every orientation, batch and broadcast, sizes from 0', () => {
    fc.assert(
      fc.property(products, (product) => {
        tf.tidy(() => {
          const { a, b } = factors(product);
          const y = tf.matMul(a, b, product.transposeA, product.transposeB);
          const expected = productOf(product, a.dataSync(), b.dataSync());
          expect(y.shape).toEqual([...expected.batch, product.m, product.n]);
          expectClose(y.dataSync(), expected.sums);
        });
      }),
      { numRuns: CASES },
    );
  });

  it('equals sums in double precision where blocks of rows, columns and depth meet', () => {
    for (const [m, k, n] of [
      [61, 513, 1100],
      [130, 1025, 9],
      [1, 600, 70],
      [70, 600, 1],
      [3, 2, 4000],
    ]) {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
        [true, true],
      ]) {
        const product = { m, n, k, batches: { a: [], b: [] }, transposeA, transposeB, seed: 1 };
        tf.tidy(() => {
          const { a, b } = factors(product);
          const { sums } = productOf(product, a.dataSync(), b.dataSync());
          expectClose(tf.matMul(a, b, transposeA, transposeB).dataSync(), sums);
        });
      }
    }
  });

  it('refuses what tfjs refuses, in its words', () => {
    expect(() => tf.matMul(tf.zeros([2, 3]), tf.zeros([2, 3]))).toThrow(/inner shapes/);
    expect(() => tf.matMul(tf.zeros([2, 3], 'int32'), tf.zeros([3, 2], 'int32'))).toThrow(/float32/);
  });

  it('sees what was written into the data of a weight that it had multiplied with before', () => {
    // tfjs multiplies with the copy that it packed at the first call.
    const weight = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const x = tf.tensor2d([1, 1], [1, 2]);
    expect([...tf.matMul(x, weight).dataSync()]).toEqual([4, 6]);
    const { wasm, dataIdMap } = tf.backend() as unknown as {
      wasm: { HEAPF32: Float32Array };
      dataIdMap: { get(id: object): { memoryOffset: number } };
    };
    wasm.HEAPF32.set([10, 20, 30, 40], dataIdMap.get(weight.dataId).memoryOffset / 4);
    expect([...tf.matMul(x, weight).dataSync()]).toEqual([40, 60]);
  });
});

describe('fused.matMul', () => {
  const activations = ['linear', 'relu', 'relu6', 'prelu', 'leakyrelu', 'elu', 'sigmoid'] as const;
  it('equals the cpu backend: bias, every activation, every orientation', async () => {
    const cases = fc.record({
      product: products.filter(({ batches: { a, b }, k }) => {
        if (k > 70) return false; // deep sums that cancel have lost more digits than an activation forgives
        const [left, right] = [a, b].map((shape) => tf.util.sizeFromShape(shape));
        return tf.util.arraysEqual(a, b) || left === 1 || right === 1;
      }),
      activation: fc.constantFrom(...activations),
      biasShape: fc.constantFrom('none', 'columns', 'one', 'rows', 'whole'),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ product, activation, biasShape }) => {
        const { m, n, seed } = product;
        const shape = { none: [], columns: [n], one: [1], rows: [m, 1], whole: [m, n] }[biasShape];
        await expectAsOnCpu(() => {
          const { a, b } = factors(product);
          return tf.fused.matMul({
            a,
            b,
            transposeA: product.transposeA,
            transposeB: product.transposeB,
            ...(biasShape === 'none' ? {} : { bias: numbers(shape, seed + 2) }),
            activation,
            preluActivationWeights: numbers([n], seed + 3),
            leakyreluAlpha: 0.3,
          });
        });
      }),
      { numRuns: CASES },
    );
  });

  it('adds the bias once, and to each row its own, where the product is transposed or deep', () => {
    // tfjs adds it once for each 48 columns of the left factor, and gives later rows the last number.
    const bias = tf.tensor1d([1, 2, 3]);
    const sums = tf.fused.matMul({ a: tf.ones([2, 100]), b: tf.ones([3, 100]), transposeB: true, bias });
    expect([...sums.dataSync()]).toEqual([101, 102, 103, 101, 102, 103]);
  });

  it('knows tanh, which tfjs does not fuse', () => {
    const inputs = { a: tf.tensor3d([1, 2], [1, 1, 2]), b: tf.tensor3d([0.5, -0.5], [1, 2, 1]) };
    const attributes = { transposeA: false, transposeB: false, activation: 'tanh' };
    const y = tf.engine().runKernel(tf._FusedMatMul, inputs, attributes) as tf.Tensor;
    expect(y.dataSync()[0]).toBeCloseTo(Math.tanh(-0.5), 6);
  });

  it('leaves an activation that nobody knows to tfjs, which refuses it', () => {
    const inputs = { a: tf.zeros([1, 1, 1]), b: tf.zeros([1, 1, 1]) };
    const attributes = { transposeA: false, transposeB: false, activation: 'softplus' };
    expect(() => tf.engine().runKernel(tf._FusedMatMul, inputs, attributes)).toThrow(/softplus/);
  });
});
