import { describe, expect, it } from 'vitest';
import { maximumLikelihood } from './count-smoothing.js';
import { countCorpus } from './counts.js';
import { fixtureLines, KenlmVocabulary } from './fixtures/kenlm.js';
import { kneserNey } from './kneser-ney.js';
import { ngramStorage } from './storage.js';

describe('ngramStorage', () => {
  const lines = fixtureLines('train.txt');
  const vocabulary = new KenlmVocabulary(lines);
  const words = vocabulary.encode(lines.flat());
  const counts = countCorpus(words, { order: 4, vocabularySize: vocabulary.tokens.length });

  it('answers the chapter’s exercise: n words make at most 4 n different four-grams and shorter, not V^4', () => {
    const storage = ngramStorage(maximumLikelihood(counts));
    const total = storage.reduce((sum, { ngrams }) => sum + ngrams, 0);
    // 3 tokens of the vocabulary do not occur here.
    expect(total - 3).toBeLessThanOrEqual(4 * words.length - 6);
    // 9,708 words, 2,419 different ones; a set of tuples in Python has as many. The longer, the fewer come twice.
    expect(storage.map(({ ngrams }) => ngrams)).toEqual([2422, 7464, 9350, 9627]);
  });

  it('counts the bytes of the arrays', () => {
    const count = maximumLikelihood(counts);
    const { token, suffix, childStart } = count.trie;
    const arrays = (...list: { byteLength: number }[]) =>
      list.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const bytes = (model: Parameters<typeof ngramStorage>[0]) =>
      ngramStorage(model).reduce((sum, order) => sum + order.bytes, 0);
    // The root and the end of the last children are not an n-gram's.
    expect(bytes(count)).toBe(arrays(token, suffix, childStart, count.counts.counts) - 4 * 5);
    const { model } = kneserNey(counts);
    const { logProbability, backoff } = model.tables;
    expect(bytes(model)).toBe(arrays(token, suffix, childStart, logProbability, backoff) - 4 * 6);
  });
});
