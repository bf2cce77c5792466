import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TokenOutOfRangeError } from '../errors.js';
import { addK, laplace, maximumLikelihood } from './count-smoothing.js';
import { type CorpusCounts, countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';
import type { NgramModel } from './ngram-model.js';
import type { PruneThresholds } from './pruning.js';
import { wittenBell } from './witten-bell.js';

const smoothings: Record<string, (counts: CorpusCounts, prune: PruneThresholds) => NgramModel> = {
  'maximum likelihood': (counts, prune) => maximumLikelihood(counts, { prune }),
  'add-k': (counts, prune) => addK(counts, { k: 0.3, prune }),
  Laplace: (counts, prune) => laplace(counts, { prune }),
  'Laplace without pseudocounts': (counts, prune) =>
    laplace(counts, { epsilons: new Array(counts.order).fill(0), prune }),
  'Witten-Bell': (counts, prune) => wittenBell(counts, { prune }),
  'Kneser-Ney': (counts, prune) => kneserNey(counts, { prune }).model,
  'Kneser-Ney, backing off': (counts, prune) => kneserNey(counts, { prune, interpolate: false }).model,
};

const vocabularySize = 9;
const marks = { begin: 1, end: 2 };
const corpora = fc.record({
  order: fc.integer({ min: 1, max: 7 }),
  // Three tokens repeat so much that high counts occur too.
  texts: fc.array(fc.array(fc.integer({ min: 3, max: 5 }), { minLength: 1, maxLength: 60 }), {
    minLength: 1,
    maxLength: 5,
  }),
  sentences: fc.constantFrom(undefined, marks),
  unknown: fc.constantFrom(undefined, 0),
  prune: fc.constantFrom<PruneThresholds[]>([], [0, 0, 1], [0, 1], [0, 1, 2]),
});

function counted({ texts, ...options }: { texts: number[][]; order: number }): CorpusCounts {
  return countCorpus(
    texts.map((text) => Int32Array.from(text)),
    { vocabularySize, ...options },
  );
}

describe.each(Object.entries(smoothings))('%s', (_, smooth) => {
  it('gives distributions that sum to 1 after every context', () => {
    fc.assert(
      fc.property(corpora, fc.array(fc.integer({ min: 0, max: 8 })), ({ prune, ...corpus }, walk) => {
        const model = smooth(counted(corpus), prune);
        let state = model.initialState();
        for (const token of [...corpus.texts[0], ...walk]) {
          const sum = model.logProbabilities(state).reduce((total, log) => total + Math.exp(log), 0);
          expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
          state = model.advance(state, token);
        }
      }),
    );
  });

  it('scores a text as it predicts it token by token, from any state', () => {
    fc.assert(
      fc.property(corpora, fc.array(fc.integer({ min: 0, max: 8 })), ({ prune, ...corpus }, ids) => {
        const model = smooth(counted(corpus), prune);
        const start = model.advance(model.initialState(), corpus.texts[0][0]);
        let state = start;
        const stepped = ids.map((id) => {
          const logProbability = model.logProbabilities(state)[id];
          state = model.advance(state, id);
          return logProbability;
        });
        const scored = model.score(Int32Array.from(ids), start);
        stepped.forEach((logProbability, i) => {
          if (logProbability !== scored[i]) expect(scored[i]).toBeCloseTo(logProbability, 10);
        });
      }),
    );
  });

  it('never predicts <s>, and starts afresh after </s>', () => {
    const model = smooth(counted({ texts: [[3, 4, 5, 3, 4]], order: 3, ...{ sentences: marks } }), []);
    const initial = model.initialState();
    expect(model.logProbabilities(initial)[marks.begin]).toBe(Number.NEGATIVE_INFINITY);
    expect(model.score(Int32Array.of(marks.begin))[0]).toBe(Number.NEGATIVE_INFINITY);
    expect(model.advance(model.advance(initial, 4), marks.end)).toBe(initial);
    const [first, , again] = model.score(Int32Array.of(3, marks.end, 3));
    expect(again).toBe(first);
  });

  it('refuses ids outside the vocabulary', () => {
    const model = smooth(counted({ texts: [[3, 4, 5]], order: 2 }), []);
    expect(() => model.score(Int32Array.of(3, 9))).toThrow(TokenOutOfRangeError);
    expect(() => model.advance(0, -1)).toThrow(TokenOutOfRangeError);
    expect(() => model.advance(0, 9)).toThrow(TokenOutOfRangeError);
  });
});

describe('kneserNey', () => {
  // By hand, discounts of 1/2 everywhere, tokens a = 0 and b = 1, text "a a b a b": bigrams aa 1, ab 2, ba 1.
  const counts = countCorpus(Int32Array.of(0, 0, 1, 0, 1), { order: 2, vocabularySize: 2 });
  const discounts = [
    [0.5, 0.5, 0.5],
    [0.5, 0.5, 0.5],
  ] as const;
  const probabilitiesAfter = (model: NgramModel, token: number) =>
    Array.from(model.logProbabilities(model.advance(model.initialState(), token)), Math.exp);

  it('interpolates', () => {
    const { model } = kneserNey(counts, { discounts });
    // Different left neighbors: a has a and b, b has a alone; p(a) = 1.5/3 + (1/3)/2 = 2/3, p(b) = 0.5/3 + (1/3)/2 = 1/3.
    // After a, 3 in all: p(a | a) = 0.5/3 + (1/3)(2/3) = 7/18, p(b | a) = 1.5/3 + (1/3)(1/3) = 11/18.
    const [a, b] = probabilitiesAfter(model, 0);
    expect(a).toBeCloseTo(7 / 18, 6);
    expect(b).toBeCloseTo(11 / 18, 6);
    // After b, 1 in all, a: p(a | b) = 0.5 + 0.5 (2/3) = 5/6.
    expect(probabilitiesAfter(model, 1)[0]).toBeCloseTo(5 / 6, 6);
  });

  it('backs off', () => {
    const { model } = kneserNey(counts, { discounts, interpolate: false });
    // After b, a was seen: p(a | b) = 0.5; b gets all the rest.
    const [a, b] = probabilitiesAfter(model, 1);
    expect(a).toBeCloseTo(0.5, 6);
    expect(b).toBeCloseTo(0.5, 6);
    // After a, both were seen: 0.5/3 and 1.5/3 are scaled up to make 1.
    expect(probabilitiesAfter(model, 0)[0]).toBeCloseTo(1 / 4, 6);
  });

  it('gives <unk> the mass left over where single tokens are not interpolated', () => {
    const open = countCorpus(Int32Array.of(1, 1, 2, 1, 2), { order: 2, vocabularySize: 4, unknown: 0 });
    const { model } = kneserNey(open, { discounts, interpolateUnigrams: false });
    const [unknown, a, b, unseen] = Array.from(model.logProbabilities(model.initialState()), Math.exp);
    // Three left neighbors less 1/2 for each of two tokens, out of 3.
    expect([unknown, a, b, unseen].map((p) => Math.round(p * 1e6) / 1e6)).toEqual([
      0.333333, 0.5, 0.166667, 0,
    ]);
    expect(() => kneserNey(counts, { discounts, interpolateUnigrams: false })).toThrow(
      'interpolateUnigrams: expected true, since no unknown token can take the mass left, got false',
    );
  });

  it('refuses discounts that cannot be', () => {
    expect(() => kneserNey(counts, { discounts: [discounts[0]] })).toThrow('discounts: expected 2 triples');
    expect(() => kneserNey(counts, { discounts: [discounts[0], [1.5, 1, 1]] })).toThrow('discounts[1]');
    expect(() => kneserNey(counts, { discountFallback: [0.5, 1, Number.NaN] })).toThrow(ArgumentError);
  });
});

describe('options of the count models', () => {
  const counts = counted({ texts: [[3, 4]], order: 2 });

  it('are checked', () => {
    expect(() => addK(counts, { k: 0 })).toThrow('k: expected a finite number above 0, got 0');
    expect(() => laplace(counts, { epsilons: [1] })).toThrow(
      'epsilons: expected 2 numbers, one for each order',
    );
    expect(() => laplace(counts, { epsilons: [1, -1] })).toThrow('epsilons[1]');
  });
});
