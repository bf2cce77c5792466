import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { EmptySequenceError } from '../errors.js';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { dynamicEvaluation, gradientSquares } from './dynamic-evaluation.js';
import { evaluate } from './perplexity.js';

const model = () =>
  new RecurrentLanguageModel({ vocabularySize: 6, cell: 'gru', units: 8, random: Random.seeded(2) });
/** Says the same few things again and again. */
const repetitive = Int32Array.from({ length: 201 }, (_, t) => [0, 1, 0, 2][t % 4]);

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('dynamicEvaluation', () => {
  it('without learning is ordinary evaluation', async () => {
    const lm = model();
    const dynamic = await dynamicEvaluation(lm, repetitive, { learningRate: 0 });
    const ordinary = evaluate(lm, repetitive, { given: 1 });
    expect(dynamic.tokens).toBe(ordinary.tokens);
    expect(dynamic.loss).toBeCloseTo(ordinary.loss, 5);
  });

  it('learns what recurs while it is tested, and puts the weights back', async () => {
    const lm = model();
    const before = lm.parameters.map(({ data }) => [...data]);
    const { perplexity } = await dynamicEvaluation(lm, repetitive, { learningRate: 1 });
    expect(perplexity).toBeLessThan(0.7 * evaluate(lm, repetitive, { given: 1 }).perplexity);
    expect(lm.parameters.map(({ data }) => [...data])).toEqual(before);
  });

  it('scores each stretch before it learns from it', async () => {
    const lm = model();
    const first = repetitive.subarray(0, 21);
    const dynamic = await dynamicEvaluation(lm, first, { learningRate: 1, steps: 20 });
    expect(dynamic.loss).toBeCloseTo(evaluate(lm, first, { given: 1 }).loss, 5);
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
    expect(scaled.loss).toBeLessThan(evaluate(lm, repetitive, { given: 1 }).loss);
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
