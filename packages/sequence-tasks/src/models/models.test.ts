import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { labeledBatches, pairBatches } from '@throughtime/datasets';
import { beamSearch, evaluate } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { EncoderDecoder, type EncoderDecoderConfig } from './encoder-decoder.js';
import { SequenceLabeler, type SequenceLabelerConfig } from './sequence-labeler.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

const small = { embeddingSize: 8, hiddenSize: 12 };

/** Sequences of 1 to 7 of six tokens; the label says whether there is a 0 before the first 1. */
function firstOf(count: number, seed: number) {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const tokens = Array.from({ length: random.integer(1, 8) }, () => random.integer(0, 6));
    const [zero, one] = [tokens.indexOf(0), tokens.indexOf(1)];
    return { tokens, label: zero >= 0 && (one < 0 || zero < one) ? 1 : 0 };
  });
}

/** Each token is tagged with whether the one after it is greater. */
function rising(count: number, seed: number) {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const tokens = Array.from({ length: random.integer(1, 8) }, () => random.integer(0, 6));
    return { tokens, label: tokens.map((token, i) => (tokens[i + 1] > token ? 1 : 0)) };
  });
}

const end = 6;
const start = 7;
/** Digits 0 to 5, and the same reversed. */
function reversed(count: number, seed: number) {
  const random = Random.seeded(seed);
  return Array.from({ length: count }, () => {
    const source = Array.from({ length: random.integer(1, 6) }, () => random.integer(0, 6));
    return { source, target: [start, ...source.toReversed(), end] };
  });
}

const vocabularies = { sourceVocabularySize: 6, targetVocabularySize: 8 };

async function train(
  model: SequenceLabeler | EncoderDecoder,
  batches: object,
  { epochs = 15, rate = 0.02 } = {},
): Promise<void> {
  const trainer = new BpttTrainer(model as never, {
    optimizer: adam(rate),
    clipNorm: 5,
    random: Random.seeded(3),
  });
  for await (const _ of trainer.fit(batches as never, { epochs }));
}

describe('a labeler', () => {
  it.each(['last', 'mean', 'max'] as const)('learns to classify, pooling by %s', async (pooling) => {
    const random = Random.seeded(1);
    const model = new SequenceLabeler({
      task: 'classification',
      vocabularySize: 6,
      classes: 2,
      ...small,
      pooling,
      random,
    });
    await train(model, labeledBatches(firstOf(600, 1), { batchSize: 32, random }));
    const [batch] = labeledBatches(firstOf(200, 2), { batchSize: 200 });
    const { labels, probabilities } = await model.predict(batch);
    const right = labels.filter((label, i) => label === batch.targets[i]).length;
    expect(right).toBeGreaterThan(190);
    expect(probabilities.length).toBe(400);
    expect(probabilities[0] + probabilities[1]).toBeCloseTo(1, 5);
    expect((await model.evaluate(batch)).predictions).toBe(200);
  });

  it('learns to tag, and padding counts for nothing', async () => {
    const random = Random.seeded(1);
    const model = new SequenceLabeler({ task: 'tagging', vocabularySize: 6, classes: 2, ...small, random });
    await train(model, labeledBatches(rising(400, 1), { batchSize: 32, random }));
    const examples = rising(100, 2);
    const [batch] = labeledBatches(examples, { batchSize: 100, pool: 1 });
    const { labels } = await model.predict(batch);
    const { loss, predictions } = await model.evaluate(batch);
    let [right, sum] = [0, 0];
    for (const [row, example] of examples.entries()) {
      const [alone] = labeledBatches([example], { batchSize: 1 });
      const predicted = await model.predict(alone);
      const length = example.tokens.length;
      const from = row * batch.steps;
      expect(labels.slice(from, from + length)).toEqual(predicted.labels);
      expect(labels.slice(from + length, from + batch.steps).every((label) => label === 0)).toBe(true);
      right += predicted.labels.filter((label, t) => label === example.label[t]).length;
      sum += (await model.evaluate(alone)).loss * length;
    }
    expect(predictions).toBe(examples.reduce((total, { tokens }) => total + tokens.length, 0));
    expect(right / predictions).toBeGreaterThan(0.97);
    expect(sum / predictions).toBeCloseTo(loss, 5);
  });

  it('refuses what is none of its labels or options', async () => {
    const random = Random.seeded(1);
    const config: SequenceLabelerConfig = { task: 'tagging', vocabularySize: 6, classes: 2 };
    const model = new SequenceLabeler({ ...config, ...small, random });
    const [batch] = labeledBatches([{ tokens: [0, 1], label: [0, 2] }], { batchSize: 1 });
    await expect(model.evaluate(batch)).rejects.toThrow('targets[1]: expected a class from 0 to 1, got 2');
    await expect(model.lossAndGradients(batch, {}, { random })).rejects.toThrow('targets[1]');
    const [whole] = labeledBatches([{ tokens: [0, 1], label: 1 }], { batchSize: 1 });
    await expect(model.evaluate(whole)).rejects.toThrow('targets.length: expected 2');
    await expect(model.predict({ ...batch, inputs: Int32Array.of(0, 6) })).rejects.toThrow('ids[1]');
    expect(() => new SequenceLabeler({ ...config, task: 'tag' as never, random })).toThrow('task');
    expect(() => new SequenceLabeler({ ...config, hidden: 3, random } as never)).toThrow('hidden');
    expect(() => new SequenceLabeler(config as never)).toThrow('random');
  });
});

