import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asynchronous, chunkedText } from '../fixtures/nasty-text.js';
import { type CleanTextOptions, cleanText, cleanTextChunks, cleanTextStream } from './clean-text.js';
import { CLEANING_CONVENTIONS, cleanLineChunks, cleanLineStream, cleanLines } from './d2l-conventions.js';

describe('cleanText', () => {
  it('composes letters with their accents, and nothing else, when nothing is asked', () => {
    expect(cleanText('Cafe\u0301  \ufb01\r\n')).toBe('Caf\u00e9  \ufb01\r\n');
  });

  it.each<[CleanTextOptions, string, string]>([
    [{ normalization: 'NFKC' }, '\ufb01n \uff21\u00b2', 'fin A2'],
    [{ normalization: 'NFD' }, '\u00e9', 'e\u0301'],
    [{ normalization: 'none' }, 'e\u0301', 'e\u0301'],
    [{ case: 'lower' }, 'ΟΔΟΣ ÄHAB', 'οδος ähab'],
    [{ case: 'upper' }, 'straße', 'STRASSE'],
    [{ accents: 'strip' }, 'Ähab, naïve Ångström; ø ł ß', 'Ahab, naive Angstrom; ø ł ß'],
    [{ accents: 'strip' }, 'हिन्दी が 한국 👍🏽 ❤\ufe0f', 'हिन्दी が 한국 👍🏽 ❤\ufe0f'],
    [{ accents: 'strip', normalization: 'none' }, 'e\u0301\u1100\u1161', 'e\uac00'],
    [{ accents: 'strip', normalization: 'NFKD' }, '\u01c4', 'DZ'],
    [{ whitespace: 'collapse' }, ' \u00a0a \t\r\n b\u3000', 'a b'],
    [{ whitespace: 'lines' }, '\n\n a  b \r\n\r\n c\n', 'a b\nc'],
  ])('with %o', (options, text, cleaned) => {
    expect(cleanText(text, options)).toBe(cleaned);
  });

  it.each<[string, CleanTextOptions]>([
    ['normalization', { normalization: 'NFX' as 'NFC' }],
    ['case', { case: 'title' as 'lower' }],
    ['accents', { accents: 'drop' as 'strip' }],
    ['whitespace', { whitespace: 'trim' as 'collapse' }],
    ['accent', { accent: 'strip' } as CleanTextOptions],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => cleanText('', options)).toThrow(ArgumentError);
    expect(() => cleanText('', options)).toThrow(new RegExp(`^${name}: expected`));
  });

  it.each<[CleanTextOptions, string, string]>([
    [{ accents: 'strip', whitespace: 'collapse' }, '\u0301 b', 'b'],
    [{ accents: 'strip', whitespace: 'collapse' }, 'a \u0301 \u0301 b \u0301', 'a b'],
    [{ accents: 'strip', whitespace: 'collapse', normalization: 'NFKC' }, 'a\u00af b', 'a b'],
    [{ accents: 'strip', whitespace: 'lines', normalization: 'NFKD' }, 'a\u203e\nb', 'a\nb'],
    [{ accents: 'strip', whitespace: 'lines', normalization: 'NFKD' }, 'a\n\u0301 \u0301 b', 'a\nb'],
  ])('joins white space that is left around what goes, also from chunks: %o', (options, text, cleaned) => {
    expect(cleanText(text, options)).toBe(cleaned);
    expect([...cleanTextChunks([...text], options)].join('')).toBe(cleaned);
  });

  it('gives the same for chunks cut anywhere, and again for what is clean', async () => {
    const options = fc.record({
      normalization: fc.constantFrom('NFC', 'NFD', 'NFKC', 'NFKD', 'none'),
      case: fc.constantFrom('keep', 'lower', 'upper'),
      accents: fc.constantFrom('keep', 'strip'),
      whitespace: fc.constantFrom('keep', 'collapse', 'lines'),
    });
    await fc.assert(
      fc.asyncProperty(chunkedText, options, async ({ text, chunks }, asked) => {
        const cleaned = cleanText(text, asked);
        expect([...cleanTextChunks(chunks, asked)].join('')).toBe(cleaned);
        expect([...cleanTextChunks(text.split(''), asked)].join('')).toBe(cleaned);
        let streamed = '';
        for await (const piece of cleanTextStream(asynchronous(chunks), asked)) streamed += piece;
        expect(streamed).toBe(cleaned);
        expect(asked.normalization === 'none' ? cleaned : cleaned.normalize(asked.normalization)).toBe(
          cleaned,
        );
      }),
      { numRuns: 500 },
    );
  });
});

describe('cleanLineChunks', () => {
  it.each(CLEANING_CONVENTIONS)('cleans chunks cut anywhere as the whole, with %s', async (convention) => {
    await fc.assert(
      fc.asyncProperty(chunkedText, async ({ text, chunks }) => {
        // The one line of 1.0 comes in pieces.
        const whole = (lines: string[]) => (convention === 'd2l-1.0' ? lines.join('') : lines);
        const lines = whole(cleanLines(text, convention));
        expect(whole([...cleanLineChunks(chunks, convention)])).toEqual(lines);
        const streamed: string[] = [];
        for await (const line of cleanLineStream(asynchronous(chunks), convention)) streamed.push(line);
        expect(whole(streamed)).toEqual(lines);
      }),
    );
  });
});
