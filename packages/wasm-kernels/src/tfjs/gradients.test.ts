import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { CASES, expectAsOnCpu, expectClose, numbers, seeds, shapes } from './fixtures/backends.js';
import { factors, type Product, productOf, products } from './fixtures/products.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('the gradient of matMul', () => {
  const size = fc.integer({ min: 1, max: 4 });
  const small = fc
    .record({ product: products, m: size, n: size, k: size })
    .map(({ product, ...sizes }) => ({ ...product, ...sizes }));

  it('is what the sum changes by, in every orientation and for every broadcast batch', () => {
    fc.assert(
      fc.property(small, (product) => {
        tf.tidy(() => {
          const { a, b } = factors(product);
          const { transposeA, transposeB } = product;
          const shape = tf.matMul(a, b, transposeA, transposeB).shape;
          const dy = numbers(shape, product.seed + 2);
          const gradients = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y, transposeA, transposeB))(
            [a, b],
            dy,
          );
          expect(gradients.map((gradient) => gradient.shape)).toEqual([a.shape, b.shape]);
          expectClose(gradients[0].dataSync(), differences(product, a, b, dy, 0), 1e-4);
          expectClose(gradients[1].dataSync(), differences(product, a, b, dy, 1), 1e-4);
        });
      }),
      { numRuns: CASES },
    );
  });

  /** By how much sum(dy * a b) grows with each element of one operand: exact, for it is linear in each. */
  function differences(product: Product, a: tf.Tensor, b: tf.Tensor, dy: tf.Tensor, which: 0 | 1): number[] {
    const sides = [Float64Array.from(a.dataSync()), Float64Array.from(b.dataSync())] as const;
    const weights = dy.dataSync();
    const total = () =>
      productOf(product, ...sides).sums.reduce((sum, value, i) => sum + value * weights[i], 0);
    const before = total();
    return Array.from(sides[which], (value, i) => {
      sides[which][i] = value + 1;
      const after = total();
      sides[which][i] = value;
      return after - before;
    });
  }

  it('makes no transposed copies', async () => {
    const { kernels } = await tf.profile(() =>
      tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.matMul(x, y))([tf.ones([3, 4]), tf.ones([4, 5])]),
    );
    expect(kernels.map(({ name }) => name)).not.toContain(tf.Transpose);
    expect(kernels.filter(({ name }) => name === tf.BatchMatMul)).toHaveLength(3);
  });
});

describe('gradients, against the cpu backend', () => {
  const functions: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    tanh: tf.tanh,
    sigmoid: tf.sigmoid,
    clipByValue: (x) => tf.clipByValue(x, -0.75, 0.5),
    relu: tf.relu,
    elu: tf.elu,
    exp: tf.exp,
    square: tf.square,
    'log of a positive number': (x) => tf.log(tf.add(x, 3)),
    'sum and mean': (x) => tf.add(tf.sum(x, 0), tf.mean(x)),
    logSoftmax: (x) => tf.logSoftmax(x),
    softmax: (x) => tf.softmax(x),
    'slice and concat': (x) => tf.concat([tf.slice(x, 0, 1), x], 0),
    'unstack and stack': (x) => tf.stack(tf.unstack(x).reverse()),
    split: (x) => tf.mul(...(tf.split(tf.concat([x, tf.square(x)], 0), 2) as [tf.Tensor, tf.Tensor])),
    reverse: (x) => tf.mul(tf.reverse(x, 0), x),
    transpose: (x) => tf.mul(tf.transpose(x), 2),
    tile: (x) => tf.tile(x, new Array<number>(x.rank).fill(2)),
    gather: (x) => tf.gather(x, tf.tensor1d([0, 0, x.shape[0] - 1], 'int32')),
  };

  it.each(Object.entries(functions))('%s', async (_, f) => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 1, max: 3 }, 1000), seeds, async (shape, seed) => {
        if (shape.includes(0)) return;
        await expectAsOnCpu(() => {
          const x = numbers(shape, seed);
          return tf.grad(f)(x, numbers(f(x).shape, seed + 1));
        }, 1e-4);
      }),
      { numRuns: CASES },
    );
  });

  it.each(['tanh', 'sigmoid', 'square'])('%s, twice', async (name) => {
    await fc.assert(
      fc.asyncProperty(shapes({ min: 1, max: 2 }, 200), seeds, async (shape, seed) => {
        if (shape.includes(0)) return;
        const inner = (x: tf.Tensor) => tf.grad((z: tf.Tensor) => tf.square(functions[name](z)))(x);
        await expectAsOnCpu(() => tf.grad(inner)(numbers(shape, seed)), 1e-4);
      }),
      { numRuns: 50 },
    );
  });

  it('clipByValue, twice, which tfjs-core cannot', () => {
    const inner = (x: tf.Tensor) => tf.grad((z: tf.Tensor) => tf.square(tf.clipByValue(z, -1, 1)))(x);
    const second = tf.grad(inner)(tf.tensor1d([-2, -0.5, 0.5, 2]));
    expect([...second.dataSync()]).toEqual([0, 2, 2, 0]);
  });
});

