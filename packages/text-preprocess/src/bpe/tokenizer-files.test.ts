import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFormatError } from '../errors.js';
import { nastyText } from '../fixtures/nasty-text.js';
import { hashesOf, RandomStrings } from '../fixtures/random-strings.js';
import { BpeTokenizer } from './bpe-tokenizer.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import { translateOniguruma } from './oniguruma.js';
import type { TokenizerFile } from './tokenizer-file.js';
import { trainBpe } from './train-bpe.js';

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}.json`, import.meta.url), 'utf8')) as T;

interface Texts {
  readonly seed: number;
  readonly count: number;
}
const random = fixture<
  Texts & {
    pieces: string[];
    training: Texts & { vocabularySize: number; specialTokens: string[] };
    file: TokenizerFile;
    hashes: number[];
  }
>('random-strings');
const files = fixture<{
  shapes: Record<string, { file: TokenizerFile; hashes: number[] }>;
  shapeTexts: Texts;
  variantTexts: Texts;
  model: object;
  variants: { hashes: number[]; model?: object; [part: string]: unknown }[];
}>('tokenizer-files');

const textsOf = ({ seed, count }: Texts) => new RandomStrings(random.pieces, seed).take(count);
const hashesOfIds = (bpe: BpeTokenizer, texts: readonly string[]) =>
  hashesOf(texts.map((text) => bpe.encode(text).join(' ')));

const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };

/** A file with the bytes as tokens, in order of their code points from id 0, and what else is given. */
function fileOf(
  parts: Record<string, unknown>,
  model: Record<string, unknown> = {},
): Record<string, unknown> {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    ...parts,
    model: { type: 'BPE', vocab: vocabOf([]), merges: [], ...model },
  };
}

function vocabOf(more: readonly string[]): Record<string, number> {
  return Object.fromEntries([...CHARACTER_OF_BYTE, ...more].map((token, id) => [token, id]));
}

function added(id: number, content: string, flags: object = {}): object {
  return {
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: false,
    ...flags,
  };
}

const tokensOf = (file: unknown, text: string) => BpeTokenizer.fromJSON(file).tokenize(text);

describe("beside Hugging Face's library (Rust)", () => {
  it('gives the same ids for 20,000 strings with every white space and added tokens of every kind', () => {
    expect(hashesOfIds(BpeTokenizer.fromJSON(random.file), textsOf(random))).toEqual(random.hashes);
  });

  it('learns the same merges from strings with every white space', () => {
    const { vocabularySize, specialTokens } = random.training;
    const text = textsOf(random.training).join('').replaceAll('<|end|>', '');
    const bpe = trainBpe(text, { vocabularySize, specialTokens });
    expect(bpe.toJSON().model.merges).toEqual(random.file.model.merges);
    expect(bpe.toJSON().model.vocab).toEqual(random.file.model.vocab);
  });

  it.each(Object.entries(files.shapes))(
    'gives the same ids by a file of the shape of %s',
    (_, { file, hashes }) => {
      expect(hashesOfIds(BpeTokenizer.fromJSON(file), textsOf(files.shapeTexts))).toEqual(hashes);
    },
  );

  it.each(
    files.variants.map(
      ({ hashes, model, ...parts }) => [JSON.stringify(parts), { hashes, model, parts }] as const,
    ),
  )('gives the same ids with %s', (_, { hashes, model, parts }) => {
    const bpe = BpeTokenizer.fromJSON(fileOf(parts, { ...(model ?? files.model) }));
    expect(hashesOfIds(bpe, textsOf(files.variantTexts))).toEqual(hashes);
  });
});

describe('a file read and written back', () => {
  it.each([...Object.entries(files.shapes), ['of random strings', random] as const])(
    'is the same: %s',
    (_, { file }) => {
      const written = BpeTokenizer.fromJSON(file).toJSON();
      const pairs = file.model.merges.map((pair) =>
        typeof pair === 'string' ? (pair as string).split(' ') : pair,
      );
      expect(JSON.parse(JSON.stringify(written))).toEqual({
        ...file,
        model: { ...file.model, merges: pairs },
      });
      expect(Object.keys(written)).toEqual(Object.keys(file));
      const again = BpeTokenizer.fromJSON(JSON.stringify(written));
      expect(again.toJSON()).toEqual(written);
      for (const text of textsOf({ seed: 5, count: 200 })) {
        expect(again.encode(text)).toEqual(BpeTokenizer.fromJSON(written).encode(text));
      }
    },
  );

  it('keeps which added tokens are special and which are not', () => {
    const tokens = [added(256, '<|endoftext|>', { special: true }), added(257, '    ', { normalized: true })];
    const bpe = BpeTokenizer.fromJSON(
      fileOf({ added_tokens: tokens, post_processor: { ...byteLevel, trim_offsets: false } }),
    );
    expect(bpe.toJSON().added_tokens).toEqual(tokens);
    expect(bpe.toJSON().post_processor).toEqual({ ...byteLevel, trim_offsets: false });
    const text = 'if a:\n    x<|endoftext|>';
    expect(bpe.tokenize(text)).toContain('    ');
    expect(bpe.decode(bpe.encode(text))).toBe(text);
    expect(bpe.vocabulary.reserved).toEqual(['<|endoftext|>']);
  });

  it('keeps any added tokens, in any order of flags, and gives the same ids', () => {
    const flags = fc.record({
      single_word: fc.boolean(),
      lstrip: fc.boolean(),
      rstrip: fc.boolean(),
      normalized: fc.boolean(),
      special: fc.boolean(),
    });
    const contents = fc.uniqueArray(
      fc.constantFrom(' ', '  ', '<m>', 'ab', 'abc', 'xab', 'ΑΣ', 'e\u0301', '\ufeff', '\x85'),
      {
        maxLength: 5,
      },
    );
    fc.assert(
      fc.property(
        contents,
        fc.array(flags, { minLength: 5, maxLength: 5 }),
        nastyText,
        (texts, options, text) => {
          const tokens = texts.map((content, i) => added(256 + i, content, options[i]));
          const bpe = BpeTokenizer.fromJSON(fileOf({ added_tokens: tokens }));
          expect(bpe.toJSON().added_tokens).toEqual(tokens);
          const mixed = texts.map((content) => `${text}${content} `).join('');
          expect(BpeTokenizer.fromJSON(JSON.stringify(bpe)).encode(mixed)).toEqual(bpe.encode(mixed));
          // Without stripping, every text comes back.
          if (options.every(({ lstrip, rstrip }) => !lstrip && !rstrip))
            expect(bpe.decode(bpe.encode(mixed))).toBe(mixed);
        },
      ),
    );
  });
});

describe('encoding by a file', () => {
  it('has the words of GPT-2 around U+FEFF and U+0085', () => {
    const bom = ['ï»', 'ï»¿', 'Ġï»¿', '.ï»¿'];
    const withMark = fileOf(
      {},
      {
        vocab: vocabOf(bom),
        merges: [
          ['ï', '»'],
          ['ï»', '¿'],
          ['Ġ', 'ï»¿'],
          ['.', 'ï»¿'],
        ],
      },
    );
    expect(tokensOf(withMark, 'a \ufeffb')).toEqual(['a', 'Ġï»¿', 'b']);
    expect(tokensOf(withMark, '.\ufeff"')).toEqual(['.ï»¿', '"']);
    const ellipsis = fileOf(
      {},
      {
        vocab: vocabOf(['Âħ', 'ĠÂħ', '.Âħ']),
        merges: [
          ['Â', 'ħ'],
          ['Ġ', 'Âħ'],
          ['.', 'Âħ'],
        ],
      },
    );
    expect(tokensOf(ellipsis, 'wait \x85then').slice(4, 6)).toEqual(['Ġ', 'Âħ']);
  });

  it('looks for tokens that are not normalized first, then for the others in what is left', () => {
    const tokens = [
      added(256, 'ab'),
      added(257, 'xab', { normalized: true }),
      added(258, 'abc', { normalized: true }),
    ];
    expect(tokensOf(fileOf({ added_tokens: tokens }), 'xabc')).toEqual(['x', 'ab', 'c']);
    expect(
      tokensOf(
        fileOf({ added_tokens: tokens.slice(1).map((token, i) => ({ ...token, id: 256 + i })) }),
        'xabc',
      ),
    ).toEqual(['xab', 'c']);
  });

  it('is done with gaps in the ids, which stand for nothing', () => {
    const bpe = BpeTokenizer.fromJSON(
      fileOf({}, { vocab: { ...vocabOf([]), ab: 300 }, merges: [['a', 'b']] }),
    );
    expect([...bpe.encode('abc')]).toEqual([300, CHARACTER_OF_BYTE.indexOf('c')]);
    expect(bpe.decode([280, 300, 299])).toBe('ab');
    expect(Object.keys(bpe.toJSON().model.vocab)).toHaveLength(257);
  });

  it('takes the unknown token for bytes that have none', () => {
    const { '!': _, ...vocab } = vocabOf(['<unk>']);
    const model = { vocab, merges: [], unk_token: '<unk>' };
    const bare = { pre_tokenizer: { ...byteLevel, use_regex: false } };
    expect(tokensOf(fileOf(bare, { ...model, vocab: { ...vocab, q: 33 } }), 'a!!b').length).toBe(4);
    expect(tokensOf(fileOf(bare, { ...model, fuse_unk: true }), 'a!!b')).toEqual(['a', '<unk>', 'b']);
  });
});

const split = (Regex: string) => ({
  pre_tokenizer: {
    type: 'Sequence',
    pretokenizers: [{ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }, byteLevel],
  },
});

describe('an expression', () => {
  it('is translated in linear time', () => {
    // With work for the rest of the pattern at each place this would take an hour.
    expect(translateOniguruma('a{2}'.repeat(300_000)).source).toBe('a{2}'.repeat(300_000));
  });

  it('has each member of a class once', () => {
    const { source } = translateOniguruma('[^\\w\\p{N}a-c]');
    expect(translateOniguruma(`[^${'\\w\\p{N}a-c'.repeat(1000)}]`).source).toBe(source);
  });
});

describe('a file is refused', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['another normalizer', { normalizer: { type: 'Nmt' } }, "normalizer.type: expected 'NFC', 'NFD'"],
    [
      'another normalizer within a sequence',
      { normalizer: { type: 'Sequence', normalizers: [{ type: 'NFC' }, { type: 'Precompiled' }] } },
      'normalizer.normalizers[1].type',
    ],
    [
      'another pre-tokenizer',
      { pre_tokenizer: { type: 'Metaspace' } },
      "pre_tokenizer.type: expected 'ByteLevel', got 'Metaspace'",
    ],
    [
      'another pre-tokenizer within a sequence',
      { pre_tokenizer: { type: 'Sequence', pretokenizers: [{ type: 'BertPreTokenizer' }, byteLevel] } },
      'pre_tokenizer.pretokenizers[0].type',
    ],
    [
      'pieces cut after they are bytes',
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [byteLevel, { type: 'Digits', individual_digits: true }],
        },
      },
      'pre_tokenizer.pretokenizers[1]: expected none after ByteLevel',
    ],
    ['an expression that is none', split('a('), 'pre_tokenizer.pretokenizers[0].pattern.Regex'],
    ['a back reference', split('(a)\\1'), '\\1; not supported'],
    ['classes within classes', split('[a[bc]]'), 'a class within a class'],
    ['a property that is not known', split('\\p{Emoticon}'), '\\p{Emoticon}'],
    ['letters that fold to one', split('(?i:straSSe)'), 'which one character may match'],
    ['case of letters beyond ASCII', split('(?i:é)'), 'letters beyond ASCII'],
    ['an option for lines', split('(?m:.)'), '(?m:'],
    ['more characters than any', split('a'.repeat(5001)), 'more than 5000 characters'],
    ['5,000 groups within groups', split('('.repeat(5000)), 'more than 100 groups within groups'],
    ['1,000 options', split('(?i)'.repeat(1000)), 'more than 100 groups within groups'],
    ['4,000 quantifiers', split(`a${'?'.repeat(4000)}`), 'more than 100 quantifiers in a row'],
    ['2,400 alternatives', split('a|'.repeat(2400)), 'more than 2000 states'],
    ['2,000 letters that have a case', split(`(?i:${'ab'.repeat(1000)})`), 'more than 2000 states'],
    [
      'more normalizers than any text goes through',
      { normalizer: { type: 'Sequence', normalizers: Array(101).fill({ type: 'NFC' }) } },
      'normalizer: expected at most 100 parts, got 101',
    ],
    [
      'more pre-tokenizers than any text goes through',
      {
        pre_tokenizer: {
          type: 'Sequence',
          pretokenizers: [...Array(100).fill({ type: 'Digits' }), byteLevel],
        },
      },
      'pre_tokenizer: expected at most 100 parts, got 101',
    ],
    [
      'an added token whose id the library would change',
      { added_tokens: [added(300, '<a>')] },
      "the id 256 for '<a>', got 300",
    ],
    [
      'an added token longer than any',
      { added_tokens: [added(256, 'a'.repeat(1001))] },
      'added_tokens: content: expected at most 1000 characters, got 1001',
    ],
    [
      'flags that are none',
      { added_tokens: [added(256, '<a>', { lstrip: 'yes' })] },
      'added_tokens.lstrip: expected true or false',
    ],
  ])('with %s', (_, parts, message) => {
    expect(() => BpeTokenizer.fromJSON(fileOf(parts))).toThrow(InvalidFormatError);
    expect(() => BpeTokenizer.fromJSON(fileOf(parts))).toThrow(message);
  });

  it.each<[string, Record<string, unknown>, string]>([
    [
      'an unknown token that is none',
      { unk_token: '<nowhere>' },
      'model.unk_token: expected a token of the vocabulary',
    ],
    [
      'an id beyond all vocabularies',
      { vocab: { ...vocabOf([]), x: 1e9 } },
      'model.vocab: expected ids from 0 to',
    ],
    ['dropout', { dropout: 0.1 }, 'model.dropout: expected null, got 0.1'],
  ])('whose model has %s', (_, model, message) => {
    expect(() => BpeTokenizer.fromJSON(fileOf({}, model))).toThrow(message);
  });
});
