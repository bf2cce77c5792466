import { readFileSync } from 'node:fs';
import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFormatError } from '../errors.js';
import { mobyDick } from '../fixtures/corpora.js';
import { LANGUAGES } from '../fixtures/languages.js';
import { tokenizerFromJSON } from '../index.js';
import { TokenTrie } from '../subwords/token-trie.js';
import { bestPath } from './lattice.js';
import { type TrainUnigramOptions, trainUnigram } from './train-unigram.js';
import { UnigramTokenizer } from './unigram-tokenizer.js';

/** The score of the best way to cut a text, by trying all. */
function bestScore(text: string, scores: ReadonlyMap<string, number>): number {
  if (text === '') return 0;
  let best = Number.NEGATIVE_INFINITY;
  for (const [token, score] of scores)
    if (text.startsWith(token)) best = Math.max(best, score + bestScore(text.slice(token.length), scores));
  return best;
}

describe('bestPath', () => {
  it('is the best of all', () => {
    const tokens = fc.uniqueArray(fc.constantFrom('a', 'b', 'ab', 'ba', 'aba', 'bb', 'abab', 'aa'), {
      minLength: 1,
    });
    const text = fc.array(fc.constantFrom('a', 'b'), { minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(
        tokens,
        fc.infiniteStream(fc.double({ min: -9, max: 0, noNaN: true })),
        text,
        (known, drawn, of) => {
          const scores = known.map(() => drawn.next().value as number);
          const trie = new TokenTrie();
          known.forEach((token, id) => {
            trie.add(token, id);
          });
          const path = bestPath(of.join(''), { trie, scores });
          const best = bestScore(of.join(''), new Map(known.map((token, id) => [token, scores[id]])));
          if (path === undefined) {
            expect(best).toBe(Number.NEGATIVE_INFINITY);
            return;
          }
          expect(path.map((id) => known[id]).join('')).toBe(of.join(''));
          expect(path.reduce((sum, id) => sum + scores[id], 0)).toBeCloseTo(best, 9);
        },
      ),
    );
  });
});

describe('UnigramTokenizer', () => {
  const tokens = ['<unk>', '▁', 'a', 'b', '▁ab', 'aa'];
  const tokenizer = new UnigramTokenizer({ tokens, scores: [0, -2, -2, -2, -3, -3] });

  it('cuts where the probabilities have the largest product; unknown characters in a row are one token', () => {
    expect(tokenizer.tokenize('aaa ab')).toEqual(['a', 'aa', '▁ab']);
    expect(tokenizer.tokenize('a🐳éb\n\nb')).toEqual(['a', '<unk>', 'b', '<unk>', 'b']);
    expect(tokenizer.vocabulary.unknownId).toBe(0);
  });

  it.each<[string, object, string]>([
    ['bytes for unknown characters', { byte_fallback: true }, 'model.byte_fallback: expected false'],
    ['no unknown token', { unk_id: null }, 'model.unk_id: expected the id of a token'],
    ['a token without score', { vocab: [['<unk>', 0], ['a']] }, 'model.vocab: expected texts with scores'],
    [
      'a token twice',
      {
        vocab: [
          ['<unk>', 0],
          ['a', 0],
          ['a', 1],
        ],
      },
      "model.vocab: 'a' comes twice",
    ],
  ])('refuses a file with %s', (_, model, message) => {
    const file = JSON.parse(JSON.stringify(tokenizer));
    const read = () => tokenizerFromJSON({ ...file, added_tokens: [], model: { ...file.model, ...model } });
    expect(read).toThrow(InvalidFormatError);
    expect(read).toThrow(message);
  });

  it('refuses parts that do not fit', () => {
    expect(() => new UnigramTokenizer({ tokens: ['a'], scores: [0] })).toThrow(
      'tokens: expected the token <unk>',
    );
    expect(() => new UnigramTokenizer({ tokens: ['<unk>'], scores: [] })).toThrow('scores.length: expected');
  });
});

describe('trainUnigram', () => {
  const fixture = new URL('../subwords/fixtures/huggingface.json', import.meta.url);
  const text = `${mobyDick().slice(0, 20_000)}${Object.values(LANGUAGES).join('\n')}`;

  it("learns tokens that cut a book as short as those of Hugging Face's trainer", () => {
    const { unigram } = JSON.parse(readFileSync(fixture, 'utf8')) as {
      unigram: { model: object; decoder: object };
    };
    const learned = trainUnigram(`${text} don't ##a ﬁ é e 1 12 . ! ( )`, { vocabularySize: 500 });
    expect(learned.vocabulary.size).toBe(500);
    const peer = tokenizerFromJSON({ ...learned.toJSON(), added_tokens: [], ...unigram }) as UnigramTokenizer;
    expect(learned.encode(text).length).toBeLessThan(peer.encode(text).length * 1.02);
  });

  it('keeps every text of its characters, read in chunks and read again', () => {
    const source = mobyDick().slice(0, 20_000);
    const tokenizer = trainUnigram(source, { vocabularySize: 300, specialTokens: ['<|end|>'] });
    const chunks = [source.slice(0, 4321), source.slice(4321, 4323), source.slice(4323)];
    expect(trainUnigram(chunks, { vocabularySize: 300, specialTokens: ['<|end|>'] }).toJSON()).toEqual(
      tokenizer.toJSON(),
    );
    expect(tokenizer.decode(tokenizer.encode(source))).toBe(source);
    const again = tokenizerFromJSON(JSON.stringify(tokenizer)) as UnigramTokenizer;
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...new Set(source), 'the ', '<|end|>')), (pieces) => {
        expect(again.decode(again.encode(pieces.join('')))).toBe(pieces.join(''));
        expect(again.encode(pieces.join(''))).toEqual(tokenizer.encode(pieces.join('')));
        const cut = tokenizer.splitPoint(pieces.join(''));
        const parts = [pieces.join('').slice(0, cut), pieces.join('').slice(cut)];
        expect(parts.flatMap((part) => tokenizer.tokenize(part))).toEqual(
          tokenizer.tokenize(pieces.join('')),
        );
      }),
    );
    // Probabilities of all tokens together are at most 1.
    const scores = tokenizer
      .toJSON()
      .model.vocab.slice(2)
      .map(([, score]) => Math.exp(score));
    expect(scores.reduce((sum, p) => sum + p, 0)).toBeLessThan(1.001);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
  });

  it('finds the words that a text is made of', () => {
    const words = ['whale', 'ship', 'sea'];
    const made = Array.from({ length: 600 }, (_, i) => words[((i * i + 1) % 7) % 3]).join('');
    const { vocabulary } = trainUnigram(made, { vocabularySize: 14, longestToken: 5 });
    expect(vocabulary.tokens).toEqual(expect.arrayContaining(['whale', 'sea']));
  });

  it('reads and learns from a single long word', () => {
    const word = 'ab'.repeat(30_000);
    const tokenizer = trainUnigram(word, { vocabularySize: 10 });
    expect(tokenizer.encode(word).length).toBeLessThan(word.length / 8);
  });

  it('leaves the rarest characters out where there is no room', () => {
    expect(trainUnigram('aaabbc', { vocabularySize: 3 }).tokenize('abcc')).toEqual(['a', 'b', '<unk>']);
    expect(trainUnigram('', { vocabularySize: 3 }).vocabulary.tokens).toEqual(['<unk>']);
  });

  it.each<[string, object]>([
    ['vocabularySize', {}],
    ['vocabularySize', { vocabularySize: 2, specialTokens: ['<a>'] }],
    ['specialTokens', { vocabularySize: 9, specialTokens: ['<unk>'] }],
    ['longestToken', { vocabularySize: 9, longestToken: 0 }],
    ['vocabSize', { vocabSize: 9 }],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => trainUnigram('text', options as TrainUnigramOptions)).toThrow(ArgumentError);
    expect(() => trainUnigram('text', options as TrainUnigramOptions)).toThrow(
      new RegExp(`^${name}: expected`),
    );
  });
});
