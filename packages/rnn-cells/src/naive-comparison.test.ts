import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type Arrays,
  type Case,
  flatNaive,
  flatOurs,
  randomArrays,
  runNaive,
  runOurs,
  tensorsOf,
} from './fixtures/comparison.js';
import { onEveryPath } from './fixtures/every-path.js';
import { drawMasks } from './parameters/masks.js';
import type { RecurrentConfig } from './parameters/recurrent-config.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** The largest difference, relative to the largest value where that is above 1. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  let worst = 0;
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst / scale;
}

const sizes = { inputSize: 3, hiddenSize: 4 };
// Finite differences cost the square of the size.
const small = { inputSize: 2, hiddenSize: 2 };
const variants: RecurrentConfig[] = [
  { cell: 'rnn', ...sizes },
  { cell: 'rnn', ...sizes, nonlinearity: 'relu' },
  { cell: 'rnn', ...sizes, layerNorm: true },
  { cell: 'gru', ...sizes },
  { cell: 'gru', ...sizes, resetAfter: false },
  { cell: 'gru', ...sizes, layerNorm: true },
  { cell: 'gru', ...sizes, layerNorm: true, resetAfter: false },
  { cell: 'lstm', ...sizes },
  { cell: 'lstm', ...sizes, peephole: true },
  { cell: 'lstm', ...sizes, projectionSize: 2 },
  { cell: 'lstm', ...sizes, layerNorm: true },
  {
    cell: 'lstm',
    inputSize: 2,
    hiddenSize: 3,
    layerNorm: true,
    peephole: true,
    projectionSize: 2,
    bidirectional: true,
    layers: 2,
  },
  { cell: 'mingru', ...sizes },
  { cell: 'mingru', ...sizes, layerNorm: true },
  { cell: 'minlstm', ...sizes },
  { cell: 'lstm', ...sizes, layers: 3, residual: true },
  { cell: 'gru', ...small, layers: 2, residual: true, bidirectional: true },
];
const drops = { input: 0.3, between: 0.4, output: 0.5, state: 0.4, recurrentWeights: 0.4 };
const trained: RecurrentConfig[] = [
  { cell: 'rnn', ...sizes, layers: 2, dropout: drops, zoneout: { hidden: 0.3 } },
  { cell: 'gru', ...sizes, layers: 2, dropout: { ...drops, locked: true } },
  { cell: 'gru', ...sizes, resetAfter: false, dropout: { state: 0.5 } },
  { cell: 'gru', ...sizes, resetAfter: false, layerNorm: true, dropout: { state: 0.5 } },
  { cell: 'lstm', ...sizes, layerNorm: true, peephole: true, projectionSize: 2, dropout: { state: 0.5 } },
  { cell: 'lstm', ...small, layers: 2, dropout: drops, bidirectional: true, residual: true },
  {
    cell: 'lstm',
    ...small,
    layers: 2,
    dropout: drops,
    zoneout: { hidden: 0.2, cell: 0.4 },
    bidirectional: true,
  },
  { cell: 'mingru', ...sizes, dropout: { input: 0.3 }, zoneout: { hidden: 0.5 } },
  { cell: 'minlstm', ...sizes, layerNorm: true, zoneout: { hidden: 0.5 } },
  {
    ...{ cell: 'lstm', ...sizes, layerNorm: true, peephole: true, projectionSize: 2 },
    ...{ zoneout: { hidden: 0.3, cell: 0.3 }, dropout: { state: 0.3 } },
  },
];

/** The gradient in float64 of sum(results * weights) by every number of `arrays`, by central differences. */
function numericGradients(
  given: Case,
  arrays: Arrays,
  weights: readonly number[],
): Map<string, Float64Array> {
  const loss = () =>
    flatNaive(runNaive(given, arrays)).reduce((sum, value, i) => sum + value * weights[i], 0);
  // float64 leaves about 1e-10 of noise and 1e-10 of curvature.
  const step = 1e-5;
  return new Map(
    [...arrays].map(([name, { values }]) => {
      const gradient = values.map((value, i) => {
        values[i] = value + step;
        const above = loss();
        values[i] = value - step;
        const below = loss();
        values[i] = value;
        return (above - below) / (2 * step);
      });
      return [name, gradient];
    }),
  );
}

