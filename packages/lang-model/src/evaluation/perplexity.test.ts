import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EmptySequenceError, TokenOutOfRangeError } from '../errors.js';
import { BigramTable, uniformModel } from '../fixtures/bigram-table.js';
import { bitsPerToken, evaluate, perplexity } from './perplexity.js';
import { unigramPerplexity } from './unigram-floor.js';

// Rows: after 0, after 1, at the start.
const table = new BigramTable([
  [1, 3],
  [1, 1],
  [1, 7],
]);

describe('perplexity', () => {
  it('is the inverse geometric mean of the probabilities', () => {
    // 1, 0, 1 has 7/8, 1/2, 3/4: the mean of three factors is their product to the power 1/3.
    const product = (7 / 8) * (1 / 2) * (3 / 4);
    const ids = Int32Array.of(1, 0, 1);
    expect(perplexity(table, ids)).toBeCloseTo(product ** (-1 / 3), 12);
    expect(bitsPerToken(table, ids)).toBeCloseTo(-Math.log2(product) / 3, 12);
  });

  it('is the vocabulary size for a uniform model, whatever the text', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.array(fc.nat(), { minLength: 1 }), (size, text) => {
        const ids = Int32Array.from(text, (n) => n % size);
        expect(perplexity(uniformModel(size), ids)).toBeCloseTo(size, 9);
      }),
    );
  });

  it('is 1 when every token is certain and infinite when one is impossible', () => {
    const certain = new BigramTable([
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(perplexity(certain, Int32Array.of(0, 1, 0, 1))).toBe(1);
    expect(perplexity(certain, Int32Array.of(0, 0))).toBe(Number.POSITIVE_INFINITY);
  });

  it('reads given ids without scoring them', () => {
    const result = evaluate(table, Int32Array.of(0, 1, 0), { given: 1 });
    expect(result.tokens).toBe(2);
    expect(result.loss).toBeCloseTo(-(Math.log(3 / 4) + Math.log(1 / 2)) / 2, 12);
  });

  it('starts from a state that is passed in', () => {
    expect(perplexity(table, Int32Array.of(1), { state: 0 })).toBeCloseTo(4 / 3, 12);
  });

  it('uses the fast path of a model that has one', () => {
    const fast = Object.assign(uniformModel(2), {
      score: (ids: Int32Array) => new Float64Array(ids.length).fill(Math.log(0.25)),
    });
    expect(perplexity(fast, Int32Array.of(0, 1))).toBeCloseTo(4, 12);
  });

  it('refuses an empty text and ids outside the vocabulary', () => {
    expect(() => perplexity(table, new Int32Array(0))).toThrow(EmptySequenceError);
    expect(() => perplexity(table, Int32Array.of(1), { given: 1 })).toThrow(/at least 2/);
    expect(() => perplexity(table, Int32Array.of(0, 2))).toThrow(TokenOutOfRangeError);
    expect(() => perplexity(table, Int32Array.of(-1))).toThrow(/ids\[0\].*0 to 1.*-1/);
  });
});

describe('unigramPerplexity', () => {
  it('is exp of the entropy of the counts', () => {
    // Counts 2, 1, 1: entropy = 1/2 ln 2 + 2 (1/4 ln 4) = 1.5 ln 2.
    const ids = Int32Array.of(0, 0, 1, 2);
    expect(unigramPerplexity(ids, { vocabularySize: 5 })).toBeCloseTo(2 ** 1.5, 12);
  });

  it('predicts another text with every token possible', () => {
    // Counts plus one: 3, 1 of 4. The text 1 has probability 1/4.
    const floor = unigramPerplexity(Int32Array.of(0, 0), { vocabularySize: 2, of: Int32Array.of(1) });
    expect(floor).toBeCloseTo(4, 12);
  });

  it('refuses empty texts', () => {
    expect(() => unigramPerplexity(new Int32Array(0), { vocabularySize: 2 })).toThrow(EmptySequenceError);
  });
});