describe('a recurrent network in plain tfjs operations', () => {
  /** Ids in, next ids out: embedding, LSTM, softmax cross-entropy, Adam. */
  function train(steps: number): number[] {
    const [V, E, H, N, T] = [11, 7, 13, 5, 9];
    const weight = (shape: number[], seed: number) =>
      tf.tidy(() => tf.variable(tf.mul(numbers(shape, seed), 0.2)));
    const table = weight([V, E], 1);
    const kernel = weight([E + H, 4 * H], 2);
    const bias = weight([4 * H], 3);
    const output = weight([H, V], 4);
    const ids = tf.tensor2d(
      Int32Array.from({ length: N * (T + 1) }, (_, i) => (i * i + 3 * i) % V),
      [N, T + 1],
      'int32',
    );
    const optimizer = tf.train.adam(0.02);
    const loss = (): tf.Scalar => {
      let [h, c]: tf.Tensor[] = [tf.zeros([N, H]), tf.zeros([N, H])];
      const inputs = tf.unstack(tf.gather(table, tf.slice(ids, [0, 0], [N, T])), 1);
      const outputs = inputs.map((x) => {
        const gates = tf.add(tf.matMul(tf.concat([x, h], 1), kernel), bias);
        const [i, f, g, o] = tf.split(gates, 4, 1);
        c = tf.add(tf.mul(tf.sigmoid(f), c), tf.mul(tf.sigmoid(i), tf.tanh(g)));
        h = tf.mul(tf.sigmoid(o), tf.tanh(c));
        return tf.logSoftmax(tf.matMul(h, output));
      });
      const targets = tf.oneHot(tf.slice(ids, [0, 1], [N, T]), V, 1, 0, 'float32');
      return tf.neg(tf.mean(tf.sum(tf.mul(tf.stack(outputs, 1), targets), -1)));
    };
    const losses: number[] = [];
    for (let step = 0; step < steps; step++) {
      const cost = optimizer.minimize(loss, true) as tf.Scalar;
      losses.push(cost.dataSync()[0]);
      cost.dispose();
    }
    tf.dispose([table, kernel, bias, output, ids]);
    optimizer.dispose();
    return losses;
  }

  it('has the same losses as on the cpu backend', async () => {
    await tf.setBackend('cpu');
    const expected = train(60);
    await tf.setBackend('wasm');
    const losses = train(60);
    expect(losses[59]).toBeLessThan(losses[0] / 2);
    losses.forEach((loss, step) => {
      expect(Math.abs(loss - expected[step])).toBeLessThan(1e-3);
    });
  });

  it('gives back all memory that it takes', () => {
    const heap = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.byteLength;
    train(3);
    const [before, size] = [tf.memory(), heap()];
    train(100);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    expect(tf.memory().numBytes).toBe(before.numBytes);
    expect(heap()).toBe(size);
  });
});
