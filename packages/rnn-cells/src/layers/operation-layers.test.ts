import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/tfjs-gradients';
import * as tf from '@tensorflow/tfjs-core';
import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { ShapeMismatchError } from '../errors.js';
import { attend } from '../operations/attend.js';
import { lastStep, maxPool, meanPool } from '../operations/pooling.js';
import { attention, dense, embedding } from './operation-layers.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const random = Random.seeded(1);

describe('operation layers', () => {
  it('start as PyTorch starts them, and hold their weights as variables', () => {
    const vectors = embedding({ vocabularySize: 200, outputSize: 50, random });
    const { mean, variance } = tf.moments(vectors.weights.get('weight')!);
    // 10,000 draws of N(0, 1): five standard errors.
    expect(Math.abs(mean.dataSync()[0])).toBeLessThan(0.05);
    expect(Math.abs(variance.dataSync()[0] - 1)).toBeLessThan(0.075);
    const map = dense({ inputSize: 16, outputSize: 300, random });
    const most = (name: string) => tf.max(tf.abs(map.weights.get(name)!)).dataSync()[0];
    for (const name of ['weight', 'bias']) {
      expect(most(name)).toBeGreaterThan(0.24);
      expect(most(name)).toBeLessThanOrEqual(0.25);
    }
    expect([...dense({ inputSize: 1, outputSize: 1, bias: false, random }).weights.keys()]).toEqual([
      'weight',
    ]);
  });

  it('train, and keep no memory', () => {
    const vectors = embedding({ vocabularySize: 5, outputSize: 4, random });
    const map = dense({ inputSize: 4, outputSize: 3, random });
    const look = attention({ kind: 'additive', querySize: 3, keySize: 4, random });
    const weights = [vectors, map, look].flatMap((layer) => [...layer.weights.values()]);
    const optimizer = tf.train.sgd(0.5);
    const loss = () => {
      const keys = vectors.apply(Int32Array.of(0, 1, 2, 3, 4, 0), [2, 3]);
      const { context } = look.apply({ keys, lengths: Int32Array.of(3, 2) })(map.apply(keys));
      return tf.mean(tf.square(tf.sub(context, 1))) as tf.Scalar;
    };
    const train = () => optimizer.minimize(loss, true, weights)!.dataSync()[0];
    const first = train();
    const before = tf.memory().numTensors;
    let last = first;
    for (let i = 0; i < 200; i++) last = tf.tidy(train);
    expect(last).toBeLessThan(first / 100);
    // The loss of the first update, and nothing else, is left over.
    expect(tf.memory().numTensors).toBe(before);
    for (const layer of [vectors, map, look]) layer.dispose();
    expect(tf.memory().numTensors).toBe(before - weights.length);
  });

  it('refuse what they cannot have', () => {
    const vectors = embedding({ vocabularySize: 3, outputSize: 2, random });
    expect(() => vectors.apply(Int32Array.of(0, 3), [1, 2])).toThrow(
      'ids[1]: expected a row of the table, 0 to 2',
    );
    expect(() => vectors.apply(Int32Array.of(0, -1), [1, 2])).toThrow(ShapeMismatchError);
    expect(() => vectors.apply(Int32Array.of(0), [1, 2])).toThrow('ids: expected 1 x 2 numbers');
    expect(() => dense({ inputSize: 0, outputSize: 1, random })).toThrow(ArgumentError);
    expect(() => attention({ kind: 'dot' as never, querySize: 1, keySize: 1, random })).toThrow('kind');
    expect(() => attend('additive', new Map(), { keys: tf.ones([1, 1, 1]) })).toThrow(
      "one named 'weight_query'",
    );
    const look = attention({ kind: 'multiplicative', querySize: 1, keySize: 1, random });
    expect(() => look.apply({ keys: tf.ones([2, 3, 1]), values: tf.ones([2, 4, 1]) })).toThrow('values');
    expect(() => meanPool(tf.ones([2, 3, 1]), Int32Array.of(1))).toThrow('lengths: expected 2 numbers');
    expect(() => lastStep(tf.ones([1, 3, 1]), Int32Array.of(4))).toThrow(
      'lengths[0]: expected a whole number from 0 to 3',
    );
  });
});

describe('what lies beyond a row', () => {
  it('counts for nothing, and a row without steps gives 0', () => {
    const shapes = fc.record({
      N: fc.integer({ min: 1, max: 4 }),
      T: fc.integer({ min: 1, max: 5 }),
      H: fc.integer({ min: 1, max: 4 }),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(shapes, ({ N, T, H, seed }) => {
        const draw = Random.seeded(seed);
        const values = Float32Array.from({ length: N * T * H }, () => draw.normal());
        const lengths = Int32Array.from({ length: N }, () => draw.integer(0, T + 1));
        const kinds = (['additive', 'multiplicative'] as const).map((kind) =>
          attention({ kind, querySize: H, keySize: H, random: draw }),
        );
        tf.tidy(() => {
          const outputs = tf.tensor3d(values, [N, T, H]);
          const pools = [lastStep, meanPool, maxPool].map((pool) => pool(outputs, lengths));
          const contexts = kinds.map((kind) => kind.apply({ keys: outputs, lengths })(outputs));
          for (let n = 0; n < N; n++) {
            const length = lengths[n];
            const row = (tensor: tf.Tensor) => [...tf.slice(tensor, n, 1).dataSync()];
            if (length === 0) {
              for (const pooled of pools) expect(row(pooled).every((value) => value === 0)).toBe(true);
              for (const { context, weights } of contexts) {
                expect(row(context).every((value) => value === 0)).toBe(true);
                expect(row(weights).every((value) => value === 0)).toBe(true);
              }
              continue;
            }
            // The row alone, cut to its length.
            const alone = tf.slice(outputs, [n, 0, 0], [1, length, H]);
            [lastStep, meanPool, maxPool].forEach((pool, i) => {
              pool(alone)
                .dataSync()
                .forEach((value, j) => {
                  expect(row(pools[i])[j]).toBeCloseTo(value, 5);
                });
            });
            kinds.forEach((kind, i) => {
              const ofRow = kind
                .apply({ keys: alone })(tf.slice(outputs, n, 1))
                .context.dataSync();
              row(contexts[i].context).forEach((value, j) => {
                expect(value).toBeCloseTo(ofRow[j], 5);
              });
            });
          }
        });
        for (const kind of kinds) kind.dispose();
      }),
      { numRuns: 60 },
    );
  });
});
