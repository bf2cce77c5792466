import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { smallModel, V } from './fixtures/small-recurrent-model.js';
import {
  addK,
  beamSearch,
  bitsPerToken,
  compress,
  connectivity,
  countCorpus,
  dynamicEvaluation,
  evaluate,
  evaluateSentences,
  evaluateStreams,
  fitMixtureWeights,
  generate,
  generateBatch,
  gradientSquares,
  kneserNey,
  MixtureLanguageModel,
  perplexity,
  streamBatches,
  tokenLogProbabilities,
  unigramPerplexity,
} from './index.js';

const text = Int32Array.from({ length: 40 }, (_, i) => (i * i + (i >> 2)) % V);
const counts = countCorpus([text], { order: 2, vocabularySize: V });
const ngram = addK(counts);
const backoff = kneserNey(counts).model;
const model = smallModel({ cell: 'gru' });
const withoutScore = {
  vocabularySize: V,
  initialState: () => ngram.initialState(),
  advance: (state: number, token: number) => ngram.advance(state, token),
  logProbabilities: (state: number) => ngram.logProbabilities(state),
};
const random = () => Random.seeded(1);

/** Every call that reads the ids of a text. */
const calls: readonly (readonly [name: string, call: (ids: ArrayLike<number>) => unknown])[] = [
  ['evaluate', (ids) => evaluate(model, ids)],
  ['evaluate with an n-gram model', (ids) => evaluate(ngram, ids)],
  ['perplexity', (ids) => perplexity(ngram, ids)],
  ['bitsPerToken', (ids) => bitsPerToken(ngram, ids)],
  ['tokenLogProbabilities', (ids) => tokenLogProbabilities(model, ids)],
  ['tokenLogProbabilities, token by token', (ids) => tokenLogProbabilities(withoutScore, ids)],
  ['evaluateStreams', (ids) => evaluateStreams(model, ids, { streams: 2, steps: 3 })],
  ['streamBatches', (ids) => [...streamBatches(ids, { streams: 2, steps: 3 })]],
  ['dynamicEvaluation', (ids) => dynamicEvaluation(model, ids)],
  ['gradientSquares', (ids) => gradientSquares(model, ids)],
  ['connectivity', (ids) => connectivity(model, ids)],
  ['unigramPerplexity', (ids) => unigramPerplexity(ids, { vocabularySize: V })],
  ['unigramPerplexity of another text', (ids) => unigramPerplexity(text, { vocabularySize: V, of: ids })],
  ['fitMixtureWeights', (ids) => fitMixtureWeights([ngram, backoff], ids)],
  ['compress', (ids) => compress(ngram, { ids: ids as Int32Array, literals: [] })],
  ['evaluateSentences', (ids) => evaluateSentences(backoff, [ids])],
  ['score of a recurrent model', (ids) => model.score(ids)],
  ['score of a count model', (ids) => ngram.score(ids)],
  ['score of a back-off model', (ids) => backoff.score(ids)],
  ['score of a mixture', (ids) => new MixtureLanguageModel([ngram, backoff]).score(ids)],
  ['advanceBatch', (ids) => model.advanceBatch(model.initialState(ids?.length ?? 1), ids as Int32Array)],
  ['beamSearch', (prompt) => beamSearch(model, { prompt, length: 3 })],
  ['generateBatch', (prompt) => generateBatch(model, { prompts: [prompt], length: 3, random: random() })],
  [
    'generate',
    async (prompt) => {
      const made: number[] = [];
      for await (const id of generate(model, { prompt, length: 3, random: random() })) made.push(id);
      return made;
    },
  ],
];

/** Where no ids at all are right, too. */
const optional = new Set(['generate', 'beamSearch', 'unigramPerplexity of another text']);

describe.each(calls)('%s', (name, call) => {
  it('reads any list of ids as it reads an Int32Array', async () => {
    const ids = text.subarray(0, 9);
    const expected = await call(ids);
    for (const list of [[...ids], Uint8Array.from(ids), Float32Array.from(ids), { ...ids, length: 9 }])
      expect(await call(list)).toEqual(expected);
  });

  it.skipIf(optional.has(name))('refuses nothing by name', async () => {
    await expect((async () => call(undefined as never))()).rejects.toThrow(ArgumentError);
  });

  it.each([
    ['null', null],
    ['a number', 3],
    ['a text', '1234'],
    ['a fraction', [1, 2, 1.5, 0]],
    ['texts', ['1', '2', '3']],
    ['what an Int32Array would wrap', [1, 2, 2 ** 32, 0]],
    ['holes', { length: 3, 0: 1 }],
  ])('refuses %s by name', async (_, ids) => {
    await expect((async () => call(ids as never))()).rejects.toThrow(ArgumentError);
  });
});

describe('countCorpus', () => {
  it.each([undefined, null, 3, '123', [1, 2, 3], [[1, 2]]])('refuses %o by name', (corpus) => {
    const count = () => countCorpus(corpus as never, { order: 2, vocabularySize: V });
    expect(count).toThrow(ArgumentError);
    expect(count).toThrow('corpus: expected an Int32Array, or Int32Arrays one by one');
  });
});

describe('advance', () => {
  it('does not round a token', () => {
    expect(() => model.advance(model.initialState(), 1.5)).toThrow(
      'tokens[0]: expected a token id from 0 to 6',
    );
    expect(() => model.advance(model.initialState(), '1' as never)).toThrow(ArgumentError);
  });
});
