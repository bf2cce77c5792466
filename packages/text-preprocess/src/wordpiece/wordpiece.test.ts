import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFormatError } from '../errors.js';
import { mobyDick } from '../fixtures/corpora.js';
import { tokenizerFromJSON } from '../index.js';
import { type TrainWordPieceOptions, trainWordPiece } from './train-wordpiece.js';
import { WordPieceTokenizer } from './wordpiece-tokenizer.js';

const bert = (tokens: string[], longestWord?: number) =>
  new WordPieceTokenizer({ tokens: ['[UNK]', ...tokens], ...(longestWord && { longestWord }) });

describe('WordPieceTokenizer', () => {
  // The example of BERT's own code.
  const tokenizer = bert(['un', 'runn', '##aff', '##able', '##ing', 'the', ',', '##runn']);

  it('takes the longest token from the left, and the unknown one for words that it cannot end', () => {
    expect(tokenizer.tokenize('unaffable, the\n running')).toEqual([
      ...['un', '##aff', '##able', ',', 'the', 'runn', '##ing'],
    ]);
    expect(tokenizer.tokenize('unaffab unaffable')).toEqual(['[UNK]', 'un', '##aff', '##able']);
    expect(tokenizer.vocabulary.unknownId).toBe(0);
    expect([...tokenizer.encode('')]).toEqual([]);
  });

  it('puts a blank between words, whole or token by token', () => {
    const tokens = ['un', '##aff', '##able', ',', 'the', 'runn', '##ing'];
    expect(tokenizer.detokenize(tokens)).toBe('unaffable, the running');
    // As Hugging Face's decoder: what a text begins with is written as it is.
    expect(tokenizer.detokenize(['##ing', 'the'])).toBe('##ing the');
    const detokenizer = tokenizer.detokenizer();
    expect(tokens.map((token) => detokenizer.push(token)).join('') + detokenizer.end()).toBe(
      tokenizer.detokenize(tokens),
    );
  });

  it('counts characters, not units, of long words', () => {
    const whales = bert(['🐳', '##🐳'], 3);
    expect(whales.tokenize('🐳🐳🐳 🐳🐳🐳🐳')).toEqual(['🐳', '##🐳', '##🐳', '[UNK]']);
  });

  it('reads a long word of a long token in time', () => {
    const long = 'a'.repeat(900);
    const tokens = bert([long, 'a', '##a', `##${long}b`], 1000).tokenize(`${long.repeat(2)} `.repeat(300));
    expect(tokens.length).toBe(300);
  });

  it.each<[string, object, string]>([
    ['no unknown token', { unk_token: '[NONE]' }, 'model.unk_token: expected a token of the vocabulary'],
    [
      'words without limit',
      { max_input_chars_per_word: 1e6 },
      'max_input_chars_per_word: expected a whole number',
    ],
    [
      'a token without end',
      { vocab: { '[UNK]': 0, [`a${'b'.repeat(2000)}`]: 1 } },
      'model.vocab: expected at most',
    ],
    ['two tokens of one id', { vocab: { '[UNK]': 0, a: 0 } }, 'model.vocab: expected ids'],
  ])('refuses a file with %s', (_, model, message) => {
    const file = JSON.parse(JSON.stringify(tokenizer));
    const read = () => tokenizerFromJSON({ ...file, added_tokens: [], model: { ...file.model, ...model } });
    expect(read).toThrow(InvalidFormatError);
    expect(read).toThrow(message);
  });

  it('refuses parts without the unknown token', () => {
    expect(() => new WordPieceTokenizer({ tokens: ['a'] })).toThrow(
      'tokens: expected the token [UNK], got none',
    );
  });
});