describe('an encoder-decoder', () => {
  const [held] = pairBatches(reversed(100, 2), { batchSize: 100 });
  const rightIn = async (model: EncoderDecoder) => {
    const translations = await model.translate(held, { start, end, length: 8 });
    return translations.filter(({ tokens }, row) => {
      const source = held.sources.slice(
        row * held.sourceSteps,
        row * held.sourceSteps + held.sourceLengths[row],
      );
      return tokens.join() === source.toReversed().join();
    }).length;
  };
  const make = (config: Partial<EncoderDecoderConfig> = {}) =>
    new EncoderDecoder({ ...vocabularies, ...small, hiddenSize: 24, ...config, random: Random.seeded(1) });

  it.each([
    { attention: 'additive' },
    { attention: 'multiplicative', bidirectional: false, layers: 2 },
    { attention: 'none', cell: 'lstm' },
  ] as const)('learns to reverse: %o', async (config) => {
    const model = make(config);
    await train(model, pairBatches(reversed(600, 1), { batchSize: 32, random: Random.seeded(2) }), {
      epochs: 25,
    });
    // Chance is 2 in 100. Without attention a small state must hold all.
    expect(await rightIn(model)).toBeGreaterThan(config.attention === 'none' ? 50 : 90);
  });

  it('looks where it reads', async () => {
    const model = make();
    await train(model, pairBatches(reversed(600, 1), { batchSize: 32, random: Random.seeded(2) }), {
      epochs: 25,
    });
    const [{ tokens, attention }] = await model.translate(
      { batchSize: 1, sources: Int32Array.of(3, 1, 4), sourceSteps: 3, sourceLengths: Int32Array.of(3) },
      { start, end, length: 8 },
    );
    expect(tokens).toEqual([4, 1, 3]);
    // One row for each token and the end, each a distribution over the source.
    expect(attention.length).toBe(4);
    for (const row of attention) expect(row.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 5);

    // The decoder as a language model: the search finds it, and probabilities are those of the batch.
    const decoder = await model.decoder([3, 1, 4], { start });
    const [best] = await beamSearch(decoder, { length: 8, beams: 3, endToken: end });
    expect(best.tokens).toEqual([4, 1, 3]);
    const [pair] = pairBatches([{ source: [3, 1, 4], target: [start, 4, 1, 3, end] }], { batchSize: 1 });
    const { loss } = await model.evaluate(pair);
    const scored = await evaluate(decoder, Int32Array.of(4, 1, 3, end));
    expect(Math.log(scored.perplexity)).toBeCloseTo(loss, 5);
    expect(best.logProbability / 4).toBeCloseTo(-loss, 5);
  }, 60_000);

  it('counts no padding: a batch has the loss and gradient of its rows', async () => {
    const model = make({ layers: 2 });
    const random = Random.seeded(5);
    const pairs = reversed(6, 4);
    const [batch] = pairBatches(pairs, { batchSize: 6 });
    const whole = await model.lossAndGradients(batch, {}, { random });
    const gradients = model.parameters.map(({ gradient }) => gradient.slice());
    const sums = gradients.map((gradient) => new Float64Array(gradient.length));
    let loss = 0;
    for (const pair of pairs) {
      const [alone] = pairBatches([pair], { batchSize: 1 });
      const result = await model.lossAndGradients(alone, {}, { random, reduction: 'sum-over-time' });
      loss += result.loss * result.predictions;
      model.parameters.forEach(({ gradient }, i) => {
        for (let j = 0; j < gradient.length; j++) sums[i][j] += gradient[j];
      });
    }
    expect(loss / whole.predictions).toBeCloseTo(whole.loss, 5);
    model.parameters.forEach(({ name }, i) => {
      const worst = gradients[i].reduce(
        (most, value, j) => Math.max(most, Math.abs(value - sums[i][j] / whole.predictions)),
        0,
      );
      expect(worst, name).toBeLessThan(1e-5);
    });
  });

  it('has a second pass for its own choices, where it is not forced', async () => {
    const [batch] = pairBatches(reversed(8, 4), { batchSize: 8 });
    const losses = async (teacherForcing: number) => {
      const model = make();
      model.teacherForcing = teacherForcing;
      const { loss } = await model.lossAndGradients(batch, {}, { random: Random.seeded(6) });
      // Evaluation reads the targets, whatever training does.
      return [loss, (await model.evaluate(batch)).loss];
    };
    const [forced, evaluated] = await losses(1);
    expect(forced).toBeCloseTo(evaluated, 6);
    const [own, same] = await losses(0);
    expect(same).toBe(evaluated);
    expect(Math.abs(own - forced)).toBeGreaterThan(1e-4);
    // With its own choices as inputs, the loss is that of a batch that has them.
    const model = make();
    const translations = await model.translate(batch, { start, end: 99, length: batch.steps });
    const inputs = batch.inputs.slice();
    for (let row = 0; row < 8; row++) {
      for (let t = 1; t < batch.steps; t++) inputs[row * batch.steps + t] = translations[row].tokens[t - 1];
    }
    expect((await model.evaluate({ ...batch, inputs })).loss).toBeCloseTo(own, 5);
    expect(() => {
      model.teacherForcing = 1.1;
    }).toThrow('teacherForcing');
  });

  it('learns by its own choices, too', async () => {
    const model = make();
    const batches = pairBatches(reversed(600, 1), { batchSize: 32, random: Random.seeded(2) });
    await train(model, batches, { epochs: 15 });
    model.teacherForcing = 0.5;
    await train(model, batches, { epochs: 5, rate: 0.005 });
    expect(await rightIn(model)).toBeGreaterThan(85);
  }, 60_000);

  const updates = process.env.THROUGHTIME_LONG ? 1000 : 100;
  it(`keeps no memory over ${updates} updates`, async () => {
    const random = Random.seeded(1);
    const tiny = { embeddingSize: 2, hiddenSize: 2, random };
    const labeler = new SequenceLabeler({ task: 'classification', vocabularySize: 6, classes: 2, ...tiny });
    const translator = new EncoderDecoder({ ...vocabularies, ...tiny });
    const [pair] = pairBatches([{ source: [1], target: [start, 1, end] }], { batchSize: 1 });
    const [labeled] = labeledBatches([{ tokens: [1, 2], label: 1 }], { batchSize: 1 });
    const update = async () => {
      await labeler.lossAndGradients(labeled, {}, { random });
      await translator.lossAndGradients(pair, {}, { random });
      await translator.translate(pair, { start, end, length: 2 });
    };
    await update();
    const before = tf.memory();
    for (let i = 0; i < updates; i++) await update();
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numDataBuffers).toBe(before.numDataBuffers);
  }, 120_000);

  it('refuses what it cannot read', async () => {
    const model = make();
    const [pair] = pairBatches([{ source: [1], target: [start, 1, 8] }], { batchSize: 1 });
    await expect(model.evaluate(pair)).rejects.toThrow('targets[1]: expected a class from 0 to 7, got 8');
    await expect(model.decoder([6], { start })).rejects.toThrow(
      'source[0]: expected a whole number from 0 to 5, got 6',
    );
    await expect(model.decoder([1.5], { start })).rejects.toThrow('source[0]');
    await expect(model.decoder(Int32Array.of(), { start })).rejects.toThrow(
      'source: expected at least 1 token, got 0',
    );
    const none = { batchSize: 0, sources: Int32Array.of(), sourceSteps: 0, sourceLengths: Int32Array.of() };
    for (const [wrong, message] of [
      [{}, 'batchSize: expected a whole number of at least 1, got 0'],
      [{ batchSize: 1 }, 'sourceSteps: expected a whole number of at least 1, got 0'],
      [{ batchSize: 1, sourceSteps: 2 }, 'sources.length: expected 2, got 0'],
      [
        { batchSize: 1, sourceSteps: 1, sources: Int32Array.of(1) },
        'sourceLengths.length: expected 1, got 0',
      ],
      [
        { batchSize: 1, sourceSteps: 1, sources: Int32Array.of(1), sourceLengths: Int32Array.of(2) },
        'sourceLengths[0]: expected a whole number from 1 to 1, got 2',
      ],
    ] as const)
      await expect(model.translate({ ...none, ...wrong }, { start, end, length: 2 })).rejects.toThrow(
        message,
      );
    await expect(model.decoder([1], { start: 8 })).rejects.toThrow('start');
    await expect(model.translate(held, { start, end, length: 0 })).rejects.toThrow('length');
    expect(() => make({ attention: 'dot' as never })).toThrow('attention');
  });
});
