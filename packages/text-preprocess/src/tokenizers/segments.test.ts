import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { charTokenizer } from './character-tokenizer.js';
import { unicodeWordTokenizer } from './unicode-word-tokenizer.js';

/** Stretches of text whose segments depend on what stands around them, long enough to be cut into pieces. */
const longText = fc
  .array(
    fc.constantFrom(
      'can’t 3.14, ',
      '\r\n',
      'e\u0301\u0301',
      '👩‍👩‍👧 ',
      '🇩🇪🇫🇷',
      '私は東京に住んでいます。',
      '   ',
      'ab ',
      'x'.repeat(700),
      '한국어\n',
    ),
    { minLength: 50, maxLength: 400 },
  )
  .map((parts) => parts.join(''));

describe('segments of long texts', () => {
  it('are those of the whole text at once', () => {
    const words = new Intl.Segmenter('und', { granularity: 'word' });
    const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });
    fc.assert(
      fc.property(longText, (text) => {
        expect(unicodeWordTokenizer({ spaces: 'keep' }).tokenize(text)).toEqual(
          Array.from(words.segment(text), ({ segment }) => segment),
        );
        expect(charTokenizer({ unit: 'grapheme' }).tokenize(text)).toEqual(
          Array.from(graphemes.segment(text), ({ segment }) => segment),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('of half a million characters come at once', () => {
    // Cut from the whole in one go, this takes most of an hour in Node 20: the test would time out.
    const text = 'It was — “perhaps” — a whale.\n'.repeat(18_000);
    expect(unicodeWordTokenizer().tokenize(text).length).toBe(10 * 18_000);
    expect(charTokenizer({ unit: 'grapheme' }).tokenize(text).length).toBe(text.length);
  });
});
