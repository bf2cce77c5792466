import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ArpaFormatError, ArpaTokenError } from './arpa-format.js';
import { readArpa } from './arpa-reader.js';
import { arpaChunks, arpaTokenNames } from './arpa-writer.js';
import { countCorpus } from './counts.js';
import { kneserNey } from './kneser-ney.js';
import { evaluateSentences } from './sentence-evaluation.js';
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
  it('refuses a line without end once it is too long to be an n-gram', async () => {
    let pieces = 0;
    const endless = (function* () {
      for (; pieces < 10_000; pieces++) yield 'a'.repeat(65_536);
    })();
    await expect(readArpa(endless)).rejects.toThrow(/line 1: expected at most 1048576 characters in a line/);
    expect(pieces).toBe(16);
  });

  it('refuses orders beyond any program, and quotes a line in part', async () => {
    const orders = Array.from({ length: 5000 }, (_, i) => `ngram ${i + 1}=1`).join('\n');
    await expect(readArpa([`\\data\\\n${orders}\n`])).rejects.toThrow(
      'line 102: expected orders up to 100, got 101',
    );
    const error = await readArpa([`\\data\\\nngram ${'x'.repeat(100_000)}\n`]).catch((cause) => cause);
    expect(error).toBeInstanceOf(ArpaFormatError);
    expect(error.message.length).toBeLessThan(250);
  });

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
    [arpa({ header: [] }), "expected 'ngram 1=COUNT', got '\\1-grams:'"],
    ['\\data\\\n\\end\\\n', "line 2: expected 'ngram 1=COUNT', got '\\end\\'"],
    [
      '\\data\\\nngram 1=0\n\\1-grams:\n\\end\\\n',
      'line 2: expected at least one n-gram of order 1, got none',
    ],
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

  it('names what a reader would cut a token at, and ▁ itself, each apart from the others', () => {
    expect(arpaTokenNames(['▁', ' ', '\u0001', '\u001c', '\u0085', '\u007f', '\ufeff', '\ud800'])).toEqual([
      ...['<U+2581>', '▁', '<U+0001>', '<U+001C>', '<U+0085>', '<U+007F>', '<U+FEFF>', '<U+D800>'],
    ]);
    expect(arpaTokenNames(['\n', '<U+000A>'])).toEqual(['<U+000A>', '<U+003C>U+000A>']);
  });

  it('makes names of any tokens that are written, and read back the same, from bytes', async () => {
    const pieces = [
      ' ',
      '▁',
      '\n',
      '\u0001',
      '\u001c',
      '\u0085',
      '\ufeff',
      '\ud800',
      '\u3000',
      '<U+000A>',
      'a',
      '<',
    ];
    const token = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(token, { minLength: 1, maxLength: 12 }), async (tokens) => {
        const names = arpaTokenNames(tokens);
        const ids = Int32Array.from(tokens, (_, id) => id);
        const model = wittenBell(countCorpus(ids, { order: 2, vocabularySize: tokens.length }));
        const bytes = new TextEncoder().encode([...arpaChunks(model, names)].join(''));
        const read = await readArpa([bytes]);
        expect(read.tokens.slice(2)).toEqual(names);
        const fields = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes).split('\n');
        // As Python's split() has it: no name is cut in two.
        const cut = /[\p{Z}\p{Cc}\ufeff]+/u;
        for (const name of names) expect(fields.some((line) => line.split(cut)[1] === name)).toBe(true);
      }),
    );
  });
});

