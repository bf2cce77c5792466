import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArpaFormatError, ArpaTokenError } from './arpa-format.js';
import { readArpa } from './arpa-reader.js';
import { arpaChunks, arpaTokenNames } from './arpa-writer.js';
import { countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';
import { wittenBell } from './witten-bell.js';

/** A bigram model of the words a and b, its parts exchangeable. */
function arpa({
  header = ['ngram 1=5', 'ngram 2=2'],
  unigrams = ['-1\t<unk>\t0', '0\t<s>\t-0.5', '-0.5\t</s>\t0', '-0.6\ta\t-0.25', '-0.7\tb\t-0.125'],
  bigrams = ['-0.2\t<s> a', '-0.1\ta b'],
  end = '\\end\\',
} = {}): string {
  return [
    '\\data\\',
    ...header,
    '',
    '\\1-grams:',
    ...unigrams,
    '',
    '\\2-grams:',
    ...bigrams,
    '',
    end,
    '',
  ].join('\n');
}

describe('readArpa', () => {
  it('reads tokens, marks, probabilities and weights', async () => {
    const { model, tokens } = await readArpa([arpa()]);
    expect(tokens).toEqual(['<unk>', '<s>', '</s>', 'a', 'b']);
    expect(model).toMatchObject({ order: 2, unknown: 0, sentences: { begin: 1, end: 2 } });
    // a after <s> is there; b after a too; </s> after b is backed off to.
    const base10 = Array.from(model.score(Int32Array.of(3, 4, 2)), (log) => log / Math.LN10);
    expect(base10[0]).toBeCloseTo(-0.2, 6);
    expect(base10[1]).toBeCloseTo(-0.1, 6);
    expect(base10[2]).toBeCloseTo(-0.125 - 0.5, 6);
  });

  it('does not care how the file is cut, or about what stands before it and after it', async () => {
    const text = `made by hand\r\n\r\n${arpa({
      unigrams: [
        '-1\t<unk>',
        '-99 <s> -0.5',
        '-0.5\t</s>\t0',
        '-0.6\tä\t-0.25',
        '-0.7\t\u00a0\u{1f642}\t-0.125',
      ],
      bigrams: ['-0.2\t<s> ä', '-0.1\tä \u00a0\u{1f642}'],
    }).replaceAll('\n', '\r\n')}ignored`;
    const bytes = new TextEncoder().encode(text);
    const whole = await readArpa([bytes]);
    expect(whole.tokens.slice(3)).toEqual(['ä', '\u00a0\u{1f642}']);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: bytes.length })), async (cuts) => {
        const borders = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = borders.slice(1).map((border, i) => bytes.subarray(borders[i], border));
        expect(await readArpa(pieces)).toEqual(whole);
      }),
    );
  });

  it('reads a model without special tokens as a closed one that runs on', async () => {
    const { model } = await readArpa([
      arpa({
        header: ['ngram 1=2', 'ngram 2=1'],
        unigrams: ['-0.3\ta\t-0.1', '-0.3\tb'],
        bigrams: ['-0.2\tb a'],
      }),
    ]);
    expect(model.unknown).toBeUndefined();
    expect(model.sentences).toBeUndefined();
    expect(model.initialState()).toBe(0);
  });

  it('puts in the n-grams that longer ones need, without a change to any probability', async () => {
    // "a b c" and "c a b" stand alone: "a b", "b c" and "c a" were pruned away.
    const { model, tokens } = await readArpa([
      [
        ...['\\data\\', 'ngram 1=3', 'ngram 2=1', 'ngram 3=2', '', '\\1-grams:'],
        ...['-0.5\ta\t-0.1', '-0.6\tb\t-0.2', '-0.7\tc\t-0.3', '', '\\2-grams:'],
        ...['-0.4\tb b\t-0.15', '', '\\3-grams:', '-0.25\ta b c', '-0.35\tc a b', '', '\\end\\'],
      ].join('\n'),
    ]);
    expect(tokens).toEqual(['a', 'b', 'c']);
    const base10 = (...ids: number[]) => model.score(Int32Array.from(ids)).at(-1)! / Math.LN10;
    expect(base10(0, 1, 2)).toBeCloseTo(-0.25, 6);
    expect(base10(2, 0, 1)).toBeCloseTo(-0.35, 6);
    // Not listed, so backed off as if nothing had been put in: backoff(a) + p(b); after "a b", b follows as after b.
    expect(base10(0, 1)).toBeCloseTo(-0.1 - 0.6, 6);
    expect(base10(0, 1, 1)).toBeCloseTo(-0.4, 6);
    expect(base10(0, 1, 0)).toBeCloseTo(-0.2 - 0.5, 6);
  });

  it.each([
    ['', "line 0: expected '\\data\\', the file ends"],
    [arpa({ end: '' }), "expected '\\end\\', the file ends: it may be cut short"],
    [arpa({ header: ['ngram 2=1'] }), "line 2: expected 'ngram 1=COUNT', got 'ngram 2=1'"],
    [arpa({ header: [] }), "expected '\\end\\', got '\\1-grams:'"],
    [arpa({ header: ['ngram 1=4', 'ngram 2=2'] }), 'expected 4 n-grams of order 1 as announced, got 5'],
    [
      arpa({ header: ['ngram 1=5', 'ngram 2=3'] }),
      'line 16: expected 3 n-grams of order 2 as announced, got 2',
    ],
    [
      arpa({ header: ['ngram 1=2'], unigrams: ['-1\ta\t0', '-1\tb'] }),
      "expected '\\end\\', got '\\2-grams:'",
    ],
    [arpa({ bigrams: ['-0.1\ta b', '-0.1\ta c'] }), "line 14: expected tokens that have a unigram, got 'c'"],
    [arpa({ bigrams: ['-0.1\ta b', '-0.2\ta b'] }), 'expected each n-gram of order 2 once'],
    [
      arpa({ bigrams: ['-0.1\ta b', '0.2\tb b'] }),
      'expected a logarithm of a probability, at most 0, got 0.2',
    ],
    [arpa({ bigrams: ['-0.1\ta b', 'x\tb b'] }), "expected a number, got 'x'"],
    [
      arpa({ bigrams: ['-0.1\ta b', '-0.1\tb b\t-1'] }),
      'expected no back-off weight for an n-gram of the highest order, got -1',
    ],
    [arpa({ bigrams: ['-0.1\ta b', '-0.1\tb'] }), 'expected a logarithm, 2 tokens'],
    [
      arpa({ unigrams: ['-1\ta', '-1\ta', '-1\tb', '-1\tc', '-1\td'] }),
      "expected each n-gram once, got 'a' again",
    ],
  ])('names what is wrong (%#)', async (text, problem) => {
    await expect(readArpa([text])).rejects.toThrow(ArpaFormatError);
    await expect(readArpa([text])).rejects.toThrow(problem);
  });

  it('says so when the bytes are no text', async () => {
    const gzipped = Uint8Array.of(0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe);
    await expect(readArpa([gzipped])).rejects.toThrow(
      'line 1: expected UTF-8 from here on; is the file still compressed?',
    );
  });
});

