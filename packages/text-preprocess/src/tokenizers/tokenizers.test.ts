import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trainBpe } from '../bpe/train-bpe.js';
import { isBlank, splitWhitespace } from '../cleaning/whitespace.js';
import { countTokens, countTokensStream } from '../counting/count-tokens.js';
import { InvalidFormatError } from '../errors.js';
import { mobyDick } from '../fixtures/corpora.js';
import { asynchronous, chunkedText, nastyText } from '../fixtures/nasty-text.js';
import { tokenizeChunks, tokenizeStream } from '../streams/tokenize-stream.js';
import { TextCodec } from '../text-codec.js';
import { TokenCounts } from '../vocabulary/token-counts.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { byteTokenizer } from './byte-tokenizer.js';
import { charTokenizer } from './character-tokenizer.js';
import { regexTokenizer } from './regex-tokenizer.js';
import { sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';
import { tokenizerFromJSON } from './tokenizer-json.js';
import { treebankTokenizer } from './treebank-tokenizer.js';
import { unicodeWordTokenizer } from './unicode-word-tokenizer.js';
import { wordTokenizer } from './word-tokenizer.js';

/** Tokenizers that keep every character. */
const lossless: [string, Tokenizer][] = [
  ['code points', charTokenizer()],
  ['graphemes', charTokenizer({ unit: 'grapheme' })],
  ['bytes', byteTokenizer()],
  ['words and spaces', wordTokenizer({ spaces: 'keep' })],
  ['Unicode words and spaces', unicodeWordTokenizer({ spaces: 'keep' })],
  ['Treebank words and spaces', treebankTokenizer({ spaces: 'keep' })],
  ['regex matches and rest', regexTokenizer({ pattern: /\p{L}+/u, rest: 'keep' })],
  [
    'regex by lines',
    regexTokenizer({ pattern: /^\S+|\s+$/u, matches: 'separators', rest: 'keep', scope: 'line' }),
  ],
  ['sentences', sentenceTokenizer()],
  ['sentences of lines', sentenceTokenizer({ lineEnds: 'end' })],
  ['BPE', trainBpe(mobyDick().slice(0, 20_000), { vocabularySize: 400, specialTokens: ['<|end|>', '<|'] })],
  ['BPE without merges', trainBpe('', { vocabularySize: 256 })],
];

/** Tokenizers that leave something out. */
const lossy: [string, Tokenizer][] = [
  ['words', wordTokenizer()],
  ['Unicode words', unicodeWordTokenizer()],
  ['Unicode words without punctuation', unicodeWordTokenizer({ locale: 'de', punctuation: 'drop' })],
  ['Treebank words', treebankTokenizer()],
  ['Treebank words of one sentence', treebankTokenizer({ sentences: 'single' })],
  ['regex matches', regexTokenizer({ pattern: /\w+/g })],
];

describe.each([...lossless, ...lossy])('%s', (_, tokenizer) => {
  it.each([5, undefined, null, ['a'], Buffer.from('abc')])('refuses by name what is no text: %o', (wrong) => {
    const text = wrong as unknown as string;
    const refusal = expect.objectContaining({
      name: 'ArgumentError',
      message: expect.stringContaining('expected a string'),
    });
    expect(() => tokenizer.tokenize(text)).toThrow(refusal);
    expect(() => new TextCodec({ tokenizer, vocabulary: Vocabulary.fromTokens(['a']) }).encode(text)).toThrow(
      refusal,
    );
    expect(() => [...tokenizeChunks([text], { tokenizer })]).toThrow(refusal);
    expect(() => countTokens(['a', text], { tokenizer })).toThrow(/^chunk: expected a string/);
  });
});

describe.each(lossless)('%s', (_, tokenizer) => {
  it('gives every text back', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const tokens = tokenizer.tokenize(text);
        expect(tokenizer.detokenize(tokens)).toBe(text);
        expect(tokens).not.toContain('');
      }),
    );
  });

  it('gives every text back through ids', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const vocabulary = Vocabulary.fromTokens(tokenizer.tokenize(text), { unknown: null });
        const codec = new TextCodec({ tokenizer, vocabulary });
        expect(codec.decode(codec.encode(text))).toBe(text);
      }),
    );
  });
});

