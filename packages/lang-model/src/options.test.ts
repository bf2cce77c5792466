import { ArgumentError, UnknownOptionError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { describe, expect, it } from 'vitest';
import { batch, smallModel, V } from './fixtures/small-recurrent-model.js';
import {
  addK,
  beamSearch,
  bitsPerToken,
  CachePointerModel,
  countCorpus,
  createSampler,
  dynamicEvaluation,
  encodeModel,
  encodeNgramModel,
  evaluate,
  evaluateStreams,
  fitMixtureWeights,
  generate,
  generateBatch,
  generateText,
  gradientSquares,
  initializerOf,
  kneserNey,
  laplace,
  maximumLikelihood,
  parameterCount,
  perplexity,
  preset,
  RecurrentLanguageModel,
  streamBatches,
  unigramPerplexity,
  wittenBell,
} from './index.js';
import { saveModel, saveNgramModel } from './node/index.js';
import { RnnFromScratch } from './tfjs.js';

const random = Random.seeded(1);
const vocabulary = Vocabulary.fromList([...'abcdefg']);
const tokenizer = charTokenizer();
const model = smallModel();
const ids = Int32Array.from({ length: 60 }, (_, i) => (i * i) % V);
const counts = countCorpus(ids, { order: 2, vocabularySize: V });
const ngram = addK(counts);

/** Runs a call to its first result. */
async function run(call: () => unknown): Promise<void> {
  const result = await call();
  if (typeof result === 'object' && result !== null && Symbol.asyncIterator in result)
    for await (const _ of result as AsyncIterable<unknown>) break;
}

type Options = Record<string, unknown>;

/** Each call that takes options, with options that it takes. */
const calls: readonly (readonly [name: string, call: (options: never) => unknown, valid: Options])[] = [
  ['RecurrentLanguageModel', (o) => new RecurrentLanguageModel(o), { vocabularySize: V, random }],
  ['RnnFromScratch', (o) => new RnnFromScratch(o), { vocabularySize: V, hiddenSize: 3, random }],
  ['parameterCount of a configuration', (o) => parameterCount(o), { vocabularySize: V }],
  ['parameterCount', (o) => parameterCount({ vocabularySize: V }, o), {}],
  ['encodeModel', (o) => encodeModel(model, o), {}],
  ['encodeNgramModel', (o) => encodeNgramModel(ngram, o), { vocabulary }],
  ['createSampler', (o) => createSampler(o, V), {}],
  ['generate', (o) => generate(model, o), {}],
  ['generateText', (o) => generateText(model, o), { tokenizer, vocabulary }],
  ['generateBatch', (o) => generateBatch(model, o), { prompts: [[0]], length: 2 }],
  ['beamSearch', (o) => beamSearch(model, o), { length: 2 }],
  ['evaluate', (o) => evaluate(model, ids, o), {}],
  ['perplexity', (o) => perplexity(model, ids, o), {}],
  ['bitsPerToken', (o) => bitsPerToken(model, ids, o), {}],
  ['evaluateStreams', (o) => evaluateStreams(model, ids, o), {}],
  ['streamBatches', (o) => streamBatches(ids, o), { streams: 2, steps: 3 }],
  ['unigramPerplexity', (o) => unigramPerplexity(ids, o), { vocabularySize: V }],
  ['dynamicEvaluation', (o) => dynamicEvaluation(model, ids, o), {}],
  ['gradientSquares', (o) => gradientSquares(model, ids, o), {}],
  ['CachePointerModel', (o) => new CachePointerModel(model, o), {}],
  ['fitMixtureWeights', (o) => fitMixtureWeights([model, ngram], ids, o), {}],
  ['countCorpus', (o) => countCorpus(ids, o), { order: 2, vocabularySize: V }],
  ['kneserNey', (o) => kneserNey(counts, o), {}],
  ['wittenBell', (o) => wittenBell(counts, o), {}],
  ['laplace', (o) => laplace(counts, o), {}],
  ['addK', (o) => addK(counts, o), {}],
  ['maximumLikelihood', (o) => maximumLikelihood(counts, o), {}],
];

describe.each(calls)('the options of %s', (_, call, valid) => {
  it('are taken', async () => {
    await run(() => call(valid as never));
  });

  it('are refused where one has a name that is not known', async () => {
    const typo = { ...valid, temprature: 1 };
    await expect(run(() => call(typo as never))).rejects.toThrow(UnknownOptionError);
    await expect(run(() => call(typo as never))).rejects.toThrow(
      /^temprature: expected the name of an option/,
    );
  });

  it('are refused where they are no options', async () => {
    for (const options of [null, 3, 'all', [1]])
      await expect(run(() => call(options as never))).rejects.toThrow(ArgumentError);
  });

  it('are refused by name where one that has no default is missing', async () => {
    if (Object.keys(valid).length === 0) return run(() => call(undefined as never));
    await expect(run(() => call(undefined as never))).rejects.toThrow(ArgumentError);
    for (const name of Object.keys(valid)) {
      const { [name]: _, ...others } = valid;
      // Either size would do: the message names both.
      const said =
        name === 'vocabularySize' && 'random' in others ? /vocabulary(Size)?: expected/ : `${name}: expected`;
      await expect(run(() => call(others as never))).rejects.toThrow(ArgumentError);
      await expect(run(() => call(others as never))).rejects.toThrow(said);
    }
  });
});

describe('errors that were made', () => {
  const message = (call: () => unknown): Promise<unknown> =>
    run(call).then(
      () => 'no error',
      (error: Error) => error.message,
    );
  const create = (options: object) => () =>
    new RecurrentLanguageModel({ vocabularySize: V, random, ...options });

  it.each<[string, () => unknown, string]>([
    [
      'hidden for hiddenSize',
      create({ hidden: 64 }),
      "hidden: expected the name of an option, got one that is not known (did you mean 'hiddenSize'?)",
    ],
    [
      'a size in words',
      create({ hiddenSize: 'three' }),
      'hiddenSize: expected a whole number of at least 1, or a list of items, each a whole number of at least 1, got ' +
        "'three'",
    ],
    [
      'a size that is not whole',
      create({ hiddenSize: 1.5 }),
      'hiddenSize: expected a whole number of at least 1, or a list of items, each a whole number of at least 1, got 1.5',
    ],
    [
      'a size that is false',
      create({ hiddenSize: false }),
      'hiddenSize: expected a whole number of at least 1, or a list of items, each a whole number of at least 1, got false',
    ],
    [
      'one size of several that is none',
      create({ hiddenSize: [64, 0] }),
      'hiddenSize[1]: expected a whole number of at least 1, got 0',
    ],
    [
      'no size',
      create({ hiddenSize: [] }),
      'hiddenSize.length: expected a whole number of at least 1, got 0',
    ],
    [
      'other sizes than layers',
      create({ hiddenSize: [4, 3], layers: 3 }),
      'hiddenSize: expected one size for each of 3 layers, got [4, 3]',
    ],
    [
      'a rate for a record of rates',
      create({ dropout: 0.9 }),
      'dropout: expected an object with the options input, between, output, locked, state, recurrentWeights, embedding, got 0.9',
    ],
    [
      'a rate under another name',
      create({ dropout: { betwen: 0.5 } }),
      "dropout.betwen: expected the name of an option, got one that is not known (did you mean 'between'?)",
    ],
    [
      'a rate of 1',
      create({ dropout: { embedding: 1 } }),
      'dropout.embedding: expected a probability from 0 to below 1, got 1',
    ],
    [
      'no random',
      create({ random: undefined }),
      'random: expected a Random, such as Random.seeded(1), got undefined',
    ],
    [
      'a seed for a random',
      create({ random: 7 }),
      'random: expected a Random, such as Random.seeded(1), got 7',
    ],
    [
      'another cell',
      create({ cell: 'LSTM' }),
      "cell: expected one of 'rnn', 'gru', 'lstm', 'mingru', 'minlstm', got 'LSTM' (did you mean 'lstm'?)",
    ],
    [
      'another path',
      create({ path: 'fuse' }),
      "path: expected one of 'fused', 'reference', got 'fuse' (did you mean 'fused'?)",
    ],
    [
      'an embedding in words',
      create({ embedding: 'onehot' }),
      "embedding: expected 'one-hot', or a whole number of at least 1, got 'onehot'",
    ],
    [
      'an object that is no vocabulary',
      create({ vocabulary: {} }),
      'vocabulary: expected a Vocabulary, got {}',
    ],
    [
      'a vocabulary to save a model with, which has its own',
      () => saveModel('nowhere', model, { vocabulary } as never),
      'vocabulary: expected the name of an option (tokenizer, notes, run, weights), got one that is not known',
    ],
    [
      'an n-gram model without its vocabulary',
      () => saveNgramModel('nowhere', ngram, {} as never),
      'vocabulary: expected a Vocabulary, got undefined',
    ],
    [
      'notes that are no data',
      () => encodeModel(model, { notes: { size: 1n } }),
      'notes: expected an object of plain data, as JSON holds it, got { size: 1n }',
    ],
    [
      'a text for ids',
      () => generate(model, { prompt: 'abc', random } as never),
      "prompt: expected a list of token ids, got 'abc'",
    ],
    [
      'ids for a text',
      () => generateText(model, { prompt: [1], random, tokenizer, vocabulary } as never),
      'prompt: expected a string, got [1]',
    ],
    [
      'a training step without random',
      () => model.lossAndGradients(batch(1, 2), model.initialState(), {} as never),
      'random: expected a Random, such as Random.seeded(1), got undefined',
    ],
    [
      'a training step without options',
      () => model.lossAndGradients(batch(1, 2), model.initialState(), undefined as never),
      'random: expected a Random, such as Random.seeded(1), got undefined',
    ],
    ['another preset', () => preset('ptb-smal'), `preset: expected one of 'd2l-0.6', 'd2l-0.6-random'`],
    [
      'another initializer',
      () => initializerOf({ kind: 'gaussian' } as never),
      "initializer.kind: expected one of 'normal', 'uniform', 'uniform-by-hidden-size', 'xavier-uniform', got 'gaussian'",
    ],
  ])('%s', async (_, call, said) => {
    const got = await message(call);
    expect(String(got).slice(0, said.length)).toBe(said);
  });
});
