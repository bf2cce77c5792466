import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanTokens } from '../cleaning/d2l-conventions.js';
import { mirrorText, mobyDick } from '../fixtures/corpora.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import { Vocabulary, vocabularySizes } from '../vocabulary/vocabulary.js';
import { countNgrams, NgramCounts } from './ngrams.js';
import { fitZipf } from './zipf.js';

const wordsOf = (text: string) => cleanTokens(text, { convention: 'd2l-0.17', unit: 'word' });

describe('countNgrams', () => {
  it('counts neighboring tokens', () => {
    const bigrams = countNgrams<string>(['a', 'b', 'a', 'b', 'c'], 2);
    expect([...bigrams]).toEqual([
      [['a', 'b'], 2],
      [['b', 'a'], 1],
      [['b', 'c'], 1],
    ]);
    expect([bigrams.total, bigrams.size, bigrams.order]).toEqual([4, 3, 2]);
    expect(bigrams.get(['a', 'b'])).toBe(2);
    expect(bigrams.get(['b', 'b'])).toBe(0);
    expect(bigrams.get(['x', 'y'])).toBe(0);
    expect(bigrams.get(['a'])).toBe(0);
    expect([...bigrams.frequencies()]).toEqual([2, 1, 1]);
  });

  it('counts ids as well as strings, from typed arrays too', () => {
    expect(countNgrams(Int32Array.of(7, 7, 7, -1), 2).mostCommon(1)).toEqual([[[7, 7], 2]]);
  });

  it('does not span sequences, but does span what is added in parts', () => {
    const counts = new NgramCounts<string>(2);
    counts.add(['a']);
    counts.add(['b']);
    counts.endSequence();
    counts.add(['c', 'd']);
    expect(counts.mostCommon()).toEqual([
      [['a', 'b'], 1],
      [['c', 'd'], 1],
    ]);
  });

  it('agrees with a map of joined strings, for every order', () => {
    const tokens = fc.array(fc.constantFrom('a', 'b', 'c', '', 'ab'), { maxLength: 200 });
    fc.assert(
      fc.property(tokens, fc.integer({ min: 1, max: 5 }), (sequence, order) => {
        const naive = new Map<string, number>();
        for (let i = 0; i + order <= sequence.length; i++) {
          const key = JSON.stringify(sequence.slice(i, i + order));
          naive.set(key, (naive.get(key) ?? 0) + 1);
        }
        const counted = [...countNgrams(sequence, order)].map(([ngram, count]) => [
          JSON.stringify(ngram),
          count,
        ]);
        expect(counted).toEqual([...naive]);
      }),
    );
  });

  it('counts a book as a map does, past several growths of its table', () => {
    const words = wordsOf(mobyDick());
    const naive = new Set(words.slice(2).map((word, i) => `${words[i]} ${words[i + 1]} ${word}`));
    const trigrams = countNgrams(words, 3);
    expect(trigrams.size).toBe(naive.size);
    expect(trigrams.total).toBe(33_412 - 2);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses the order %d', (order) => {
    expect(() => countNgrams([], order)).toThrow(ArgumentError);
  });
});

