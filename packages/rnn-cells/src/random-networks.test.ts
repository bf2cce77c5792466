import '@tensorflow/tfjs-backend-wasm';
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerState } from '@throughtime/contract';
import { beforeAll, describe, expect, it } from 'vitest';
import { flatState } from './execution/tensors.js';
import { unroll } from './execution/unroll.js';
import { pathsOf } from './fixtures/every-path.js';
import { parameterShapes } from './parameters/parameter-shapes.js';
import { type RecurrentConfig, resolveConfig } from './parameters/recurrent-config.js';

/** What is told of a tensor: its norm, and its inner products with two random vectors. */
type Told = readonly [norm: number, first: number, second: number];

/** One network of fixtures/random-networks.json, made by make-random-networks.py. */
interface RandomNetwork {
  readonly config: RecurrentConfig;
  readonly seed: number;
  readonly batchSize: number;
  readonly steps: number;
  readonly lengths?: readonly number[];
  /** Of the outputs, each final h, and each final c. */
  readonly results: readonly Told[];
  /** By each weight, the inputs, each initial h, and each initial c. */
  readonly gradients: readonly Told[];
}

const { torch, networks } = JSON.parse(
  readFileSync(new URL('./fixtures/random-networks.json', import.meta.url), 'utf8'),
) as { torch: string; networks: RandomNetwork[] };

/** The generator of make-random-networks.py. */
function numbersFrom(seed: number): (length: number) => Float32Array {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 23 - 1;
  };
  return (length) => Float32Array.from({ length }, next);
}

const sizeOf = (shape: readonly number[]) => shape.reduce((size, extent) => size * extent, 1);

/** Results and gradients of a network, in the order of the fixture, and the vectors that they are multiplied by. */
function compute(
  { config, seed, batchSize: N, steps: T, lengths }: RandomNetwork,
  path: 'fused' | 'reference',
) {
  const numbers = numbersFrom(seed);
  const { layers, directions, stateSize, hiddenSize, outputSize } = resolveConfig(config);
  const entries = layers * directions;
  const states = (size: number) => Array.from({ length: entries }, () => [N, size]);
  const isLstm = config.cell === 'lstm';
  const parameters = parameterShapes(config);
  const shapes = [
    ...parameters.map(({ shape }) => [...shape]),
    [N, T, config.inputSize],
    ...states(stateSize),
    ...(isLstm ? states(hiddenSize) : []),
  ];
  const given = shapes.map((shape) => tf.tensor(numbers(sizeOf(shape)), shape));
  const resultShapes = [[N, T, outputSize], ...states(stateSize), ...(isLstm ? states(hiddenSize) : [])];
  const lossWeights = resultShapes.map((shape) => tf.tensor(numbers(sizeOf(shape)), shape));
  let results: Float32Array[] = [];
  const gradients = tf.grads((...tensors: tf.Tensor[]) => {
    const weights = new Map(parameters.map(({ name }, i) => [name, tensors[i]]));
    const [inputs, ...initial] = tensors.slice(parameters.length);
    const start = Array.from({ length: entries }, (_, i): LayerState<tf.Tensor2D> => {
      const h = initial[i] as tf.Tensor2D;
      return isLstm ? { h, c: initial[entries + i] as tf.Tensor2D } : { h };
    });
    const { outputs, state } = unroll(config, weights, inputs as tf.Tensor3D, start, {
      path,
      ...(lengths && { lengths: Int32Array.from(lengths) }),
    });
    const cells = isLstm ? state.map(({ c }) => c!) : [];
    const all = [outputs, ...state.map(({ h }) => h), ...cells];
    expect(all.length).toBe(1 + flatState(state).length);
    results = all.map((tensor) => tensor.dataSync<'float32'>().slice());
    return tf.addN(all.map((tensor, i) => tf.sum(tf.mul(tensor, lossWeights[i]))));
  })(given);
  return { results, gradients: gradients.map((tensor) => tensor.dataSync<'float32'>()), numbers };
}

function expectTold(
  values: Float32Array,
  told: Told,
  numbers: (length: number) => Float32Array,
  what: string,
) {
  const [norm, ...inner] = told;
  // float32 against double precision: 2e-5 of the tensor's norm, or of 1.
  const bound = 2e-5 * Math.max(1, norm);
  expect(Math.abs(Math.hypot(...values) - norm), `${what}: norm`).toBeLessThan(bound);
  for (const expected of inner) {
    const vector = numbers(values.length);
    const product = values.reduce((sum, value, i) => sum + value * vector[i], 0);
    expect(Math.abs(product - expected), what).toBeLessThan(bound);
  }
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe(`200 random networks beside PyTorch ${torch}`, () => {
  it('have lengths, directions, projections and every cell among them', () => {
    expect(networks.length).toBe(200);
    const having = (has: (network: RandomNetwork) => unknown) => networks.filter(has).length;
    expect(having(({ lengths }) => lengths)).toBeGreaterThan(60);
    expect(having(({ config }) => config.bidirectional)).toBeGreaterThan(60);
    expect(having(({ config }) => config.projectionSize)).toBeGreaterThan(15);
    for (const cell of ['rnn', 'gru', 'lstm'])
      expect(having(({ config }) => config.cell === cell)).toBeGreaterThan(40);
  });

  it.each(['reference', 'fused'] as const)('%s: outputs, final states and every gradient', (path) => {
    for (const network of networks) {
      if (!pathsOf(network.config).includes(path)) continue;
      tf.tidy(() => {
        const { results, gradients, numbers } = compute(network, path);
        const what = `${JSON.stringify(network.config)}, seed ${network.seed}`;
        expect(results.length).toBe(network.results.length);
        results.forEach((values, i) => {
          expectTold(values, network.results[i], numbers, `${what}, result ${i}`);
        });
        expect(gradients.length).toBe(network.gradients.length);
        gradients.forEach((values, i) => {
          expectTold(values, network.gradients[i], numbers, `${what}, gradient ${i}`);
        });
      });
    }
  });
});
