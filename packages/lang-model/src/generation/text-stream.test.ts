import { byteTokenizer, charTokenizer, type Tokenizer, wordTokenizer } from '@throughtime/text-preprocess';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TextStream } from './text-stream.js';

function pieces(tokenizer: Tokenizer, text: string, before = ''): string[] {
  const stream = new TextStream(tokenizer, tokenizer.tokenize(before));
  return [...tokenizer.tokenize(text).map((token) => stream.push(token)), stream.rest()];
}

describe('TextStream', () => {
  it.each([
    ['characters', charTokenizer()],
    ['graphemes', charTokenizer({ unit: 'grapheme' })],
    ['bytes', byteTokenizer()],
    ['words and spaces', wordTokenizer({ spaces: 'keep' })],
  ])('of %s gives the whole text back, for any text', (_, tokenizer) => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(pieces(tokenizer, text).join('')).toBe(text);
      }),
    );
  });

  it('never shows part of a character', () => {
    expect(pieces(byteTokenizer(), 'aé€😀')).toEqual(['a', '', 'é', '', '', '€', '', '', '', '😀', '']);
  });

  it('shows bytes that make no character as U+FFFD, without waiting for ever', () => {
    const stream = new TextStream(byteTokenizer());
    const shown = ['\xff', '\xff', '\xff', '\xff', 'a'].map((token) => stream.push(token)).join('');
    expect(shown).toMatch(/^\ufffd+a$/);
  });

  it('puts spaces between words, also after what went before', () => {
    expect(pieces(wordTokenizer(), 'the time machine')).toEqual(['the', ' time', ' machine', '']);
    expect(pieces(wordTokenizer(), 'machine', 'the time')).toEqual([' machine', '']);
  });
});
