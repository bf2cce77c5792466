import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { EmptySequenceError } from '../errors.js';
import {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from '../recurrent/recurrent-language-model.js';
import { dynamicEvaluation, gradientSquares } from './dynamic-evaluation.js';
import { type Evaluation, evaluate } from './perplexity.js';

const model = (options: Partial<RecurrentLanguageModelOptions> = {}) =>
  new RecurrentLanguageModel({
    vocabularySize: 6,
    cell: 'gru',
    hiddenSize: 8,
    random: Random.seeded(2),
    ...options,
  });
/** Says the same few things again and again. */
const repetitive = Int32Array.from({ length: 201 }, (_, t) => [0, 1, 0, 2][t % 4]);

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('dynamicEvaluation', () => {
  it('without learning is ordinary evaluation', async () => {
    const lm = model();
    const dynamic = await dynamicEvaluation(lm, repetitive, { learningRate: 0 });
    const ordinary = await evaluate(lm, repetitive, { given: 1 });
    expect(dynamic.tokens).toBe(ordinary.tokens);
    expect(dynamic.loss).toBeCloseTo(ordinary.loss, 5);
  });

  it('learns what recurs while it is tested, and puts the weights back', async () => {
    const lm = model();
    const before = lm.parameters.map(({ data }) => [...data]);
    const { perplexity } = await dynamicEvaluation(lm, repetitive, { learningRate: 1 });
    expect(perplexity).toBeLessThan(0.7 * (await evaluate(lm, repetitive, { given: 1 })).perplexity);
    expect(lm.parameters.map(({ data }) => [...data])).toEqual(before);
  });

  it('scores each stretch before it learns from it', async () => {
    const lm = model();
    const first = repetitive.subarray(0, 21);
    const dynamic = await dynamicEvaluation(lm, first, { learningRate: 1, steps: 20 });
    expect(dynamic.loss).toBeCloseTo((await evaluate(lm, first, { given: 1 })).loss, 5);
  });

  it('with full decay returns to the trained weights at every step', async () => {
    // w + (w_trained - w) - rate g: each step starts from the trained weights again, so nothing adds up.
    const lm = model();
    const bounded = await dynamicEvaluation(lm, repetitive, { learningRate: 0.1, decay: 1 });
    const free = await dynamicEvaluation(lm, repetitive, { learningRate: 0.1, decay: 0 });
    expect(free.loss).toBeLessThan(bounded.loss);
  });

  it('takes steps measured by the mean squares of gradients', async () => {
    const lm = model();
    const squares = await gradientSquares(lm, repetitive, { steps: 10 });
    expect(squares.map(({ length }) => length)).toEqual(lm.parameters.map(({ data }) => data.length));
    expect(Math.min(...squares.flatMap((values) => [...values]))).toBeGreaterThanOrEqual(0);
    const scaled = await dynamicEvaluation(lm, repetitive, { learningRate: 0.02, squares });
    expect(scaled.loss).toBeLessThan((await evaluate(lm, repetitive, { given: 1 })).loss);
  });

  describe.each<[string, Partial<RecurrentLanguageModelOptions>]>([
    ['on the fused path', { path: 'fused', dropout: { output: 0.5, state: 0.5 } }],
    ['on the reference path', { path: 'reference', dropout: { output: 0.5, recurrentWeights: 0.5 } }],
    ['with penalties', { activationPenalty: { size: 2, change: 1 } }],
  ])('of a model trained with dropout or penalties, %s', (_, options) => {
    it('learns as one without: they are no part of its gradients', async () => {
      const text = repetitive.subarray(0, 61);
      const [plain, regularized] = [model(options.path ? { path: options.path } : {}), model(options)];
      const squares: Float32Array[][] = [];
      const results: Evaluation[] = [];
      for (const lm of [plain, regularized]) {
        squares.push(await gradientSquares(lm, text, { steps: 10 }));
        results.push(await dynamicEvaluation(lm, text, { learningRate: 0.5 }));
      }
      expect(results[1].loss).toBeCloseTo(results[0].loss, 5);
      squares[0].forEach((values, p) => {
        values.forEach((value, i) => {
          expect(squares[1][p][i]).toBeCloseTo(value, 7);
        });
      });
    });
  });

  it('refuses squares that are not of its parameters', async () => {
    const lm = model();
    const squares = lm.parameters.map(({ data }) => new Float32Array(data.length));
    await expect(dynamicEvaluation(lm, repetitive, { squares: squares.slice(1) })).rejects.toThrow(
      'squares: expected 6 arrays, one per parameter, got 5',
    );
    squares[1] = new Float32Array(3);
    await expect(dynamicEvaluation(lm, repetitive, { squares })).rejects.toThrow(
      'squares[1]: expected 192 numbers, as rnn.weight_hh_l0 has, got 3',
    );
  });

  it('puts the weights back when it is stopped', async () => {
    const lm = model();
    const before = [...lm.parameters[0].data];
    const signal = AbortSignal.abort();
    await expect(dynamicEvaluation(lm, repetitive, { signal })).rejects.toThrow(signal.reason);
    expect([...lm.parameters[0].data]).toEqual(before);
  });

  it('refuses a text without predictions', async () => {
    await expect(dynamicEvaluation(model(), Int32Array.of(1))).rejects.toThrow(EmptySequenceError);
  });
});
