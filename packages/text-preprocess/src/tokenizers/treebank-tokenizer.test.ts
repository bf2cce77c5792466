import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isBlank } from '../cleaning/whitespace.js';
import { mobyDick } from '../fixtures/corpora.js';
import { hashesOf, RandomStrings } from '../fixtures/random-strings.js';
import { treebankTokenizer } from './treebank-tokenizer.js';

const random = JSON.parse(
  readFileSync(new URL('./fixtures/treebank-random.json', import.meta.url), 'utf8'),
) as { pieces: string[]; seed: number; count: number; hashes: number[] };
const cases = JSON.parse(readFileSync(new URL('./fixtures/treebank.json', import.meta.url), 'utf8')) as {
  sentence: string;
  tokens: string[];
}[];

describe('treebankTokenizer', () => {
  const single = treebankTokenizer({ sentences: 'single' });

  it.each(cases)('gives the tokens of nltk for $sentence', ({ sentence, tokens }) => {
    expect(single.tokenize(sentence)).toEqual(tokens);
  });

  it.each([
    ['I cannot—I will not.', ['I', 'can', 'not', '—I', 'will', 'not', '.']],
    ['“Cannot you see?”', ['“', 'Can', 'not', 'you', 'see', '?', '”']],
    ['gonna…', ['gon', 'na', '…']],
    ['cannot/will', ['can', 'not', '/will']],
    ['cannot-do', ['can', 'not', '-do']],
    ['a,,b', ['a', ',', ',b']],
    ['ab\ufeffcd', ['ab\ufeffcd']],
    ['\ufeffThe end', ['\ufeffThe', 'end']],
  ])('puts blanks on both sides of what it splits off, and none after a mark: %j', (text, tokens) => {
    expect(single.tokenize(text)).toEqual(tokens);
  });

  it('gives the tokens of nltk for 6,000 random strings', () => {
    const texts = new RandomStrings(random.pieces, random.seed).take(random.count);
    expect(hashesOf(texts.map((text) => single.tokenize(text).join('\t')))).toEqual(random.hashes);
  });

  it('gives every random string back where spaces are kept, and the same words', () => {
    const keeping = treebankTokenizer({ spaces: 'keep', sentences: 'single' });
    expect(keeping.tokenize('\ufeffThe end')).toEqual(['\ufeffThe', ' ', 'end']);
    for (const text of new RandomStrings(random.pieces, 7).take(3000)) {
      const tokens = keeping.tokenize(text);
      expect(tokens.join('')).toBe(text);
      const words = tokens.filter((token) => !isBlank(token));
      expect(words.map(plainQuote)).toEqual(single.tokenize(text).map(plainQuote));
    }
  });

  it('cuts a text into sentences first, so that every final stop is a token', () => {
    const text = 'Mr. Starbuck spoke. "Aye," said Ahab. It was so.';
    const tokens = "Mr. Starbuck spoke . `` Aye , '' said Ahab . It was so .".split(' ');
    expect(treebankTokenizer().tokenize(text)).toEqual(tokens);
  });

  it('puts English spacing back', () => {
    const text = 'He said, "I don\'t (yet) know; it costs $3.88... doesn\'t it?"';
    expect(single.detokenize(single.tokenize(text))).toBe(text);
  });

  it('gives the text back exactly where spaces are kept', () => {
    const text = mobyDick();
    const keeping = treebankTokenizer({ spaces: 'keep' });
    const tokens = keeping.tokenize(text);
    expect(tokens.join('')).toBe(text);
    const words = tokens.filter((token) => !isBlank(token));
    expect(words).toHaveLength(treebankTokenizer().tokenize(text).length);
  });

  it('gives any text of quotes, stops and spaces back exactly where spaces are kept', () => {
    const keeping = treebankTokenizer({ spaces: 'keep', sentences: 'single' });
    const piece = fc.constantFrom(
      '"',
      "'",
      "''",
      '``',
      '`',
      '.',
      ',',
      ' ',
      '\n',
      'can',
      'not',
      "n't",
      '(',
      '1',
      '-',
      '\x85',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const tokens = keeping.tokenize(text);
        expect(tokens.join('')).toBe(text);
        const words = tokens.filter((token) => !isBlank(token));
        expect(words.map(plainQuote)).toEqual(single.tokenize(text).map(plainQuote));
      }),
    );
  });
});

function plainQuote(token: string): string {
  return token === '``' || token === "''" ? '"' : token;
}
