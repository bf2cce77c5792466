import '@tensorflow/tfjs-backend-wasm';
import '@throughtime/tfjs-gradients';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { linearMap } from '../cells/linear.js';
import { unroll } from '../execution/unroll.js';
import { minimalGatedUnit } from '../fixtures/minimal-gated-unit.js';
import { attend } from './attend.js';
import { embed } from './embed.js';
import { lastStep, maxPool, meanPool } from './pooling.js';

/** One operation of fixtures/operations.json, made by fixtures/make_operations.py. */
interface Fixture {
  readonly name: string;
  readonly inputs: readonly { shape: number[]; values: number[]; gradient: number[] }[];
  readonly results: readonly { shape: number[]; values: number[]; weight: number[] }[];
}

const { lengths: allLengths, cases } = JSON.parse(
  readFileSync(new URL('../fixtures/operations.json', import.meta.url), 'utf8'),
) as { lengths: number[]; cases: Fixture[] };
const lengths = Int32Array.from(allLengths);

type Operation = (...inputs: tf.Tensor[]) => tf.Tensor[];

const attention =
  (kind: 'additive' | 'multiplicative', names: readonly string[]): Operation =>
  (...inputs) => {
    const weights = new Map(names.map((name, i) => [name, inputs[i]]));
    const [queries, keys, values] = inputs.slice(names.length) as tf.Tensor3D[];
    const { context, weights: mixture } = attend(kind, weights, { keys, values, lengths })(queries);
    return [context, mixture];
  };
const pooling =
  (pool: typeof lastStep): Operation =>
  (outputs) => [pool(outputs as tf.Tensor3D, lengths)];

const operations: Readonly<Record<string, Operation>> = {
  linear: (weight, bias, x) => [linearMap({ weight: weight as tf.Tensor2D, bias: bias as tf.Tensor1D })(x)],
  embedding: (table) => [
    embed(table as tf.Tensor2D, Int32Array.of(0, 3, 3, 6, 0, 3, 3, 6, 0, 3, 3, 6), [3, 4]),
  ],
  additive: attention('additive', ['weight_query', 'weight_key', 'weight_score']),
  multiplicative: attention('multiplicative', ['weight']),
  last: pooling(lastStep),
  mean: pooling(meanPool),
  max: pooling(maxPool),
  mgu: (weightIh, weightHh, biasIh, biasHh, inputs, h) => {
    const weights = new Map([
      ['weight_ih_l0', weightIh],
      ['weight_hh_l0', weightHh],
      ['bias_ih_l0', biasIh],
      ['bias_hh_l0', biasHh],
    ]);
    const config = { cell: minimalGatedUnit, inputSize: 4, hiddenSize: 3 };
    const run = unroll(config, weights, inputs as tf.Tensor3D, [{ h: h as tf.Tensor2D }], { lengths });
    return [run.outputs, run.state[0].h];
  },
};

beforeAll(async () => {
  await tf.setBackend('wasm');
});

function expectClose(actual: tf.Tensor, expected: readonly number[], what: string): void {
  const values = actual.dataSync();
  expect(values.length, what).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
  // float32 sums: 1e-5, of the largest value where that is above 1.
  expect(worst / Math.max(1, ...expected.map(Math.abs)), what).toBeLessThan(1e-5);
}

describe.each(cases.map((fixture) => [fixture.name, fixture] as const))('PyTorch: %s', (name, fixture) => {
  const inputs = () => fixture.inputs.map(({ values, shape }) => tf.tensor(values, shape));

  it('gives the same results', () => {
    const results = tf.tidy(() => operations[name](...inputs()));
    expect(results.map(({ shape }) => shape)).toEqual(fixture.results.map(({ shape }) => shape));
    results.forEach((result, i) => {
      expectClose(result, fixture.results[i].values, `result ${i}`);
    });
    tf.dispose(results);
  });

  it('gives the same gradients', () => {
    const gradients = tf.grads((...given) =>
      tf.addN(
        operations[name](...given).map((result, i) =>
          tf.sum(tf.mul(result, tf.tensor(fixture.results[i].weight, result.shape))),
        ),
      ),
    )(inputs());
    expect(gradients.length).toBe(fixture.inputs.length);
    gradients.forEach((gradient, i) => {
      expectClose(gradient, fixture.inputs[i].gradient, `gradient ${i}`);
    });
    tf.dispose(gradients);
  });

  const passes = process.env.THROUGHTIME_LONG ? 1000 : 100;
  it(`keeps no memory over ${passes} passes`, () => {
    const given = inputs();
    const pass = () => {
      const { value, grads } = tf.valueAndGrads((...tensors) =>
        tf.sum(tf.concat(operations[name](...tensors).map((result) => tf.reshape(result, [-1])))),
      )(given);
      tf.dispose([value, ...grads]);
    };
    pass();
    const before = tf.memory();
    for (let i = 0; i < passes; i++) pass();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
    tf.dispose(given);
  }, 60_000);
});
