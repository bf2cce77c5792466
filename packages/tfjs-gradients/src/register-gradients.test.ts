import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { coreGradients } from './generated/core-gradients.js';
import { registerGradients } from './index.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const largestDifference = (a: tf.Tensor, b: tf.Tensor) =>
  tf.tidy(() => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0]);

describe('importing the package', () => {
  it("registers every gradient of tfjs-core's", () => {
    expect(coreGradients.length).toBeGreaterThan(90);
    for (const { kernelName } of coreGradients) expect(tf.getGradient(kernelName)).toBeDefined();
  });

  it('keeps a gradient that the program registered itself', () => {
    const own: tf.GradConfig = { kernelName: tf.Cosh, gradFunc: () => ({}) };
    const original = tf.getGradient(tf.Cosh);
    tf.registerGradient(own);
    registerGradients();
    expect(tf.getGradient(tf.Cosh)).toBe(own);
    tf.registerGradient(original);
  });

  it('makes tf.grad work: d/dx of sum(tanh(x)^2) is 2 tanh(x) (1 - tanh(x)^2)', () => {
    const gradient = tf.grad((x) => tf.sum(tf.square(tf.tanh(x))))(tf.tensor1d([-1, 0, 0.5]));
    const expected = [-1, 0, 0.5].map((x) => 2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2));
    gradient.dataSync().forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i], 5);
    });
  });

  it('gives second derivatives: x^3 has 6 x', () => {
    const second = tf.grad(tf.grad((x) => tf.mul(x, tf.mul(x, x))));
    expect(second(tf.scalar(2)).dataSync()[0]).toBeCloseTo(12, 4);
  });
});

describe('the gradient of matMul', () => {
  // dA = dy B^T and dB = A^T dy, summed term by term in float64.
  const product = (a: ArrayLike<number>, b: ArrayLike<number>, [m, k, n]: readonly number[]) =>
    Float64Array.from({ length: m * n }, (_, i) => {
      let sum = 0;
      for (let j = 0; j < k; j++) sum += a[Math.floor(i / n) * k + j] * b[j * n + (i % n)];
      return sum;
    });
  const transposed = (a: ArrayLike<number>, [rows, columns]: readonly number[]) =>
    Float64Array.from({ length: rows * columns }, (_, i) => a[(i % rows) * columns + Math.floor(i / rows)]);

  const size = fc.integer({ min: 1, max: 9 });
  it('equals the product written out, for every shape and orientation', () => {
    fc.assert(
      fc.property(size, size, size, fc.boolean(), fc.boolean(), fc.boolean(), (m, k, n, tA, tB, deep) => {
        const leading = deep ? [1] : [];
        const a = tf.randomNormal([...leading, ...(tA ? [k, m] : [m, k])]);
        const b = tf.randomNormal([...leading, ...(tB ? [n, k] : [k, n])]);
        const dy = tf.randomNormal([...leading, m, n]);
        const [da, db] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, tA, tB))([a, b], dy);

        const plainA = tA ? transposed(a.dataSync(), [k, m]) : a.dataSync();
        const plainB = tB ? transposed(b.dataSync(), [n, k]) : b.dataSync();
        const expectedA = product(dy.dataSync(), transposed(plainB, [k, n]), [m, n, k]);
        const expectedB = product(transposed(plainA, [m, k]), dy.dataSync(), [k, m, n]);
        expect(da.shape).toEqual(a.shape);
        expect(db.shape).toEqual(b.shape);
        compare(da, tA ? transposed(expectedA, [m, k]) : expectedA);
        compare(db, tB ? transposed(expectedB, [k, n]) : expectedB);
        tf.dispose([a, b, dy, da, db]);
      }),
      { numRuns: 60 },
    );
    function compare(actual: tf.Tensor, expected: Float64Array) {
      actual.dataSync().forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-4);
      });
    }
  });

  it('is right for batches of matrices', () => {
    const a = tf.randomNormal([3, 2, 4]);
    const b = tf.randomNormal([3, 4, 5]);
    const [da] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y))([a, b]);
    expect(largestDifference(da, tf.matMul(tf.onesLike(tf.matMul(a, b)), b, false, true))).toBeLessThan(1e-5);
  });

  it('sees the new values of a weight that was assigned between two passes', () => {
    const weight = tf.variable(tf.tensor2d([[1, 2]]));
    const x = tf.tensor2d([[3]]);
    const gradient = () =>
      tf
        .grad((v: tf.Tensor) => tf.matMul(v, weight))(x)
        .dataSync()[0];
    expect(gradient()).toBe(3);
    weight.assign(tf.tensor2d([[10, 20]]));
    expect(gradient()).toBe(30);
    weight.dispose();
  });

  it('transposes a weight once for all steps of a recurrence, and leaves no tensor behind', async () => {
    const weight = tf.variable(tf.randomNormal([4, 4]));
    const start = tf.randomNormal([2, 4]);
    const step = () => {
      const { value, grads } = tf.variableGrads(() => {
        let h: tf.Tensor = start;
        for (let t = 0; t < 5; t++) h = tf.tanh(tf.matMul(h, weight));
        return tf.sum(h);
      });
      tf.dispose([value, grads]);
      return value;
    };
    step();
    const { kernels } = await tf.profile(step);
    // One of the weight and one of each step's h.
    expect(kernels.filter(({ name }) => name === tf.Transpose).length).toBe(1 + 5);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 10; i++) step();
    expect(tf.memory().numTensors).toBe(before);
    weight.dispose();
  });
});

