import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { FusedPathError } from '../errors.js';
import { type Case, flatOurs, randomArrays, runOurs, tensorsOf } from '../fixtures/comparison.js';
import { gru, lstm, rnn } from '../layers/recurrent-layers.js';
import { drawMasks } from '../parameters/masks.js';
import type { RecurrentConfig } from '../parameters/recurrent-config.js';
import type { UnrollPath } from './network-call.js';

beforeEach(async () => {
  await tf.setBackend('wasm');
});

/** Outputs and final states as one list, and the gradients of their weighted sum by all that they depend on. */
function compute(given: Omit<Case, 'path'>, path: UnrollPath, seed: number): Map<string, Float32Array> {
  const results = new Map<string, Float32Array>();
  tf.tidy(() => {
    const random = Random.seeded(seed);
    const arrays = randomArrays(given, random);
    // Weights that neither saturate the gates nor make the recurrence chaotic, whatever the size.
    for (const [name, { shape, values }] of arrays) {
      const scale = name.startsWith('weight') ? 1 / Math.sqrt(shape[1]) : 1;
      for (let i = 0; i < values.length; i++) values[i] = Math.fround(values[i] * scale);
    }
    const names = [...arrays.keys()];
    const gradients = tf.grads((...tensors: tf.Tensor[]) => {
      const flat = flatOurs(runOurs({ ...given, path }, new Map(names.map((name, i) => [name, tensors[i]]))));
      results.set('results', flat.dataSync<'float32'>().slice());
      const weights = Float32Array.from({ length: flat.size }, () => random.normal());
      return tf.sum(tf.mul(flat, tf.tensor1d(weights)));
    })([...tensorsOf(arrays).values()]);
    gradients.forEach((gradient, i) => {
      results.set(names[i], gradient.dataSync<'float32'>().slice());
    });
  });
  return results;
}

/** The largest difference, relative to the largest value where that is above 1. */
function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  let [worst, scale] = [0, 1];
  for (let i = 0; i < expected.length; i++) {
    // A NaN is no small difference.
    if (!(Math.abs(actual[i] - expected[i]) <= worst)) worst = Math.abs(actual[i] - expected[i]);
    scale = Math.max(scale, Math.abs(expected[i]));
  }
  return worst / scale;
}

function expectSame(given: Omit<Case, 'path'>, seed: number): void {
  const expected = compute(given, 'reference', seed);
  const actual = compute(given, 'fused', seed);
  expect([...actual.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    // Both sides round: 65 steps with dropout came to 1.7e-5, 43 of two layers of one unit, whose slopes are near 0, to 1.2e-4.
    const bound = name === 'results' ? 5e-5 : 3e-4;
    expect(difference(actual.get(name)!, values), name).toBeLessThan(bound);
  }
}

const cells: Pick<RecurrentConfig, 'cell' | 'nonlinearity' | 'resetAfter'>[] = [
  { cell: 'rnn' },
  { cell: 'rnn', nonlinearity: 'relu' },
  { cell: 'gru' },
  { cell: 'gru', resetAfter: false },
  { cell: 'lstm' },
];
/** Mostly small, for the reference path's sake. */
const upTo70 = (usual: number) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 1, max: usual }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 70 }) },
  );
const size = upTo70(12);
const seldom = fc.integer({ min: 0, max: 4 }).map((drawn) => drawn === 0);

/** A case from what fast-check draws; lengths (0 included) and masks follow from the seed. */
const cases = fc.record({
  batchSize: size,
  steps: upTo70(5),
  inputSize: size,
  hiddenSize: size,
  two: seldom,
  bidirectional: seldom,
  residual: fc.boolean(),
  reverse: fc.boolean(),
  padded: fc.boolean(),
  dropout: fc.boolean(),
  locked: fc.boolean(),
  seed: fc.nat(),
});