/** Word pieces as they are defined: the gain of every pair, merge the best, begin again. */
function naivePieces(text: string, vocabularySize: number, minFrequency: number): string[] {
  let words = (text.match(/[^\s\p{P}$+<=>^`|~]+|[\p{P}$+<=>^`|~]/gu) ?? []).map((word) =>
    [...word].map((character, i) => (i === 0 ? character : `##${character}`)),
  );
  const tokens = ['[UNK]', ...[...new Set(words.flat())].sort()];
  const plogp = (count: number) => (count === 0 ? 0 : count * Math.log(count));
  while (tokens.length < vocabularySize) {
    const symbols = new Map<string, number>();
    const pairs = new Map<string, number>();
    for (const word of words) {
      word.forEach((symbol, i) => {
        symbols.set(symbol, (symbols.get(symbol) ?? 0) + 1);
        if (i > 0) pairs.set(`${word[i - 1]} ${symbol}`, (pairs.get(`${word[i - 1]} ${symbol}`) ?? 0) + 1);
      });
    }
    const total = words.flat().length;
    const lost = (symbol: string, less: number) =>
      plogp(Math.max(0, symbols.get(symbol)! - less)) - plogp(symbols.get(symbol)!);
    const gains = [...pairs].map(([pair, count]) => {
      const [left, right] = pair.split(' ');
      const joined = plogp(count) + plogp(total) - plogp(total - count);
      const gain =
        left === right ? joined + lost(left, 2 * count) : joined + lost(left, count) + lost(right, count);
      return { left, right, count, gain };
    });
    const [best] = gains
      .filter(({ count, gain }) => count >= Math.max(1, minFrequency) && gain > 0)
      .sort(
        (a, b) =>
          b.gain - a.gain ||
          tokens.indexOf(a.left) - tokens.indexOf(b.left) ||
          tokens.indexOf(a.right) - tokens.indexOf(b.right),
      );
    if (best === undefined) break;
    const merged = best.left + best.right.slice(2);
    if (!tokens.includes(merged)) tokens.push(merged);
    words = words.map((word) => {
      const shorter: string[] = [];
      for (let i = 0; i < word.length; i++) {
        const isPair = word[i] === best.left && word[i + 1] === best.right;
        shorter.push(isPair ? merged : word[i]);
        if (isPair) i++;
      }
      return shorter;
    });
  }
  return tokens;
}

describe('trainWordPiece', () => {
  const learned = (text: string | string[], options: TrainWordPieceOptions) =>
    trainWordPiece(text, options).vocabulary.tokens;

  it('learns the pieces of the definition from a book', () => {
    const text = mobyDick().slice(0, 6000);
    expect(learned(text, { vocabularySize: 180 })).toEqual(naivePieces(text, 180, 2));
  });

  it('learns the pieces of the definition from any text', () => {
    const pieces = fc.array(fc.constantFrom('a', 'b', 'ab', 'aba', 'c', ' ', '.', 'é', '\n'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        pieces,
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 9, max: 20 }),
        (parts, least, size) => {
          const text = parts.join('');
          expect(learned(text, { vocabularySize: size, minFrequency: least })).toEqual(
            naivePieces(text, size, least),
          );
        },
      ),
    );
  });

  it('knows every word that it learned of, and takes a special token for one', () => {
    const text = mobyDick().slice(0, 20_000);
    const tokenizer = trainWordPiece([text.slice(0, 777), text.slice(777)], {
      vocabularySize: 400,
      specialTokens: ['<|end|>'],
    });
    expect(tokenizer.vocabulary.size).toBe(400);
    const ids = tokenizer.encode(`${text}<|end|>`);
    expect(ids).not.toContain(0);
    expect(ids.at(-1)).toBe(1);
    // A piece has more than two characters on average.
    expect(ids.length).toBeLessThan(text.length / 2);
    const again = tokenizerFromJSON(JSON.stringify(tokenizer)) as WordPieceTokenizer;
    expect(again.encode(text)).toEqual(ids.slice(0, -1));
    expect(again.toJSON()).toEqual(tokenizer.toJSON());
  });

  it('leaves the rarest characters out where there is no room', () => {
    const tokenizer = trainWordPiece('aaa bb aa b c', { vocabularySize: 4 });
    expect(tokenizer.vocabulary.tokens).toEqual(['[UNK]', '##a', 'a', 'b']);
    expect(tokenizer.tokenize('aa bb c')).toEqual(['a', '##a', '[UNK]', '[UNK]']);
  });

  it.each<[string, object]>([
    ['vocabularySize', {}],
    ['vocabularySize', { vocabularySize: 2, specialTokens: ['<a>'] }],
    ['specialTokens', { vocabularySize: 9, specialTokens: ['[UNK]'] }],
    ['specialTokens', { vocabularySize: 9, specialTokens: ['a b'] }],
    ['minFrequency', { vocabularySize: 9, minFrequency: -1 }],
    ['vocabSize', { vocabSize: 9 }],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => trainWordPiece('text', options as TrainWordPieceOptions)).toThrow(ArgumentError);
    expect(() => trainWordPiece('text', options as TrainWordPieceOptions)).toThrow(
      new RegExp(`^${name}: expected`),
    );
  });
});