/** Those of a case, which both paths are held against; they take most of this file's time. */
const numericBefore = new Map<string, Map<string, Float64Array>>();

function compareGradients(given: Case, seed: number): void {
  const random = Random.seeded(seed);
  const arrays = randomArrays(given, random);
  const weights = flatNaive(runNaive(given, arrays)).map(() => Math.fround(random.normal()));
  // Masks follow from the seed.
  const { path: _, masks, ...shape } = given;
  const key = JSON.stringify({ ...shape, masks: masks !== undefined, seed });
  const expected = numericBefore.get(key) ?? numericGradients(given, arrays, weights);
  numericBefore.set(key, expected);
  const names = [...arrays.keys()];
  const tensors = tensorsOf(arrays);
  const gradients = tf.grads((...values: tf.Tensor[]) => {
    const results = flatOurs(runOurs(given, new Map(names.map((name, i) => [name, values[i]]))));
    return tf.sum(tf.mul(results, tf.tensor1d(weights)));
  })([...tensors.values()]);
  // The norm of a few numbers that are nearly equal divides rounded differences by a small deviation.
  const bound = given.config.layerNorm ? 3e-4 : 1e-4;
  gradients.forEach((gradient, i) => {
    expect(difference(gradient.dataSync(), expected.get(names[i])!), names[i]).toBeLessThan(bound);
  });
  tf.dispose([...tensors.values(), ...gradients]);
}

describe.each(onEveryPath(variants))('%s, %s', (_, path, config) => {
  it('computes the formulas, for any batch, length, direction and padding', () => {
    const shape = fc.record({
      batchSize: fc.integer({ min: 1, max: 4 }),
      steps: fc.integer({ min: 1, max: 6 }),
      inputSize: fc.integer({ min: 1, max: 7 }),
      hiddenSize: fc.integer({ min: (config.projectionSize ?? 0) + 1, max: 9 }),
      reverse: fc.boolean(),
      padded: fc.boolean(),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(shape, ({ batchSize, steps, inputSize, hiddenSize, reverse, padded, seed }) => {
        const random = Random.seeded(seed);
        const given: Case = {
          config: { ...config, inputSize, hiddenSize },
          path,
          batchSize,
          steps,
          reverse: reverse && !config.bidirectional,
          ...(padded && { lengths: Array.from({ length: batchSize }, () => random.integer(0, steps + 1)) }),
        };
        const arrays = randomArrays(given, random);
        const expected = flatNaive(runNaive(given, arrays));
        const actual = tf.tidy(() => flatOurs(runOurs(given, tensorsOf(arrays))).dataSync());
        expect(difference(actual, expected)).toBeLessThan(1e-5);
      }),
      { numRuns: 15 },
    );
  });

  it('has the gradients of finite differences by every weight, input and initial state', () => {
    compareGradients({ config, path, batchSize: 2, steps: 4 }, 1);
    compareGradients({ config, path, batchSize: 3, steps: 3, lengths: [3, 0, 2] }, 2);
    if (!config.bidirectional) compareGradients({ config, path, batchSize: 2, steps: 3, reverse: true }, 3);
  });
});

describe.each(onEveryPath(trained))('%s, %s', (_, path, config) => {
  it('applies the masks of a training chunk, and their gradients', () => {
    for (const seed of [1, 2, 3]) {
      const masks = drawMasks(config, { batchSize: 2, steps: 4, random: Random.seeded(seed) });
      const given: Case = { config, path, batchSize: 2, steps: 4, masks };
      const arrays = randomArrays(given, Random.seeded(seed));
      const actual = tf.tidy(() => flatOurs(runOurs(given, tensorsOf(arrays))).dataSync());
      expect(difference(actual, flatNaive(runNaive(given, arrays)))).toBeLessThan(1e-5);
      compareGradients(given, seed);
    }
  });

  it('in evaluation drops nothing, and takes the mean of zoneout', () => {
    const given: Case = { config, path, batchSize: 2, steps: 4 };
    const arrays = randomArrays(given, Random.seeded(4));
    const actual = tf.tidy(() => flatOurs(runOurs(given, tensorsOf(arrays))).dataSync());
    expect(difference(actual, flatNaive(runNaive(given, arrays)))).toBeLessThan(1e-5);
  });
});
