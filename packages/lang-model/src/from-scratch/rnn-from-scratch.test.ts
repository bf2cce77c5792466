import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { RnnFromScratch, rnnForward } from './rnn-from-scratch.js';

const [V, H, N, T] = [5, 7, 3, 6];

/** Rows and columns exchanged: PyTorch's layout is the transpose of the chapter's. */
function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  return Float32Array.from(values, (_, i) => values[(i % rows) * columns + Math.floor(i / rows)]);
}

function tokens(seed: number): TokenBatch {
  const random = Random.seeded(seed);
  const draw = () => Int32Array.from({ length: N * T }, () => random.integer(0, V));
  return { inputs: draw(), targets: draw(), batchSize: N, steps: T };
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('the model from scratch', () => {
  it('equals the recurrent language model: loss, state and every gradient, over carried chunks', async () => {
    const scratch = new RnnFromScratch({ vocabularySize: V, hiddenSize: H, random: Random.seeded(4) });
    const built = new RecurrentLanguageModel({
      vocabularySize: V,
      cell: 'rnn',
      hiddenSize: H,
      random: Random.seeded(1),
    });
    for (const { data } of scratch.parameters)
      for (let i = 0; i < data.length; i++) data[i] = 30 * data[i] + 0.1;
    const [Wxh, Whh, bh, Whq, bq] = scratch.parameters;
    const named = (name: string) => built.parameters.find((parameter) => parameter.name === name)!;
    named('rnn.weight_ih_l0').data.set(transposed(Wxh.data, V, H));
    named('rnn.weight_hh_l0').data.set(transposed(Whh.data, H, H));
    named('rnn.bias_ih_l0').data.set(bh.data);
    // PyTorch has two biases where one would do.
    named('rnn.bias_hh_l0').data.fill(0);
    named('decoder.weight').data.set(transposed(Whq.data, H, V));
    named('decoder.bias').data.set(bq.data);

    const close = (actual: Float32Array, expected: Float32Array) => {
      actual.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 5);
      });
    };
    let ours = scratch.initialState(N);
    let theirs = built.initialState(N);
    for (const seed of [1, 2, 3]) {
      const batch = tokens(seed);
      const a = await scratch.lossAndGradients(batch, ours);
      const b = await built.lossAndGradients(batch, theirs, { random: Random.seeded(1) });
      expect(a.loss).toBeCloseTo(b.loss, 5);
      expect(a.predictions).toBe(b.predictions);
      expect((await scratch.evaluate(batch, ours)).loss).toBeCloseTo(a.loss, 5);
      close(a.state, b.state.layers[0].h);
      close(transposed(Wxh.gradient, V, H), named('rnn.weight_ih_l0').gradient);
      close(transposed(Whh.gradient, H, H), named('rnn.weight_hh_l0').gradient);
      close(bh.gradient, named('rnn.bias_ih_l0').gradient);
      close(transposed(Whq.gradient, H, V), named('decoder.weight').gradient);
      close(bq.gradient, named('decoder.bias').gradient);
      ours = a.state;
      theirs = b.state;
    }
  });

  it('refuses a batch that does not fit, and padding, which it would read as text', async () => {
    const scratch = new RnnFromScratch({ vocabularySize: V, hiddenSize: H, random: Random.seeded(4) });
    const state = scratch.initialState(N);
    const batch = tokens(1);
    for (const [part, message] of [
      [{ targets: batch.targets.slice(1) }, 'targets.length: expected 18 ids'],
      [{ inputs: batch.inputs.with(2, V) }, 'inputs[2]: expected a token id from 0 to 4'],
      [{ lengths: Int32Array.of(T, T, T - 1) }, 'lengths: expected 6 in every row'],
    ] as const) {
      await expect(scratch.evaluate({ ...batch, ...part }, state)).rejects.toThrow(message);
      await expect(scratch.lossAndGradients({ ...batch, ...part }, state)).rejects.toThrow(message);
    }
    const full = await scratch.evaluate({ ...batch, lengths: new Int32Array(N).fill(T) }, state);
    expect(full.loss).toBe((await scratch.evaluate(batch, state)).loss);
  });

  it('computes X W_xh + H W_hh as one product of the concatenations, as the chapter shows', () => {
    tf.tidy(() => {
      const X = tf.randomNormal<tf.Rank.R2>([3, 1], 0, 1, 'float32', 1);
      const Wxh = tf.randomNormal<tf.Rank.R2>([1, 4], 0, 1, 'float32', 2);
      const Hidden = tf.randomNormal<tf.Rank.R2>([3, 4], 0, 1, 'float32', 3);
      const Whh = tf.randomNormal<tf.Rank.R2>([4, 4], 0, 1, 'float32', 4);
      const weights = {
        Wxh,
        Whh,
        bh: tf.zeros<tf.Rank.R1>([4]),
        Whq: tf.eye(4),
        bq: tf.zeros<tf.Rank.R1>([4]),
      };
      const { state } = rnnForward([X], Hidden, weights);
      const concatenated = tf.tanh(tf.matMul(tf.concat([X, Hidden], 1), tf.concat([Wxh, Whh], 0)));
      const difference = tf.max(tf.abs(tf.sub(state, concatenated))).dataSync()[0];
      expect(difference).toBeLessThan(1e-6);
    });
  });

  it('holds the same tensors over training steps', async () => {
    const scratch = new RnnFromScratch({ vocabularySize: V, hiddenSize: H, random: Random.seeded(4) });
    let state = scratch.initialState(N);
    const before = tf.memory().numTensors;
    for (let i = 0; i < 20; i++) state = (await scratch.lossAndGradients(tokens(i), state)).state;
    expect(tf.memory().numTensors).toBe(before);
  });
});