describe.each([...lossless, ...lossy])('%s', (_, tokenizer) => {
  it('gives the same tokens for chunks cut anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(chunkedText, async ({ text, chunks }) => {
        const tokens = tokenizer.tokenize(text);
        expect([...tokenizeChunks(chunks, { tokenizer })]).toEqual(tokens);
        const streamed: string[] = [];
        for await (const token of tokenizeStream(asynchronous(chunks), { tokenizer })) streamed.push(token);
        expect(streamed).toEqual(tokens);
      }),
    );
  });

  it('encodes as its tokens in the vocabulary, whole and in chunks', async () => {
    await fc.assert(
      fc.asyncProperty(nastyText, chunkedText, async (known, { text, chunks }) => {
        // Some tokens of the text are in the vocabulary, some are not.
        const vocabulary = Vocabulary.fromTokens(tokenizer.tokenize(known + text.slice(0, 20)));
        const codec = new TextCodec({ tokenizer, vocabulary });
        const ids = [...vocabulary.encode(tokenizer.tokenize(text))];
        expect([...codec.encode(text)]).toEqual(ids);
        expect([...codec.encodeChunks(chunks)].flatMap((part) => [...part])).toEqual(ids);
        const streamed: number[] = [];
        for await (const part of codec.encodeStream(asynchronous(chunks))) streamed.push(...part);
        expect(streamed).toEqual(ids);
      }),
    );
  });

  it('refuses an unknown token where the vocabulary has none for it', () => {
    const codec = new TextCodec({ tokenizer, vocabulary: Vocabulary.fromList(['x']) });
    expect(() => codec.encode('\u{1f433}abc')).toThrow(/^token: expected one of the vocabulary/);
  });

  it('counts its tokens, whole and in chunks, in order of first occurrence', async () => {
    await fc.assert(
      fc.asyncProperty(chunkedText, async ({ text, chunks }) => {
        const counts = [...TokenCounts.of(tokenizer.tokenize(text))];
        expect([...countTokens(text, { tokenizer })]).toEqual(counts);
        expect([...countTokens(chunks, { tokenizer })]).toEqual(counts);
        expect([...(await countTokensStream(asynchronous(chunks), { tokenizer }))]).toEqual(counts);
      }),
    );
  });

  it('detokenizes one by one as at once', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        const tokens = tokenizer.tokenize(text);
        const vocabulary = Vocabulary.fromTokens(tokens);
        const decoder = new TextCodec({ tokenizer, vocabulary }).decoder();
        const pieces = [...vocabulary.encode(tokens)].map((id) => decoder.push(id));
        expect(pieces.join('') + decoder.end()).toBe(tokenizer.detokenize(tokens));
      }),
    );
  });

  it('comes back from JSON', () => {
    const copy = tokenizerFromJSON(JSON.stringify(tokenizer));
    expect(copy.toJSON()).toEqual(tokenizer.toJSON());
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(copy.tokenize(text)).toEqual(tokenizer.tokenize(text));
      }),
      { numRuns: 20 },
    );
  });

  it('has no tokens for no text', () => {
    expect(tokenizer.tokenize('')).toEqual([]);
    expect(tokenizer.detokenize([])).toBe('');
    expect(tokenizer.splitPoint('')).toBe(0);
  });
});

describe('white space', () => {
  it('means the same to every tokenizer that drops it', () => {
    expect(unicodeWordTokenizer().tokenize('a\x1cb\x85c')).toEqual(['a', 'b', 'c']);
    expect(unicodeWordTokenizer().tokenize('a \ufeff b')).toEqual(['a', ' \ufeff', 'b']);
    fc.assert(
      fc.property(nastyText, (text) => {
        for (const tokenizer of [wordTokenizer(), unicodeWordTokenizer(), treebankTokenizer()]) {
          const tokens = tokenizer.tokenize(text);
          expect(tokens.filter((token) => isBlank(token))).toEqual([]);
          // Nothing else is dropped; the Treebank's conventions rewrite quotes.
          if (tokenizer.type === 'treebank') continue;
          expect(splitWhitespace(tokens.join(' ')).join('')).toBe(splitWhitespace(text).join(''));
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a regular expression that comes with a model', () => {
  const saved = (source: string, flags = 'gu') =>
    tokenizerFromJSON({ type: 'regex', source, flags, matches: 'tokens', rest: 'keep', scope: 'text' });

  it('takes linear time, whatever it is', () => {
    expect(saved('(a+)+$').tokenize(`${'a'.repeat(100_000)}!`)).toEqual([`${'a'.repeat(100_000)}!`]);
  });

  it('finds the tokens that it found before it was saved', () => {
    const tokenizer = regexTokenizer({ pattern: /\s+(?!\S)|\s+|\w+(?='s)|\S+?\b/u, rest: 'keep' });
    const again = tokenizerFromJSON(JSON.parse(JSON.stringify(tokenizer)));
    const text = "The cat's  hat\n\n and 'that'";
    expect(again.tokenize(text)).toEqual(tokenizer.tokenize(text));
    expect(again.toJSON()).toEqual(tokenizer.toJSON());
  });

  it('is refused by name where linear time cannot be promised', () => {
    expect(() => saved('(a)\\1')).toThrow(InvalidFormatError);
    expect(() => saved('(a)\\1')).toThrow('back references');
    expect(() => saved(`(${'('.repeat(50_000)}`)).toThrow(InvalidFormatError);
    expect(() => saved(`${'('.repeat(5000)}a${')'.repeat(5000)}`)).toThrow(InvalidFormatError);
  });
});