describe('a clone on the wasm backend', () => {
  it('keeps its numbers when the original is disposed, and the data goes with the last of them', () => {
    const before = tf.memory();
    const original = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(original);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers + 1);
    original.dispose();
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    clone.dispose();
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it('copies strings as before', () => {
    expect(tf.clone(tf.tensor1d(['a', 'b'])).dataSync()).toEqual(['a', 'b']);
  });

  it('is unchanged when a variable that it was made from is assigned to', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const clone = tf.clone(variable);
    variable.assign(tf.tensor1d([5, 6]));
    expect([...clone.dataSync()]).toEqual([1, 2]);
    expect([...variable.dataSync()]).toEqual([5, 6]);
    tf.dispose([variable, clone]);
  });
});

describe('the gradient of unstack', () => {
  it.each([1, 3])('puts the gradients of %i pieces together again', (pieces) => {
    // d/dx of the sum of squares of all pieces is 2 x.
    const loss = (x: tf.Tensor) => tf.addN(tf.unstack(x, 1).map((piece) => tf.sum(tf.square(piece))));
    const x = tf.tensor2d(
      Float32Array.from({ length: 2 * pieces }, (_, i) => i + 1),
      [2, pieces],
    );
    expect([...tf.grad(loss)(x).dataSync()]).toEqual([...tf.mul(x, 2).dataSync()]);
  });
});

describe('the gradient of gather', () => {
  it('adds the gradients of the rows that an index took more than once', () => {
    const table = tf.tensor2d([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    const weights = tf.tensor3d([
      [[1], [10]],
      [[100], [1000]],
    ]);
    const gradient = tf.grad((x: tf.Tensor) =>
      tf.sum(
        tf.mul(
          tf.gather(
            x,
            tf.tensor2d(
              [
                [0, 2],
                [2, 0],
              ],
              [2, 2],
              'int32',
            ),
          ),
          weights,
        ),
      ),
    )(table);
    expect([...gradient.dataSync()]).toEqual([1001, 1001, 0, 0, 110, 110]);
  });

  it('equals the product with one-hot rows, whatever the ids', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(6), { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 9 }),
        (ids, width) => {
          const dy = tf.randomNormal([ids.length, width]);
          const indices = tf.tensor1d(ids, 'int32');
          const gradient = tf.grad((x: tf.Tensor) => tf.gather(x, indices))(tf.zeros([7, width]), dy);
          const oneHot = tf.cast(tf.oneHot(indices, 7), 'float32');
          expect(largestDifference(gradient, tf.matMul(tf.transpose(oneHot), dy))).toBeLessThan(1e-5);
          tf.dispose([dy, indices, gradient, oneHot]);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('trains a column gather too', () => {
    const gradient = tf.grad((x: tf.Tensor) => tf.gather(x, tf.tensor1d([1, 1], 'int32'), 1))(
      tf.zeros([2, 3]),
    );
    expect([...gradient.dataSync()]).toEqual([0, 2, 0, 0, 2, 0]);
  });

  it('leaves out rows whose segment lies outside, as tfjs does on its other backends', () => {
    const sums = tf.unsortedSegmentSum(tf.tensor1d([1, 2, 4]), tf.tensor1d([-1, 1, 5], 'int32'), 2);
    expect([...sums.dataSync()]).toEqual([0, 2]);
  });
});