describe('fitZipf', () => {
  it('finds the law that made the frequencies', () => {
    const frequencies = Array.from({ length: 2000 }, (_, i) => 5000 * (i + 1) ** -0.8);
    const fit = fitZipf(frequencies);
    expect(fit.exponent).toBeCloseTo(0.8, 12);
    expect(fit.scale).toBeCloseTo(5000, 6);
    expect(fit.rSquared).toBeCloseTo(1, 12);
  });

  it('looks only at the ranks asked for', () => {
    const frequencies = [1e6, 1e6, 1e6, 8, 4, 2, 1, 1, 1, 1];
    // Ranks 4 and 5: log(8/4) / log(5/4).
    expect(fitZipf(frequencies, { firstRank: 4, lastRank: 5 }).exponent).toBeCloseTo(
      Math.log(2) / Math.log(1.25),
      12,
    );
    expect(fitZipf([3, 3, 3], { firstRank: 1 })).toEqual({
      exponent: -0,
      scale: expect.closeTo(3),
      rSquared: 1,
    });
  });

  it('refuses too few frequencies, and those that are not positive', () => {
    expect(() => fitZipf([3, 2, 1])).toThrow(
      'frequencies: expected at least two ranks from 10 to 1000, got 3 frequencies',
    );
    expect(() => fitZipf([3, 0], { firstRank: 1 })).toThrow(ArgumentError);
    expect(() => fitZipf([3, 2], { firstRank: 0 })).toThrow(ArgumentError);
    expect(() => fitZipf([3, 2], { firstrank: 1 } as object)).toThrow("did you mean 'firstRank'?");
  });

  it('refuses counts in place of their frequencies, and tokens in place of their counts', () => {
    const tokens = ['a', 'b', 'a'];
    expect(() => fitZipf(countNgrams(tokens, 1) as never, { firstRank: 1 })).toThrow(
      'frequencies: expected an array of numbers, as frequencies() of counts gives it, got',
    );
    const expected = 'counts: expected TokenCounts, as countTokens or TokenCounts.of(tokens) makes them, got';
    expect(() => vocabularySizes(tokens as never, [1, 2])).toThrow(expected);
    expect(() => Vocabulary.fromCounts(tokens as never)).toThrow(expected);
    expect(vocabularySizes(TokenCounts.of(tokens), [1, 2])).toEqual([3, 2]);
  });
});

// Computed once with Python (collections.Counter, numpy.polyfit) on the same file.
const MOBY_DICK = {
  types: [5646, 22757, 31597],
  exponents: [1.0719596299782541, 0.6184806553374699, 0.31882909361772316],
  sizes: [5647, 2375, 1476, 795, 402],
};

describe('the embedded Moby-Dick', () => {
  it('has its n-gram types, Zipf exponents and vocabulary sizes', () => {
    const words = wordsOf(mobyDick());
    expect([1, 2, 3].map((order) => countNgrams(words, order).size)).toEqual(MOBY_DICK.types);
    const exponents = [1, 2, 3].map((order) => fitZipf(countNgrams(words, order).frequencies()).exponent);
    exponents.forEach((exponent, i) => {
      expect(exponent).toBeCloseTo(MOBY_DICK.exponents[i], 9);
    });
    expect(vocabularySizes(TokenCounts.of(words), [1, 2, 3, 5, 10])).toEqual(MOBY_DICK.sizes);
  });
});

const timeMachine = mirrorText('timemachine.txt');

describe('The Time Machine, against the published figures', () => {
  const words = wordsOf(timeMachine ?? '');

  it.runIf(timeMachine)('has the bigrams', () => {
    const bigrams = countNgrams(words, 2);
    expect(bigrams.size).toBe(20_234);
    expect(bigrams.mostCommon(10).map(([ngram, count]) => `${ngram.join(' ')} ${count}`)).toEqual([
      ...[
        'of the 309',
        'in the 169',
        'i had 130',
        'i was 112',
        'and the 109',
        'the time 102',
        'it was 99',
        'to the 85',
      ],
      ...['as i 78', 'of a 73'],
    ]);
  });

  it.runIf(timeMachine)('has the trigrams', () => {
    const trigrams = countNgrams(words, 3);
    expect(trigrams.size).toBe(29_882);
    expect(trigrams.mostCommon(10).map(([ngram, count]) => `${ngram.join(' ')} ${count}`)).toEqual([
      ...[
        'the time traveller 59',
        'the time machine 30',
        'the medical man 24',
        'it seemed to 16',
        'it was a 15',
      ],
      ...['here and there 15', 'seemed to me 14', 'i did not 14', 'i saw the 13', 'i began to 13'],
    ]);
  });

  it.runIf(timeMachine)('has the Zipf exponents', () => {
    const exponents = [1, 2, 3].map((order) =>
      fitZipf(countNgrams(words, order).frequencies()).exponent.toFixed(3),
    );
    expect(exponents).toEqual(['1.044', '0.689', '0.466']);
  });

  it.runIf(timeMachine)('has the vocabulary sizes at minimum frequencies', () => {
    expect(vocabularySizes(TokenCounts.of(words), [1, 2, 3, 5, 10])).toEqual([4580, 2183, 1420, 825, 400]);
  });
});
