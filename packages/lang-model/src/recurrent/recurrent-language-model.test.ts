import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import type { TokenBatch } from '@throughtime/contract';
import { Random } from '@throughtime/random';
import { Vocabulary } from '@throughtime/text-preprocess';
import { beforeAll, describe, expect, it } from 'vitest';
import { TokenOutOfRangeError, VocabularyMismatchError } from '../errors.js';
import { evaluateStreams } from '../evaluation/evaluate-streams.js';
import { evaluate, perplexity } from '../evaluation/perplexity.js';
import { batch, ids, smallModel, V } from '../fixtures/small-recurrent-model.js';
import { generate } from '../generation/generate.js';
import { generateBatch } from '../generation/generate-batch.js';
import { RecurrentLanguageModel } from './recurrent-language-model.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe.each(['reference', 'fused'] as const)('the state on the %s path', (path) => {
  const model = (options = {}) => smallModel({ path, ...options });

  it('carried over chunks gives the scores of the whole', async () => {
    const lm = model({ layers: 2 });
    const text = ids(30);
    const whole = await lm.score(text);
    const before = await lm.score(text.subarray(0, 11));
    expect(await lm.score([...text.subarray(0, 11)])).toEqual(before);
    let state = lm.initialState();
    for (const id of text.subarray(0, 11)) state = await lm.advance(state, id);
    const after = await lm.score(text.subarray(11), state);
    [...before, ...after].forEach((value, t) => {
      expect(value).toBeCloseTo(whole[t], 5);
    });
  });

  it('is plain data that later steps leave as it was', async () => {
    const lm = model();
    const state = await lm.advance(lm.initialState(), 1);
    const copy = await structuredClone(state);
    await lm.advance(state, 2);
    await lm.lossAndGradients(batch(1, 3), state, { random: Random.seeded(1) });
    expect(state).toEqual(copy);
  });

  it('of many texts advances each as it would alone', async () => {
    const lm = model({ cell: 'gru', layers: 2 });
    const rows = [ids(9, 1), ids(9, 2), ids(9, 3)];
    let together = lm.initialState(3);
    for (let t = 0; t < 9; t++)
      together = await lm.advanceBatch(
        together,
        Int32Array.from(rows, (row) => row[t]),
      );
    const distributions = await lm.logProbabilitiesBatch(together);
    for (const [n, row] of rows.entries()) {
      let alone = lm.initialState();
      for (const id of row) alone = await lm.advance(alone, id);
      (await lm.logProbabilities(alone)).forEach((value, v) => {
        expect(distributions[n * V + v]).toBeCloseTo(value, 5);
      });
    }
  });

  it('after a padded row is the one after its last valid step', async () => {
    const lm = model();
    const chunk = { ...batch(3, 5), lengths: Int32Array.of(5, 2, 0) };
    const start = (await lm.evaluate(batch(3, 4, 6), lm.initialState(3))).state;
    const { state } = await lm.evaluate(chunk, start);
    const row = (values: Float32Array, n: number) => [...values.subarray(n * 6, (n + 1) * 6)];
    const short = (
      await lm.evaluate(
        { inputs: chunk.inputs.slice(5, 7), targets: chunk.targets.slice(5, 7), batchSize: 1, steps: 2 },
        {
          layers: [
            {
              h: Float32Array.from(row(start.layers[0].h, 1)),
              c: Float32Array.from(row(start.layers[0].c!, 1)),
            },
          ],
          output: Float32Array.from(row(start.output, 1)),
        },
      )
    ).state;
    row(state.output, 1).forEach((value, i) => {
      expect(value).toBeCloseTo(short.output[i], 6);
    });
    expect(row(state.output, 2)).toEqual(row(start.output, 2));
  });
});