describe('arpaChunks', () => {
  const text = Int32Array.of(0, 1, 0, 2, 1, 1, 0, 2, 2, 0);

  it('writes what is read back the same, for any model', async () => {
    const ids = fc.array(fc.integer({ min: 3, max: 7 }), { minLength: 1, maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(ids, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (ids, order, interpolate) => {
        const sentences = { begin: 1, end: 2 };
        const counts = countCorpus([Int32Array.from(ids)], {
          order,
          vocabularySize: 8,
          sentences,
          unknown: 0,
        });
        const { model } = kneserNey(counts, { interpolate });
        const names = ['?', 'begin', 'end', 'a', 'b', 'c', 'd', 'e'];
        const read = await readArpa(arpaChunks(model, names));
        expect(read.tokens).toEqual(['<unk>', '<s>', '</s>', 'a', 'b', 'c', 'd', 'e']);
        expect(read.model.tables).toEqual(model.tables);
        expect(read.model).toMatchObject({ sentences, unknown: 0 });
      }),
    );
  });

  it('adds the marks that KenLM insists on to a model that has none', async () => {
    const model = wittenBell(countCorpus(text, { order: 2, vocabularySize: 3 }));
    const written = [...arpaChunks(model, ['a', 'b', 'c'])].join('');
    expect(written).toContain('ngram 1=5\n');
    expect(written).toContain('\\1-grams:\n-99\t<s>\t0\n-99\t</s>\t0\n');
    const read = await readArpa([written]);
    // Two ids more, which nothing predicts; the others are as probable as before.
    const [ours, theirs] = [model.score(text), read.model.score(text.map((id) => id + 2))];
    ours.forEach((log, i) => {
      expect(theirs[i]).toBeCloseTo(log, 10);
    });
  });

  it('refuses names that a file could not hold', () => {
    const model = wittenBell(countCorpus(text, { order: 1, vocabularySize: 3 }));
    const writing =
      (...names: string[]) =>
      () => [...arpaChunks(model, names)];
    expect(writing('a', ' ', 'c')).toThrow(ArpaTokenError);
    expect(writing('a', ' ', 'c')).toThrow("tokens[1]: expected a name that an ARPA file can hold, got ' '");
    expect(writing('a', '', 'c')).toThrow('it is empty');
    expect(writing('a', 'b', 'a')).toThrow(
      "tokens[2]: expected a name that an ARPA file can hold, got 'a': it is token 0 too",
    );
    expect(writing('<s>', 'b', 'c')).toThrow('kept for a sentence mark');
    expect(writing('a', 'b')).toThrow('tokens: expected 3 names, got 2');
  });

  it('names characters that are white space', () => {
    expect(arpaTokenNames(['a', ' ', '\n', '\t', '\u3000', 'x y'])).toEqual([
      'a',
      '▁',
      '<U+000A>',
      '<U+0009>',
      '<U+3000>',
      'x▁y',
    ]);
  });
});
