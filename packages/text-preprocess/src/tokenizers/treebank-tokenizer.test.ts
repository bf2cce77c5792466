import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mobyDick } from '../fixtures/corpora.js';
import { treebankTokenizer } from './treebank-tokenizer.js';

const cases = JSON.parse(readFileSync(new URL('./fixtures/treebank.json', import.meta.url), 'utf8')) as {
  sentence: string;
  tokens: string[];
}[];

describe('treebankTokenizer', () => {
  const single = treebankTokenizer({ sentences: 'single' });

  it.each(cases)('gives the tokens of nltk for $sentence', ({ sentence, tokens }) => {
    expect(single.tokenize(sentence)).toEqual(tokens);
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
    const words = tokens.filter((token) => token.trim() !== '');
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
        const words = tokens.filter((token) => !/^[\s\x85]+$/.test(token));
        expect(words.map(plainQuote)).toEqual(single.tokenize(text).map(plainQuote));
      }),
    );
  });
});

function plainQuote(token: string): string {
  return token === '``' || token === "''" ? '"' : token;
}
