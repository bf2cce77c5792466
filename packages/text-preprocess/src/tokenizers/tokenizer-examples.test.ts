// What each tokenizer makes of texts that show its rules; that it keeps them is in tokenizers.test.ts.
import { ArgumentError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { countTokens } from '../counting/count-tokens.js';
import { InvalidFormatError } from '../errors.js';
import { mobyDick } from '../fixtures/corpora.js';
import { asynchronous } from '../fixtures/nasty-text.js';
import { tokenizeChunks, tokenizeStream } from '../streams/tokenize-stream.js';
import { TextCodec, type TextCodecOptions } from '../text-codec.js';
import { byteTokenizer } from './byte-tokenizer.js';
import { charTokenizer } from './character-tokenizer.js';
import { regexTokenizer } from './regex-tokenizer.js';
import { sentenceTokenizer } from './sentence-tokenizer.js';
import type { Tokenizer } from './tokenizer.js';
import '../bpe/bpe-tokenizer.js';
import { tokenizerFromJSON } from './tokenizer-json.js';
import { treebankTokenizer } from './treebank-tokenizer.js';
import { unicodeWordTokenizer } from './unicode-word-tokenizer.js';
import { wordTokenizer } from './word-tokenizer.js';

describe('charTokenizer', () => {
  it('takes code points apart, not surrogate pairs', () => {
    expect(charTokenizer().tokenize('e\u0301🐳\ud83d')).toEqual(['e', '\u0301', '🐳', '\ud83d']);
  });

  it('keeps together what a reader takes for one character', () => {
    const text = 'e\u0301👨‍👩‍👧🇩🇪\r\n👍🏽';
    expect(charTokenizer({ unit: 'grapheme' }).tokenize(text)).toEqual([
      'e\u0301',
      '👨‍👩‍👧',
      '🇩🇪',
      '\r\n',
      '👍🏽',
    ]);
  });
});

describe('byteTokenizer', () => {
  it('gives the bytes of UTF-8, and three for a lone surrogate', () => {
    const bytes = (text: string) =>
      byteTokenizer()
        .tokenize(text)
        .map((token) => token.charCodeAt(0));
    expect(bytes('aé')).toEqual([0x61, 0xc3, 0xa9]);
    expect(bytes('🐳')).toEqual([0xf0, 0x9f, 0x90, 0xb3]);
    expect(bytes('\ud83dx')).toEqual([0xed, 0xa0, 0xbd, 0x78]);
  });

  it('gives a character once its last byte is there, and U+FFFD for what never becomes one', () => {
    const detokenizer = byteTokenizer().detokenizer();
    const pushed = [...byteTokenizer().tokenize('é🐳')].map((token) => detokenizer.push(token));
    expect(pushed).toEqual(['', 'é', '', '', '', '🐳']);
    expect(detokenizer.push('\xf0') + detokenizer.end()).toBe('\ufffd');
    expect(byteTokenizer().detokenize(['\xff', 'a', '\xe2', '\x82'])).toBe('\ufffda\ufffd');
  });

  it('refuses what is no byte', () => {
    expect(() => byteTokenizer().detokenize(['ab'])).toThrow(ArgumentError);
    expect(() => byteTokenizer().detokenize(['Ā'])).toThrow(ArgumentError);
    expect(() => byteTokenizer().detokenize([''])).toThrow(ArgumentError);
  });
});

describe('wordTokenizer', () => {
  it('splits at whitespace as Python does', () => {
    expect(wordTokenizer().tokenize(' Call me\u00a0Ishmael.\x1c\n\u3000\ufeffx ')).toEqual([
      'Call',
      'me',
      'Ishmael.',
      '\ufeffx',
    ]);
    expect(wordTokenizer().detokenize(['Call', 'me'])).toBe('Call me');
  });

  it('can keep the spaces', () => {
    expect(wordTokenizer({ spaces: 'keep' }).tokenize(' Call  me\n')).toEqual([
      ' ',
      'Call',
      '  ',
      'me',
      '\n',
    ]);
  });
});

describe('unicodeWordTokenizer', () => {
  it('splits punctuation off and words of scripts without spaces apart', () => {
    const tokens = unicodeWordTokenizer().tokenize("I can't, for $3.14! 鯨は浮上");
    expect(tokens.slice(0, 8)).toEqual(['I', "can't", ',', 'for', '$', '3.14', '!', '鯨']);
  });

  it('can leave punctuation out, or spaces in', () => {
    expect(unicodeWordTokenizer({ punctuation: 'drop' }).tokenize('Aye, aye!')).toEqual(['Aye', 'aye']);
    expect(unicodeWordTokenizer({ spaces: 'keep' }).tokenize('Aye, aye')).toEqual(['Aye', ',', ' ', 'aye']);
  });
});

describe('sentenceTokenizer', () => {
  it('knows abbreviations and initials, and keeps the spaces with the sentence before', () => {
    const text = 'Mr. H. G. Wells met Dr. Watson. "Is it I. or you?" He left.';
    expect(sentenceTokenizer().tokenize(text)).toEqual([
      'Mr. H. G. Wells met Dr. Watson. ',
      '"Is it I. or you?" ',
      'He left.',
    ]);
    expect(sentenceTokenizer({ abbreviations: [] }).tokenize('Mr. Wells left.')).toEqual([
      'Mr. ',
      'Wells left.',
    ]);
    expect(sentenceTokenizer().tokenize('So did I. He left.')).toEqual(['So did I. ', 'He left.']);
  });

  it('reads on over wrapped lines, but not over an empty one', () => {
    const text = 'Call me\nIshmael. Some\nyears ago\n\n  A heading\n\nIt is.';
    expect(sentenceTokenizer().tokenize(text)).toEqual([
      'Call me\nIshmael. ',
      'Some\nyears ago\n\n',
      '  A heading\n\n',
      'It is.',
    ]);
    expect(sentenceTokenizer({ lineEnds: 'end' }).tokenize('Call me\nIshmael. Yes\n')).toEqual([
      'Call me\n',
      'Ishmael. ',
      'Yes\n',
    ]);
  });
});

describe('regexTokenizer', () => {
  it('takes matches for tokens, or what stands between', () => {
    expect(regexTokenizer({ pattern: /\d+/ }).tokenize('a1b22')).toEqual(['1', '22']);
    expect(regexTokenizer({ pattern: /\d+/, matches: 'separators' }).tokenize('a1b22c')).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(regexTokenizer({ pattern: /\d+/, rest: 'keep' }).tokenize('a1b22')).toEqual(['a', '1', 'b', '22']);
  });

  it('passes over empty matches', () => {
    expect(regexTokenizer({ pattern: /\d*/, rest: 'keep' }).tokenize('a1b')).toEqual(['a', '1', 'b']);
  });

  it('leaves the position that a pattern keeps alone, and does not depend on it', () => {
    const pattern = /\w/g;
    pattern.lastIndex = 2;
    expect(regexTokenizer({ pattern }).tokenize('abc')).toEqual(['a', 'b', 'c']);
    expect(pattern.lastIndex).toBe(2);
    expect(regexTokenizer({ pattern: /\w/y }).tokenize('a b')).toEqual(['a', 'b']);
  });
});

describe('options', () => {
  it.each<[string, () => Tokenizer]>([
    ['unit', () => charTokenizer({ unit: 'word' as 'grapheme' })],
    ['units', () => charTokenizer({ units: 'grapheme' } as object)],
    ['options', () => charTokenizer('grapheme' as unknown as object)],
    ['space', () => wordTokenizer({ space: 'keep' } as object)],
    ['punctuations', () => unicodeWordTokenizer({ punctuations: 'drop' } as object)],
    ['sentence', () => treebankTokenizer({ sentence: 'single' } as object)],
    ['lineEnd', () => sentenceTokenizer({ lineEnd: 'end' } as object)],
    ['abbreviations\\[0\\]', () => sentenceTokenizer({ abbreviations: [1] as unknown as string[] })],
    ['options', () => regexTokenizer(undefined as unknown as { pattern: RegExp })],
    ['patern', () => regexTokenizer({ patern: /x/ } as unknown as { pattern: RegExp })],
    ['spaces', () => wordTokenizer({ spaces: 'trim' as 'keep' })],
    ['spaces', () => unicodeWordTokenizer({ spaces: 'trim' as 'keep' })],
    ['punctuation', () => unicodeWordTokenizer({ punctuation: 'trim' as 'keep' })],
    ['punctuation', () => unicodeWordTokenizer({ punctuation: 'drop', spaces: 'keep' })],
    ['locale', () => unicodeWordTokenizer({ locale: 'not a locale' })],
    ['locale', () => sentenceTokenizer({ locale: '' })],
    ['lineEnds', () => sentenceTokenizer({ lineEnds: 'keep' as 'end' })],
    ['abbreviations', () => sentenceTokenizer({ abbreviations: 'Mr' as unknown as string[] })],
    ['sentences', () => treebankTokenizer({ sentences: 'join' as 'split' })],
    ['spaces', () => treebankTokenizer({ spaces: 'trim' as 'keep' })],
    ['pattern', () => regexTokenizer({ pattern: 'x' as unknown as RegExp })],
    ['matches', () => regexTokenizer({ pattern: /x/, matches: 'gaps' as 'tokens' })],
    ['rest', () => regexTokenizer({ pattern: /x/, rest: 'trim' as 'keep' })],
    ['scope', () => regexTokenizer({ pattern: /x/, scope: 'word' as 'line' })],
  ])('names %s when it is out of range', (name, make) => {
    expect(make).toThrow(ArgumentError);
    expect(make).toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('tokenizerFromJSON', () => {
  it.each([
    ['a text cut short', '{"type":"wo', 'expected JSON'],
    ['null', null, 'expected an object'],
    ['another type', { type: 'wordpiece' }, "expected a type of this package, got 'wordpiece'"],
    ['no type', {}, 'expected a type of this package'],
    ['an option that it does not know', { type: 'character', units: 'grapheme' }, "did you mean 'unit'?"],
    ['an option of a tokenizer without any', { type: 'byte', unit: 'bit' }, 'unit: expected'],
    ['a later version', { type: 'byte', version: 2 }, 'version: expected at most 1, got 2'],
    ['an option out of range', { type: 'word', spaces: 'trim' }, 'spaces: expected'],
    [
      'a pattern that is none',
      { type: 'regex', source: '(', flags: '' },
      "expected a regular expression, got '(' with the flags",
    ],
    ['no pattern', { type: 'regex' }, 'source, flags: expected strings'],
    ['abbreviations that are no list', { type: 'sentence', abbreviations: 'Mr' }, 'abbreviations: expected'],
    ['a damaged tokenizer.json', { model: {} }, 'tokenizer.json: '],
  ])('refuses %s', (_, json, message) => {
    expect(() => tokenizerFromJSON(json)).toThrow(InvalidFormatError);
    expect(() => tokenizerFromJSON(json)).toThrow(message);
  });
});

describe('what reads a text', () => {
  const none = {} as { tokenizer: Tokenizer };
  it.each<[string, () => unknown]>([
    ['options', () => countTokens('a b', undefined as unknown as { tokenizer: Tokenizer })],
    ['tokenizer', () => countTokens('a b', none)],
    [
      'tokeniser',
      () => countTokens('a b', { tokeniser: wordTokenizer() } as object as { tokenizer: Tokenizer }),
    ],
    // At once, not when the first token is asked for.
    ['tokenizer', () => tokenizeChunks(['a b'], none)],
    ['tokenizer', () => tokenizeStream(asynchronous(['a b']), none)],
    ['vocabulary', () => new TextCodec({ tokenizer: wordTokenizer() } as TextCodecOptions)],
    ['options', () => new TextCodec(undefined as unknown as TextCodecOptions)],
  ])('names %s when it is wrong', (name, read) => {
    expect(read).toThrow(ArgumentError);
    expect(read).toThrow(new RegExp(`^${name}: expected`));
  });
});

describe('what a stream holds back', () => {
  const paragraphs = mobyDick().split('\n\n');
  const longestParagraph = Math.max(...paragraphs.map(({ length }) => length));

  it.each<[string, Tokenizer, number]>([
    ['a character', charTokenizer(), 1],
    ['a character', charTokenizer({ unit: 'grapheme' }), 4],
    ['a word', wordTokenizer(), 30],
    ['a line', unicodeWordTokenizer(), 80],
    ['a line', regexTokenizer({ pattern: /\w+/, scope: 'line' }), 80],
    ['a paragraph', sentenceTokenizer(), longestParagraph + 4],
    ['a paragraph', treebankTokenizer(), longestParagraph + 4],
  ])('is no more than %s (%o)', (_, tokenizer, most) => {
    const text = mobyDick();
    for (let end = 997; end < text.length; end += 997) {
      const start = Math.max(0, end - 20_000);
      const held = end - start - tokenizer.splitPoint(text.slice(start, end));
      expect(held).toBeLessThanOrEqual(most);
    }
  });
});
