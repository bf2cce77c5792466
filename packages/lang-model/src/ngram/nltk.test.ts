import { describe, expect, it } from 'vitest';
import { addK, laplace, maximumLikelihood } from './count-smoothing.js';
import { countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';
import type { NgramModel } from './ngram-model.js';
import { wittenBell } from './witten-bell.js';

// The hand-derived values of nltk's own tests (nltk/test/unit/lm/test_models.py), on its training data. There the marks are
// ordinary tokens, order - 1 of them on either side, and words outside the vocabulary are <UNK>.
const tokens = ['<UNK>', '<s>', '</s>', 'a', 'b', 'c', 'd', 'z'];
const sentences = ['a b c d', 'e g a d b e'];

const encode = (words: readonly string[]) =>
  Int32Array.from(words, (word) => Math.max(0, tokens.indexOf(word)));

function counts(order: number) {
  const pad = (mark: string) => new Array<string>(order - 1).fill(mark);
  const padded = sentences.map((sentence) => encode([...pad('<s>'), ...sentence.split(' '), ...pad('</s>')]));
  return countCorpus(padded, { order, vocabularySize: tokens.length, unknown: 0 });
}

/** p(word | context), where context is words separated by spaces. */
function probability(model: NgramModel, word: string, context = ''): number {
  let state = model.initialState();
  for (const id of encode(context === '' ? [] : context.split(' '))) state = model.advance(state, id);
  return Math.exp(model.logProbabilities(state)[encode([word])[0]]);
}

type Case = readonly [word: string, context: string, expected: number];

function expectAll(model: NgramModel, cases: readonly Case[]) {
  // 1e-7: Kneser-Ney and Witten-Bell models hold float32.
  for (const [word, context, expected] of cases)
    expect(probability(model, word, context), `p(${word} | ${context})`).toBeCloseTo(expected, 7);
}

/** exp of the mean negative log-probability of bigrams 'context word'. */
function bigramPerplexity(model: NgramModel, bigrams: readonly string[]): number {
  const logs = bigrams.map((bigram) => {
    const [context, word] = bigram.split(' ');
    return Math.log(probability(model, word, context));
  });
  return Math.exp(-logs.reduce((sum, log) => sum + log, 0) / logs.length);
}

describe('maximum likelihood', () => {
  it('gives relative frequencies', () => {
    expectAll(maximumLikelihood(counts(2)), [
      ['d', 'c', 1],
      // e was followed by g and </s>.
      ['d', 'e', 0],
      ['z', '', 0],
      // 14 unigrams, 2 of them a, 3 of them unknown (e, g, e).
      ['a', '', 2 / 14],
      ['y', '', 3 / 14],
    ]);
    expectAll(maximumLikelihood(counts(3)), [
      ['d', 'b c', 1],
      ['d', 'c', 1],
      ['a', '', 2 / 18],
      ['z', '', 0],
      ['y', '', 3 / 18],
    ]);
  });

  it('has the perplexity of what was seen, and an infinite one of anything else', () => {
    const model = maximumLikelihood(counts(2));
    // log2: five of -1 and one of -1.585; the mean is -1.0975.
    const seen = ['<s> a', 'a b', 'b <UNK>', '<UNK> a', 'a d', 'd </s>'];
    expect(bigramPerplexity(model, seen)).toBeCloseTo(2.1398, 4);
    expect(bigramPerplexity(model, ['<s> a', 'a c', 'c d', 'd </s>'])).toBe(Number.POSITIVE_INFINITY);
    const unigrams = ['<s>', 'a', 'c', '-', 'd', 'c', '</s>'].map((word) =>
      Math.log(probability(model, word)),
    );
    expect(Math.exp(-unigrams.reduce((sum, log) => sum + log, 0) / 7)).toBeCloseTo(8.0529, 4);
  });
});

describe('add-k', () => {
  // p(d | c) = (1 + k) / (1 + 8 k); p(a) = (2 + k) / (14 + 8 k); p(z) and p(<UNK>) with 0 and 3.
  it.each([0.1, 1])('adds %f to every count', (k) => {
    expectAll(addK(counts(2), { k }), [
      ['d', 'c', (1 + k) / (1 + 8 * k)],
      ['a', '', (2 + k) / (14 + 8 * k)],
      ['z', '', k / (14 + 8 * k)],
      ['y', '', (3 + k) / (14 + 8 * k)],
    ]);
  });

  it('has nltk’s perplexities', () => {
    const bigrams = ['<s> a', 'a c', 'c <UNK>', '<UNK> d', 'd c', 'c </s>'];
    expect(bigramPerplexity(addK(counts(2), { k: 0.1 }), bigrams)).toBeCloseTo(17.0504, 4);
    expect(bigramPerplexity(addK(counts(2)), bigrams)).toBeCloseTo(8.7393, 4);
  });

  it('works on trigrams alike', () => {
    expectAll(addK(counts(3), { k: 0.1 }), [
      ['d', 'b c', 1.1 / 1.8],
      ['e', 'b c', 0.1 / 1.8],
    ]);
  });
});

describe('Witten-Bell', () => {
  it('weighs a context by how many different words followed it', () => {
    // Two words follow b, which occurs twice: gamma(b) = 2 / (2 + 2). One follows "a b", once: gamma = 1 / 2. p(c) = 1 / 18.
    const bigram = 0.5 * 0.5 + (0.5 * 1) / 18;
    expectAll(wittenBell(counts(3), { interpolateUnigrams: false }), [
      ['c', '', 1 / 18],
      ['z', '', 0],
      ['y', '', 3 / 18],
      ['c', 'b', bigram],
      ['c', 'a b', 0.5 + 0.5 * bigram],
      // "z b" was never seen: p(c | b).
      ['c', 'z b', bigram],
    ]);
  });
});

describe('Kneser-Ney', () => {
  it('has nltk’s values with one discount of .75 and plain continuation counts below', () => {
    const discount = [0.75, 0.75, 0.75] as const;
    const { model } = kneserNey(counts(3), { discounts: [[0, 0, 0], discount, discount] });
    // 14 different bigrams, one of which ends in c and three in an unknown word.
    // So p(c | b) = (1 - 0.75) / 2 + (0.75 * 2 / 2) p(c). And p(c | a b) = (1 - 0.75) / 1 + (0.75 * 1 / 1) p(c | b).
    const bigram = 0.125 + 0.75 / 14;
    expectAll(model, [
      ['c', '', 1 / 14],
      ['z', '', 0],
      ['y', '', 3 / 14],
      ['c', 'b', bigram],
      ['c', 'a b', 0.25 + 0.75 * bigram],
      ['c', 'z b', bigram],
    ]);
  });
});

describe('Laplace in the chapter’s form', () => {
  it('leans on the smoothed single tokens at every order', () => {
    const [e1, e2, e3] = [0.5, 2, 4];
    const model = laplace(counts(3), { epsilons: [e1, e2, e3] });
    // m = 8 tokens; c occurs once in 18, and z not at all.
    const [c, z] = [(1 + e1 / 8) / (18 + e1), e1 / 8 / (18 + e1)];
    expectAll(model, [
      ['c', '', c],
      ['z', '', z],
      // b occurs twice, once before c; "a b" once, before c.
      ['c', 'b', (1 + e2 * c) / (2 + e2)],
      ['c', 'a b', (1 + e3 * c) / (1 + e3)],
      ['z', 'a b', (e3 * z) / (1 + e3)],
      // "z b" was never seen: n = 0 leaves e3 p(c) / e3.
      ['c', 'z b', c],
    ]);
  });
});
