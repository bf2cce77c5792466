import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { unroll } from './execution/unroll.js';
import { pathsOf } from './fixtures/every-path.js';
import { parameterShapes } from './parameters/parameter-shapes.js';
import { type RecurrentConfig, resolveConfig } from './parameters/recurrent-config.js';

/** One network of fixtures/pytorch.json, made by fixtures/make_fixtures.py. */
interface Fixture {
  config: RecurrentConfig;
  lengths?: number[];
  weights: Record<string, { shape: number[]; values: number[]; gradient: number[] }>;
  inputs: number[];
  h0: number[][];
  c0?: number[][];
  outputs: number[];
  h: number[][];
  c?: number[][];
  outputsWeight: number[];
  hWeight: number[][];
  cWeight?: number[][];
  inputsGradient: number[];
  h0Gradient: number[][];
  c0Gradient?: number[][];
}

const { batchSize, steps, fixtures } = JSON.parse(
  readFileSync(new URL('./fixtures/pytorch.json', import.meta.url), 'utf8'),
) as { batchSize: number; steps: number; fixtures: Fixture[] };

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const title = ({ config, lengths }: Fixture) => {
  const { inputSize, hiddenSize, ...rest } = config;
  return `${Object.entries(rest).map(([key, value]) => `${key} ${value}`)}${lengths ? ', padded' : ''}`;
};

function expectClose(actual: tf.Tensor, expected: readonly number[], what: string): void {
  const values = actual.dataSync();
  expect(values.length, what).toBe(expected.length);
  const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i])), 0);
  // float32 sums: 1e-5, of the largest value where that is above 1.
  const scale = Math.max(1, ...expected.map(Math.abs));
  expect(worst / scale, what).toBeLessThan(1e-5);
}

const cases = fixtures.flatMap((fixture) =>
  pathsOf(fixture.config).map((path) => [title(fixture), path, fixture] as const),
);

describe.each(cases)('PyTorch: %s, %s', (_, path, fixture) => {
  const { config, weights, lengths } = fixture;
  const names = Object.keys(weights);
  const matrices = (entries: number[][]) =>
    entries.map((values) => tf.tensor2d(values, [batchSize, values.length / batchSize]));

  /** The network's tensors in the order weights, inputs, h0, c0, and the function from them to the results. */
  const setUp = () => {
    const tensors: tf.Tensor[] = [
      ...names.map((name) => tf.tensor(weights[name].values, weights[name].shape)),
      tf.tensor3d(fixture.inputs, [batchSize, steps, config.inputSize]),
      ...matrices(fixture.h0),
      ...matrices(fixture.c0 ?? []),
    ];
    const entries = fixture.h0.length;
    const run = (...given: tf.Tensor[]) => {
      const named = new Map(names.map((name, i) => [name, given[i]]));
      const [inputs, ...states] = given.slice(names.length);
      const start = Array.from({ length: entries }, (_, i): LayerState<tf.Tensor2D> => {
        const h = states[i] as tf.Tensor2D;
        return fixture.c0 ? { h, c: states[entries + i] as tf.Tensor2D } : { h };
      });
      return unroll(config, named, inputs as tf.Tensor3D, start, {
        path,
        ...(lengths && { lengths: Int32Array.from(lengths) }),
      });
    };
    return { tensors, run };
  };

  it('has the same parameters, in the same order', () => {
    const ours = parameterShapes(config).map(({ name, shape }) => [name, shape]);
    expect(ours).toEqual(names.map((name) => [name, weights[name].shape]));
  });

  it('gives the same outputs and final states', () => {
    const { tensors, run } = setUp();
    const { outputs, state } = run(...tensors);
    expect(outputs.shape).toEqual([batchSize, steps, resolveConfig(config).outputSize]);
    expectClose(outputs, fixture.outputs, 'outputs');
    state.forEach(({ h, c }, i) => {
      expectClose(h, fixture.h[i], `h[${i}]`);
      if (c) expectClose(c, fixture.c![i], `c[${i}]`);
    });
  });

  it('gives the same gradients of every weight, the inputs and the initial state', () => {
    const { tensors, run } = setUp();
    const loss = (...given: tf.Tensor[]) => {
      const { outputs, state } = run(...given);
      const parts = [
        tf.sum(tf.mul(outputs, tf.tensor3d(fixture.outputsWeight, outputs.shape))),
        ...matrices(fixture.hWeight).map((weight, i) => tf.sum(tf.mul(state[i].h, weight))),
        ...matrices(fixture.cWeight ?? []).map((weight, i) => tf.sum(tf.mul(state[i].c!, weight))),
      ];
      return tf.addN(parts);
    };
    const gradients = tf.grads(loss)(tensors);
    const expected = [
      ...names.map((name) => weights[name].gradient),
      fixture.inputsGradient,
      ...fixture.h0Gradient,
      ...(fixture.c0Gradient ?? []),
    ];
    const labels = [
      ...names,
      'inputs',
      ...fixture.h0.map((_, i) => `h0[${i}]`),
      ...(fixture.c0 ?? []).map((_, i) => `c0[${i}]`),
    ];
    expect(gradients.length).toBe(expected.length);
    gradients.forEach((gradient, i) => {
      expectClose(gradient, expected[i], labels[i]);
    });
  });
});
