import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mobyDick } from '../fixtures/corpora.js';
import { LANGUAGES } from '../fixtures/languages.js';
import { nastyText } from '../fixtures/nasty-text.js';
import { hashSpan } from '../tokenizers/span-table.js';
import { PretokenScanner } from './pretokens.js';

/** GPT-2's pattern as Rust and Python's `regex` read it: their `\s` is White_Space, JavaScript's is not. */
const GPT2_PATTERN = new RegExp(
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    .replaceAll(String.raw`\s`, String.raw`\p{White_Space}`)
    .replaceAll(String.raw`\S`, String.raw`\P{White_Space}`),
  'gu',
);

function pieces(text: string): string[] {
  const scanner = new PretokenScanner(text);
  const found: string[] = [];
  let wrongHashes = 0;
  while (scanner.next()) {
    found.push(text.slice(scanner.start, scanner.end));
    if (scanner.hash !== hashSpan(text, scanner.start, scanner.end)) wrongHashes++;
  }
  expect(wrongHashes).toBe(0);
  return found;
}

describe('PretokenScanner', () => {
  it.each([['a book', mobyDick().slice(0, 50_000)], ...Object.entries(LANGUAGES)])(
    'agrees with the pattern on %s',
    (_, text) => {
      expect(pieces(text)).toEqual(text.match(GPT2_PATTERN));
    },
  );

  it.each([
    ['a \ufeffb', ['a', ' \ufeff', 'b']],
    ['.\ufeff"', ['.\ufeff"']],
    ['wait \x85then', ['wait', ' ', '\x85', 'then']],
    ['wait \x1cthen', ['wait', ' \x1c', 'then']],
  ])("takes for white space what GPT-2's pattern does, not JavaScript: %j", (text, expected) => {
    expect(pieces(text)).toEqual(expected);
  });

  it('agrees with the pattern on any text', () => {
    fc.assert(
      fc.property(nastyText, (text) => {
        expect(pieces(text)).toEqual(text.match(GPT2_PATTERN) ?? []);
      }),
      { numRuns: 500 },
    );
  });

  it('agrees with the pattern on the class of every character', () => {
    for (let first = 0; first < 0x110000; first += 0x1000) {
      let text = '';
      for (let code = first; code < first + 0x1000; code++) text += `x${String.fromCodePoint(code)}`;
      expect(pieces(text).join('\0')).toBe(text.match(GPT2_PATTERN)!.join('\0'));
    }
  });
});