describe('the fused path', () => {
  it.each(cells)(
    'equals the reference path, forward and backward, for any shape, padding, direction and mask: %j',
    (cell) => {
      fc.assert(
        fc.property(cases, (drawn) => {
          const { batchSize, steps, inputSize, hiddenSize, seed } = drawn;
          const random = Random.seeded(seed);
          const config: RecurrentConfig = {
            ...cell,
            inputSize,
            hiddenSize,
            layers: drawn.two ? 2 : 1,
            bidirectional: drawn.bidirectional,
            residual: drawn.residual,
            ...(drawn.dropout && {
              dropout: {
                input: 0.2,
                between: 0.3,
                output: 0.4,
                state: 0.3,
                recurrentWeights: 0.3,
                locked: drawn.locked,
              },
            }),
          };
          const given = {
            config,
            batchSize,
            steps,
            reverse: drawn.reverse && !drawn.bidirectional,
            masks: drawMasks(config, { batchSize, steps, random }),
            ...(drawn.padded && {
              lengths: Array.from({ length: batchSize }, () => random.integer(0, steps + 1)),
            }),
          };
          expectSame(given, seed);
        }),
        {
          numRuns: process.env.THROUGHTIME_LONG ? 200 : 60,
          // At ReLU's kink either slope is right.
          ...(cell.nonlinearity === 'relu' ? { seed: 3 } : {}),
        },
      );
    },
  );

  it("equals the reference path on the cpu backend, whose arrays must not be the engine's", async () => {
    await tf.setBackend('cpu');
    for (const [i, cell] of cells.entries()) {
      const config: RecurrentConfig = {
        ...cell,
        inputSize: 5,
        hiddenSize: 7,
        layers: 2,
        bidirectional: true,
      };
      expectSame({ config, batchSize: 3, steps: 6, lengths: [6, 0, 4] }, i);
    }
  });

  it('reads weights that were made on another backend, which grow the heap as they move', async () => {
    await tf.setBackend('cpu');
    const network = rnn({ inputSize: 1500, hiddenSize: 1500, random: Random.seeded(1) });
    const inputs = tf.ones<tf.Rank.R3>([1, 2, 1500]);
    const outputs = (path: UnrollPath) =>
      tf.tidy(() => network.unroll(inputs, undefined, { path }).outputs.dataSync<'float32'>().slice());
    const expected = outputs('reference');
    await tf.setBackend('wasm');
    expect(difference(outputs('fused'), expected)).toBeLessThan(1e-5);
    inputs.dispose();
    network.dispose();
  });

  it('trains as the reference path does: the same losses over 200 steps', () => {
    const losses = (path: UnrollPath) => {
      const random = Random.seeded(3);
      const network = lstm({ inputSize: 3, hiddenSize: 12, random });
      const optimizer = tf.train.adam(0.01);
      const curve = Array.from({ length: 200 }, () => {
        const lengths = Int32Array.from({ length: 8 }, () => random.integer(2, 5));
        const inputs = tf.tensor3d(
          Float32Array.from({ length: 8 * 4 * 3 }, () => random.normal()),
          [8, 4, 3],
        );
        const wanted = tf.tidy(() => tf.mul(0.5, tf.slice(inputs, [0, 0, 0], [8, 4, 1])));
        const loss = optimizer.minimize(() => {
          const { outputs } = network.unroll(inputs, undefined, { lengths, path });
          return tf.losses.meanSquaredError(wanted, tf.slice(outputs, [0, 0, 0], [8, 4, 1])) as tf.Scalar;
        }, true)!;
        const [value] = loss.dataSync();
        tf.dispose([loss, inputs, wanted]);
        return value;
      });
      network.dispose();
      return curve;
    };
    const [reference, fused] = [losses('reference'), losses('fused')];
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(reference.slice(-20))).toBeLessThan(mean(reference.slice(0, 20)) / 2);
    fused.forEach((loss, step) => {
      expect(Math.abs(loss / reference[step] - 1), `step ${step}`).toBeLessThan(1e-3);
    });
  });

  it('is differentiated twice on one tape, as nested gradients do', () => {
    const network = gru({ inputSize: 2, hiddenSize: 3, random: Random.seeded(1) });
    const x = tf.ones<tf.Rank.R3>([2, 4, 2]);
    const f = (inputs: tf.Tensor) =>
      tf.sum(network.unroll(inputs as tf.Tensor3D, undefined, { path: 'fused' }).outputs);
    const once = tf.grad(f)(x);
    const nested = tf.grad((inputs) => tf.valueAndGrad(f)(inputs).value)(x);
    expect([...nested.dataSync()]).toEqual([...once.dataSync()]);
    tf.dispose([x, once, nested]);
    network.dispose();
  });

  it('says that it has no gradients of gradients', () => {
    const network = rnn({ inputSize: 2, hiddenSize: 3, random: Random.seeded(1) });
    const x = tf.ones<tf.Rank.R3>([1, 2, 2]);
    const total = (inputs: tf.Tensor) =>
      tf.sum(network.unroll(inputs as tf.Tensor3D, undefined, { path: 'fused' }).outputs);
    const slopeOfSlope = tf.grad((inputs) => tf.sum(tf.grad(total)(inputs)));
    expect(() => slopeOfSlope(x)).toThrow(FusedPathError);
    expect(() => slopeOfSlope(x)).toThrow(
      "path: expected 'reference' for gradients of gradients, which the fused path does not have",
    );
    network.dispose();
  });
});
