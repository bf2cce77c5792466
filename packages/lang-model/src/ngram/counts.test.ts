import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmptySequenceError, TokenOutOfRangeError } from '../errors.js';
import { type CorpusCounts, countCorpus } from './counts.js';
import { prunedCounts } from './pruning.js';

/** Every n-gram of a trie that was counted at least once, by its tokens. */
function listed({ trie, counts }: CorpusCounts): Record<string, number> {
  const parents = trie.parents();
  const list: Record<string, number> = {};
  for (let node = 1; node < trie.size; node++) {
    const ngram: number[] = [];
    for (let n = node; n !== 0; n = parents[n]) ngram.unshift(trie.token[n]);
    if (counts[node] > 0) list[ngram.join(' ')] = counts[node];
  }
  return list;
}

/** The same by looking at every stretch of every text. `<s>` never ends an n-gram. */
function listedNaively(texts: readonly number[][], order: number, begin = -1): Record<string, number> {
  const list: Record<string, number> = {};
  for (const text of texts)
    for (let end = 1; end <= text.length; end++)
      for (let start = Math.max(0, end - order); start < end; start++) {
        if (text[end - 1] === begin) continue;
        const ngram = text.slice(start, end).join(' ');
        list[ngram] = (list[ngram] ?? 0) + 1;
      }
  return list;
}

const order = fc.integer({ min: 1, max: 7 });
const texts = fc.array(fc.array(fc.integer({ min: 3, max: 8 }), { maxLength: 30 }), { maxLength: 6 });
const vocabularySize = 9;
const sentences = { begin: 1, end: 2 };

describe('countCorpus', () => {
  it('counts what a look at every stretch counts', () => {
    fc.assert(
      fc.property(order, texts, (order, texts) => {
        fc.pre(texts.some((text) => text.length > 0));
        const corpus = texts.map((text) => Int32Array.from(text));
        expect(listed(countCorpus(corpus, { order, vocabularySize }))).toEqual(listedNaively(texts, order));
      }),
    );
  });

  it('puts sentences between marks, and predicts </s> but not <s>', () => {
    fc.assert(
      fc.property(order, texts, (order, texts) => {
        fc.pre(texts.length > 0);
        const corpus = texts.map((text) => Int32Array.from(text));
        const marked = texts.map((text) => [1, ...text, 2]);
        const counts = countCorpus(corpus, { order, vocabularySize, sentences });
        expect(listed(counts)).toEqual(listedNaively(marked, order, sentences.begin));
        expect(counts.counts[0]).toBe(marked.flat().length - marked.length);
        // The same as a running text that has its </s>.
        const running = Int32Array.from(texts.flatMap((text) => [...text, 2]));
        expect(countCorpus(running, { order, vocabularySize, sentences })).toEqual(counts);
      }),
    );
  });

  it('keeps the arrays of the trie in step', () => {
    fc.assert(
      fc.property(order, texts, (order, texts) => {
        fc.pre(texts.length > 0);
        const corpus = texts.map((text) => Int32Array.from(text));
        const { trie } = countCorpus(corpus, { order, vocabularySize, sentences });
        const parents = trie.parents();
        const ngramOf = (node: number): number[] =>
          node === 0 ? [] : [...ngramOf(parents[node]), trie.token[node]];
        for (let node = 1; node < trie.size; node++) {
          const ngram = ngramOf(node);
          expect(trie.find(ngram)).toBe(node);
          expect(trie.depthOf(node)).toBe(ngram.length);
          expect(ngramOf(trie.suffix[node])).toEqual(ngram.slice(1));
        }
      }),
      { numRuns: 30 },
    );
  });

  it('does not end a running text that does not end', () => {
    const counts = countCorpus(Int32Array.of(3, 2, 4), { order: 2, vocabularySize, sentences });
    expect(listed(counts)).toEqual({ 2: 1, 3: 1, 4: 1, '1 3': 1, '3 2': 1, '1 4': 1 });
  });

  it('names what cannot be counted', () => {
    const ids = Int32Array.of(3, 4);
    const counting =
      (options: object, corpus: Int32Array | Int32Array[] = ids) =>
      () =>
        countCorpus(corpus, { order: 2, vocabularySize, ...options });
    expect(counting({ order: 0 })).toThrow(ArgumentError);
    expect(counting({ order: 17 })).toThrow('order: expected a whole number from 1 to 16, got 17');
    expect(counting({ vocabularySize: 4 })).toThrow(TokenOutOfRangeError);
    expect(counting({}, Int32Array.of(-1))).toThrow(TokenOutOfRangeError);
    expect(counting({}, new Int32Array(0))).toThrow(EmptySequenceError);
    expect(counting({}, [])).toThrow(EmptySequenceError);
    expect(counting({ unknown: 9 })).toThrow('unknown: expected an id from 0 to 8, got 9');
    expect(counting({ sentences: { begin: 1, end: 1 } })).toThrow('sentences.end: expected another id');
    expect(counting({ sentences }, [ids, Int32Array.of(3, 2)])).toThrow(
      'corpus[1][1]: expected a token other than the sentence marks, which are added, got 2',
    );
    expect(counting({ sentences }, Int32Array.of(1, 3, 2))).toThrow('corpus[0]');
  });
});

describe('prunedCounts', () => {
  const counts = countCorpus(Int32Array.of(3, 4, 5, 3, 4, 5, 3, 4, 6), { order: 3, vocabularySize });

  it('drops n-grams at or below the threshold of their order, the last one holding for all above', () => {
    expect(listed(prunedCounts(counts, [0, 1]))).toEqual({
      ...{ 3: 3, 4: 3, 5: 2, 6: 1 },
      ...{ '3 4': 3, '4 5': 2, '5 3': 2 },
      ...{ '3 4 5': 2, '4 5 3': 2, '5 3 4': 2 },
    });
    expect(listed(prunedCounts(counts, [0, 0, 2]))).toEqual({
      ...{ 3: 3, 4: 3, 5: 2, 6: 1 },
      ...{ '3 4': 3, '4 5': 2, '5 3': 2, '4 6': 1 },
    });
    expect(prunedCounts(counts, [])).toEqual(counts);
  });

  it('refuses thresholds that would leave n-grams without their context', () => {
    expect(() => prunedCounts(counts, [1])).toThrow('prune[0]: expected 0: cut the vocabulary');
    expect(() => prunedCounts(counts, [0, 2, 1])).toThrow(
      'prune[2]: expected a whole number of at least 2, got 1',
    );
    expect(() => prunedCounts(counts, [0, 0.5])).toThrow(ArgumentError);
  });
});