describe('files of other programs', () => {
  const base10 = (scores: Float64Array) => Array.from(scores, (log) => Number((log / Math.LN10).toFixed(5)));

  it('skips blanks before a line, and a byte order mark before the file', async () => {
    const plain = await readArpa([arpa()]);
    const indented = arpa()
      .split('\n')
      .map((line) => ` \t${line}`)
      .join('\n');
    expect(await readArpa([`\ufeff${indented}`])).toEqual(plain);
    expect(await readArpa([`\ufeff${arpa()}`])).toEqual(plain);
  });

  it.each(['-inf', '-Inf', '-INF', '-infinity', '-99', '-99.000'])(
    'reads %s as the logarithm of 0',
    async (zero) => {
      const { model } = await readArpa([arpa({ bigrams: ['-0.2\t<s> a', `${zero}\ta b`] })]);
      expect(model.score(Int32Array.of(3, 4))[1]).toBe(Number.NEGATIVE_INFINITY);
    },
  );

  it.each([-98.5, -99.5, -100, -1e30])(
    'keeps the logarithm %d through writing and reading',
    async (value) => {
      const read = await readArpa([arpa({ bigrams: ['-0.2\t<s> a', `${value}\ta b`] })]);
      const again = await readArpa(arpaChunks(read.model, read.tokens));
      for (const { model } of [read, again])
        expect(model.score(Int32Array.of(3, 4))[1]).toBe(Math.fround(value) * Math.LN10);
    },
  );

  it('keeps through writing what KenLM gives unknown words', async () => {
    const unigrams = ['-99\t<s>\t-0.5', '-0.5\t</s>', '-0.6\ta\t-0.25', '-0.7\tb\t-0.125'];
    const text = arpa({ header: ['ngram 1=4', 'ngram 2=2'], unigrams });
    const read = await readArpa([text], { missingUnknown: 'kenlm' });
    const again = await readArpa(arpaChunks(read.model, read.tokens));
    expect(again.model.tables).toEqual(read.model.tables);
    expect(again.model.unknown).toBe(4);
  });

  it.each(['nan', 'inf', '-infx'])('refuses %s as a probability', async (wrong) => {
    await expect(readArpa([arpa({ bigrams: ['-0.2\t<s> a', `${wrong}\ta b`] })])).rejects.toThrow(
      'line 14: expected a',
    );
  });

  it('refuses an endless back-off weight', async () => {
    const unigrams = ['-1\ta\tInfinity', '-0.5\tb'];
    await expect(
      readArpa([arpa({ header: ['ngram 1=2', 'ngram 2=1'], unigrams, bigrams: ['-1\ta b'] })]),
    ).rejects.toThrow('expected a finite back-off weight, got Infinity');
  });

  it('gives unknown words what KenLM or SRILM give them where a file has no <unk>', async () => {
    const text = arpa({
      header: ['ngram 1=4', 'ngram 2=2'],
      unigrams: ['-99\t<s>\t-0.5', '-0.5\t</s>', '-0.6\ta\t-0.25', '-0.7\tb\t-0.125'],
    });
    const closed = await readArpa([text]);
    expect(closed.model.unknown).toBeUndefined();
    const kenlm = await readArpa([text], { missingUnknown: 'kenlm' });
    expect(kenlm.tokens).toEqual(['<s>', '</s>', 'a', 'b', '<unk>']);
    expect(kenlm.model.unknown).toBe(4);
    // a, an unknown word, </s>: -0.2; -0.25 - 100 (after "<s> a" only a is a context); -0.5.
    const ids = Int32Array.of(2, 4);
    expect(base10(kenlm.model.score(Int32Array.of(2, 4, 1)))).toEqual([-0.2, -100.25, -0.5]);
    const srilm = await readArpa([text], { missingUnknown: 'srilm' });
    const { withoutUnknown, unknownTokens } = evaluateSentences(srilm.model, [ids]);
    expect(unknownTokens).toBe(1);
    expect(withoutUnknown.perplexity).toBeCloseTo(10 ** ((0.2 + 0.5) / 2), 5);
    const same = await readArpa([arpa()], { missingUnknown: 'kenlm' });
    expect(same).toEqual(await readArpa([arpa()]));
    await expect(readArpa([text], { missingUnknown: 'lmplz' as never })).rejects.toThrow(
      'missingUnknown: expected',
    );
  });

  it('says so where a file has no <s>, takes <S> and </S> for the marks, and writes both back', async () => {
    const header = ['ngram 1=3', 'ngram 2=1'];
    const without = arpa({
      header,
      unigrams: ['-0.5\t</s>', '-0.6\ta\t-0.25', '-0.7\tb'],
      bigrams: ['-0.1\ta b'],
    });
    const read = await readArpa([without]);
    expect(read.model.sentences).toBeUndefined();
    expect(read.warnings).toEqual([expect.stringContaining('the file has no <s>: texts are scored without')]);
    expect(await readArpa(arpaChunks(read.model, read.tokens))).toEqual(read);
    const capitals = await readArpa([arpa().replaceAll('<s>', '<S>').replaceAll('</s>', '</S>')]);
    expect(capitals.model.sentences).toEqual({ begin: 1, end: 2 });
    expect(capitals.warnings).toEqual([]);
    expect((await readArpa(arpaChunks(capitals.model, capitals.tokens))).model).toEqual(capitals.model);
    expect((await readArpa([arpa()])).warnings).toEqual([]);
  });

  it('says so where a file gives </s> no probability, as it does of a model of one text', async () => {
    const { model } = kneserNey(countCorpus([Int32Array.of(0, 1, 0, 1, 1)], { order: 2, vocabularySize: 2 }));
    const read = await readArpa(arpaChunks(model, ['a', 'b']));
    expect(read.warnings).toEqual([expect.stringContaining('the file gives </s> no probability')]);
    const { end } = read.model.sentences!;
    expect(read.model.logProbabilities(read.model.initialState())[end]).toBe(Number.NEGATIVE_INFINITY);
  });

  it('reads an order of no n-grams without its section', async () => {
    const text = arpa({ header: ['ngram 1=5', 'ngram 2=2', 'ngram 3=0'] });
    const { model } = await readArpa([text]);
    expect(model.order).toBe(3);
    const scored = (of: typeof model) => of.score(Int32Array.of(3, 4, 2));
    expect(scored(model)).toEqual(scored((await readArpa([arpa()])).model));
    const listed = text.replace('\\end\\', '\\3-grams:\n\n\\end\\');
    expect(await readArpa([listed])).toEqual(await readArpa([text]));
    // And one in between: what longer n-grams need is put in.
    const gap = [
      ...['\\data\\', 'ngram 1=2', 'ngram 2=0', 'ngram 3=1', '\\1-grams:', '-0.3\ta\t-0.1', '-0.4\tb'],
      ...['\\3-grams:', '-0.2\ta a b', '\\end\\'],
    ];
    const { model: third } = await readArpa([gap.join('\n')]);
    expect(base10(third.score(Int32Array.of(0, 0, 1)))[2]).toBeCloseTo(-0.2, 5);
  });

  it('reads a count that includes an absent <s>', async () => {
    const unigrams = ['-1\t<unk>', '-0.5\t</s>', '-0.6\ta\t-0.25', '-0.7\tb'];
    const { model, tokens, warnings } = await readArpa([arpa({ unigrams })]);
    expect(tokens).toEqual(['<unk>', '</s>', 'a', 'b', '<s>']);
    expect(warnings).toEqual([expect.stringContaining('taken for the missing one is <s>')]);
    expect(base10(model.score(Int32Array.of(2)))).toEqual([-0.2]);
  });

  it('scores the same whatever blanks, mark and sections a file has (seeded)', async () => {
    const plain = await readArpa([arpa()]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('', ' ', '\t', ' \t '), { minLength: 32, maxLength: 32 }),
        fc.boolean(),
        async (blanks, mark) => {
          const lines = arpa()
            .split('\n')
            .map((line, i) => blanks[i % 16] + line + blanks[16 + (i % 16)]);
          expect(await readArpa([(mark ? '\ufeff' : '') + lines.join('\n')])).toEqual(plain);
        },
      ),
    );
  });
});

describe('warnings of discounts', () => {
  it('tell of an order without the adjusted count 4, where 3 and more lose 3', () => {
    // Two-token texts: bigrams that occur once (ten of them), twice (three) and three times (one).
    const pair = (first: number, times: number) =>
      Array.from({ length: times }, () => Int32Array.of(first, first + 1));
    const texts = [
      ...Array.from({ length: 10 }, (_, i) => pair(3 * i, 1)),
      pair(30, 2),
      pair(33, 2),
      pair(36, 2),
      pair(39, 3),
    ].flat();
    const { discounts, warnings } = kneserNey(countCorpus(texts, { order: 2, vocabularySize: 42 }));
    expect(discounts[1][2]).toBe(3);
    const warning = warnings.find(({ order }) => order === 2);
    expect(warning?.reason).toContain('n-grams counted 3 times get nothing');
    expect(warning).not.toHaveProperty('fallback');
  });
});