describe.each(['reference', 'fused'] as const)('a training step on the %s path', (path) => {
  const model = (options = {}) => smallModel({ path, ...options });

  const gradientsOf = (lm: RecurrentLanguageModel) => lm.parameters.map(({ gradient }) => [...gradient]);
  const expectClose = (actual: number[][], expected: number[][], factor = 1) => {
    actual.flat().forEach((value, i) => {
      expect(value).toBeCloseTo(factor * expected.flat()[i], 5);
    });
  };
  const random = () => Random.seeded(1);

  it('returns the loss that evaluation finds, where nothing is dropped', async () => {
    const lm = model({ embedding: 4 });
    const chunk = { ...batch(3, 5), lengths: Int32Array.of(5, 3, 1) };
    const trained = await lm.lossAndGradients(chunk, lm.initialState(3), { random: random() });
    const evaluated = await lm.evaluate(chunk, lm.initialState(3));
    expect(trained.predictions).toBe(9);
    expect(evaluated.predictions).toBe(9);
    expect(trained.loss).toBeCloseTo(evaluated.loss, 5);
  });

  it('sums over time and averages over rows when asked, and reports the mean all the same', async () => {
    const lm = model();
    const chunk = batch(2, 5);
    const mean = await lm.lossAndGradients(chunk, lm.initialState(2), { random: random() });
    const expected = gradientsOf(lm);
    const summed = await lm.lossAndGradients(chunk, lm.initialState(2), {
      random: random(),
      reduction: 'sum-over-time',
    });
    expectClose(gradientsOf(lm), expected, 5);
    expect(summed.loss).toBeCloseTo(mean.loss, 5);
  });

  it('counts losses from a step on, as if those before were context', async () => {
    const lm = model({ layers: 2 });
    const chunk = batch(2, 5);
    const { loss, predictions } = await lm.lossAndGradients(chunk, lm.initialState(2), {
      random: random(),
      lossFrom: 3,
    });
    const { logProbabilities } = await lm.scoreBatch(chunk, lm.initialState(2));
    expect(predictions).toBe(4);
    expect(loss).toBeCloseTo(-[3, 4, 8, 9].reduce((sum, i) => sum + logProbabilities[i], 0) / 4, 5);
  });

  it('returns the state after fewer steps when asked, with the same gradients', async () => {
    const lm = model({ layers: 2, dropout: { between: 0.5, locked: true } });
    const chunk = batch(2, 5);
    await lm.lossAndGradients(chunk, lm.initialState(2), { random: random() });
    const expected = gradientsOf(lm);
    const { state } = await lm.lossAndGradients(chunk, lm.initialState(2), {
      random: random(),
      stateAfter: 2,
    });
    expectClose(gradientsOf(lm), expected);
    const two = (values: Int32Array) => Int32Array.of(values[0], values[1], values[5], values[6]);
    const short = { inputs: two(chunk.inputs), targets: two(chunk.targets), batchSize: 2, steps: 2 };
    const reached = (await lm.evaluate(short, lm.initialState(2))).state;
    state.layers[0].h.forEach((value, i) => {
      expect(value).toBeCloseTo(reached.layers[0].h[i], 6);
    });
  });

  it('keeps one mask of the state for all steps of a chunk, wherever its state is wanted', async () => {
    const lm = model({ layers: 2, dropout: { state: 0.5 } });
    const chunk = batch(2, 5);
    const whole = await lm.lossAndGradients(chunk, lm.initialState(2), { random: random() });
    const expected = gradientsOf(lm);
    const cut = await lm.lossAndGradients(chunk, lm.initialState(2), { random: random(), stateAfter: 2 });
    expect(cut.loss).toBeCloseTo(whole.loss, 6);
    expectClose(gradientsOf(lm), expected);
    const again = await lm.lossAndGradients(chunk, lm.initialState(2), { random: Random.seeded(2) });
    expect(again.loss).not.toBeCloseTo(whole.loss, 6);
    expect((await lm.evaluate(chunk, lm.initialState(2))).loss).not.toBeCloseTo(whole.loss, 6);
  });

  it('with gradient scale 0 has the gradients of steps that know no past', async () => {
    const lm = model({ cell: 'rnn' });
    const chunk = batch(1, 3);
    await lm.lossAndGradients(chunk, lm.initialState(), { random: random(), recurrentGradientScale: 0 });
    const cut = gradientsOf(lm);
    // By hand: each step alone, from the state before it, whose origin is no part of the chunk.
    const sum = cut.map((gradient) => gradient.map(() => 0));
    let state = lm.initialState();
    for (let t = 0; t < 3; t++) {
      const step = {
        inputs: chunk.inputs.slice(t, t + 1),
        targets: chunk.targets.slice(t, t + 1),
        batchSize: 1,
        steps: 1,
      };
      state = (await lm.lossAndGradients(step, state, { random: random() })).state;
      gradientsOf(lm).forEach((gradient, p) => {
        gradient.forEach((value, i) => {
          sum[p][i] += value / 3;
        });
      });
    }
    expectClose(cut, sum);
  });

  it('draws new masks at every step, from the random it is given alone', async () => {
    const lm = model({
      embedding: 4,
      dropout: { input: 0.3, output: 0.3 },
    });
    const source = random();
    const chunk = batch(3, 6);
    const loss = async (from: Random) =>
      (await lm.lossAndGradients(chunk, lm.initialState(3), { random: from })).loss;
    const first = await loss(source);
    expect(await loss(source)).not.toBe(first);
    expect(await loss(random())).toBe(first);
  });
});

describe('dropout that only the reference path has', () => {
  it('draws new masks at every step, from the random it is given alone', async () => {
    const lm = smallModel({ embedding: 4, dropout: { embedding: 0.3, recurrentWeights: 0.3 } });
    const source = Random.seeded(1);
    const chunk = batch(3, 6);
    const loss = async (from: Random) =>
      (await lm.lossAndGradients(chunk, lm.initialState(3), { random: from })).loss;
    const first = await loss(source);
    expect(await loss(source)).not.toBe(first);
    expect(await loss(Random.seeded(1))).toBe(first);
  });

  it('drops whole tokens wherever they occur', async () => {
    // With every token dropped the inputs are zero: all tokens are alike.
    const lm = smallModel({ embedding: 4, dropout: { embedding: 0.999999 } });
    const same = { inputs: new Int32Array(6).fill(2), targets: ids(6), batchSize: 1, steps: 6 };
    const other = { ...same, inputs: new Int32Array(6).fill(5) };
    const loss = async (chunk: TokenBatch) =>
      (await lm.lossAndGradients(chunk, lm.initialState(), { random: Random.seeded(1) })).loss;
    expect(await loss(same)).toBe(await loss(other));
    expect(Math.max(...lm.parameters[0].gradient)).toBe(0);
  });
});

describe.each(['reference', 'fused'] as const)('as a language model on the %s path', (path) => {
  const model = (options = {}) => smallModel({ path, ...options });

  it('starts near the uniform distribution and learns a text by following its gradients', async () => {
    const lm = model({ hiddenSize: 16, forgetBias: 1 });
    const text = Int32Array.from({ length: 21 }, (_, t) => (t * t) % V);
    expect(await perplexity(lm, text)).toBeGreaterThan(V - 1);
    const chunk = { inputs: text.subarray(0, 20), targets: text.subarray(1), batchSize: 1, steps: 20 };
    for (let step = 0; step < 100; step++) {
      await lm.lossAndGradients(chunk, lm.initialState(), { random: Random.seeded(1) });
      for (const { data, gradient } of lm.parameters)
        data.forEach((_, i) => {
          data[i] -= 2 * gradient[i];
        });
    }
    expect(await perplexity(lm, text, { given: 1 })).toBeLessThan(1.5);
  });

  it('is evaluated alike token by token, in one stream, and nearly so in many', async () => {
    const lm = model({ cell: 'gru' });
    const text = ids(400);
    const exact = await evaluate(lm, text, { given: 1 });
    const single = await evaluateStreams(lm, text, { streams: 1, steps: 30 });
    expect(single.tokens).toBe(exact.tokens);
    expect(single.loss).toBeCloseTo(exact.loss, 5);
    expect((await evaluateStreams(lm, text, { streams: 7, warmUp: 30 })).loss).toBeCloseTo(exact.loss, 4);
  });

  it('generates batches as it generates each text', async () => {
    const lm = model();
    const prompts = [[1, 2, 3], [4], []];
    const forks = Random.seeded(6);
    const expected: number[][] = [];
    for (const prompt of prompts) {
      const row: number[] = [];
      for await (const token of generate(lm, { prompt, random: forks.fork(), length: 8 })) row.push(token);
      expected.push(row);
    }
    expect(await generateBatch(lm, { prompts, random: Random.seeded(6), length: 8 })).toEqual(expected);
  });

  it('repeats its start from the same seed', async () => {
    expect([...(await model().score(ids(9)))]).toEqual([...(await model().score(ids(9)))]);
    expect([...(await model().score(ids(9)))]).not.toEqual([
      ...(await model({ random: Random.seeded(4) }).score(ids(9))),
    ]);
  });

  it('refuses ids outside its vocabulary', () => {
    const lm = model();
    expect(() => lm.advance(lm.initialState(), V)).toThrow(TokenOutOfRangeError);
    expect(() => lm.score(Int32Array.of(0, -1))).toThrow(TokenOutOfRangeError);
    const chunk = { inputs: Int32Array.of(0), targets: Int32Array.of(V), batchSize: 1, steps: 1 };
    expect(() => lm.evaluate(chunk, lm.initialState())).toThrow(TokenOutOfRangeError);
  });

  it('takes its size from the vocabulary', () => {
    const vocabulary = Vocabulary.fromList(['a', 'b', 'c']);
    const random = Random.seeded(1);
    expect(new RecurrentLanguageModel({ vocabulary, random }).vocabularySize).toBe(3);
    expect(() => new RecurrentLanguageModel({ vocabulary, vocabularySize: 4, random })).toThrow(
      VocabularyMismatchError,
    );
    expect(() => new RecurrentLanguageModel({ random })).toThrow(/^vocabulary: expected/);
  });
});
