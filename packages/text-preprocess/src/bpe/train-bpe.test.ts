import { readFileSync } from 'node:fs';
import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countTokens } from '../counting/count-tokens.js';
import { mobyDick } from '../fixtures/corpora.js';
import { LANGUAGES } from '../fixtures/languages.js';
import { asynchronous, chunkedText } from '../fixtures/nasty-text.js';
import { wordTokenizer } from '../tokenizers/word-tokenizer.js';
import { encodeWtf8 } from '../tokenizers/wtf8.js';
import { trainUnigram } from '../unigram/train-unigram.js';
import { trainWordPiece } from '../wordpiece/train-wordpiece.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import { type TrainBpeOptions, trainBpe, trainBpeStream } from './train-bpe.js';

/** GPT-2's pattern as Rust and Python's `regex` read it: their `\s` is White_Space, JavaScript's is not. */
const GPT2_PATTERN = new RegExp(
  String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    .replaceAll(String.raw`\s`, String.raw`\p{White_Space}`)
    .replaceAll(String.raw`\S`, String.raw`\P{White_Space}`),
  'gu',
);

/** Byte-pair encoding as it is defined: count all pairs, merge the most frequent, begin again. */
function naiveMerges(text: string, merges: number, minFrequency: number): string[] {
  const tokens = [...CHARACTER_OF_BYTE].sort();
  let words = (text.match(GPT2_PATTERN) ?? []).map((piece) =>
    Array.from(encodeWtf8(piece), (byte) => CHARACTER_OF_BYTE[byte]),
  );
  const learned: string[] = [];
  for (let merge = 0; merge < merges; merge++) {
    const counts = new Map<string, number>();
    for (const word of words) {
      for (let i = 0; i + 1 < word.length; i++) {
        const pair = `${word[i]} ${word[i + 1]}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const rank = (pair: string) => pair.split(' ').map((token) => tokens.indexOf(token));
    const [best] = [...counts].sort(([pairA, a], [pairB, b]) => {
      const [leftA, rightA] = rank(pairA);
      const [leftB, rightB] = rank(pairB);
      return b - a || leftA - leftB || rightA - rightB;
    });
    if (best === undefined || best[1] < minFrequency) break;
    const [left, right] = best[0].split(' ');
    learned.push(best[0]);
    if (!tokens.includes(left + right)) tokens.push(left + right);
    words = words.map((word) => {
      const merged: string[] = [];
      for (let i = 0; i < word.length; i++) {
        const isPair = word[i] === left && word[i + 1] === right;
        merged.push(isPair ? left + right : word[i]);
        if (isPair) i++;
      }
      return merged;
    });
  }
  return learned;
}

const mergesOf = (text: string | string[], options: TrainBpeOptions) =>
  trainBpe(text, options)
    .toJSON()
    .model.merges.map((pair) => pair.join(' '));

describe('trainBpe', () => {
  it("learns and encodes exactly as Hugging Face's own library", () => {
    const fixture = new URL('./fixtures/huggingface.json', import.meta.url);
    const { merges, ids } = JSON.parse(readFileSync(fixture, 'utf8')) as {
      merges: string[][];
      ids: Record<string, number[]>;
    };
    // Its `[:30_000]` counts code points, as all of the book's are single units.
    const text = mobyDick().slice(0, 30_000) + Object.values(LANGUAGES).join('\n');
    const bpe = trainBpe(text, { vocabularySize: 900, specialTokens: ['<|endoftext|>'] });
    expect(bpe.toJSON().model.merges).toEqual(merges);
    for (const [name, expected] of Object.entries(ids))
      expect([...bpe.encode(LANGUAGES[name])]).toEqual(expected);
  });

  it('learns the merges of the definition from a book', () => {
    const text = mobyDick().slice(0, 8000);
    expect(mergesOf(text, { vocabularySize: 316 })).toEqual(naiveMerges(text, 60, 2));
  });

  it('learns the merges of the definition from any text', () => {
    const letters = fc.array(fc.constantFrom('a', 'b', 'ab', 'c', ' ', "'s", '1', 'é', '\n', '!'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(letters, fc.integer({ min: 1, max: 3 }), (pieces, minFrequency) => {
        const text = pieces.join('');
        const learned = mergesOf(text, { vocabularySize: 275, minFrequency });
        expect(learned).toEqual(naiveMerges(text, learned.length, minFrequency));
        // It ended for want of pairs, or of room.
        const more = naiveMerges(text, learned.length + 1, minFrequency);
        expect(
          more.length === learned.length ||
            trainBpe(text, { vocabularySize: 275, minFrequency }).vocabulary.size === 275,
        ).toBe(true);
      }),
    );
  });

  it('learns the same from chunks cut anywhere', async () => {
    const options = { vocabularySize: 300, specialTokens: ['<|end|>'] };
    await fc.assert(
      fc.asyncProperty(chunkedText, async ({ text, chunks }) => {
        const whole = trainBpe(text, options).toJSON();
        expect(trainBpe(chunks, options).toJSON()).toEqual(whole);
        expect((await trainBpeStream(asynchronous(chunks), options)).toJSON()).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('never merges across words, nor what special tokens are written with', () => {
    const options = { vocabularySize: 400, specialTokens: ['<|end|>'] };
    const { vocabulary } = trainBpe(`${'<|end|>'.repeat(50)}the whale, the whale`, options);
    const learned = vocabulary.tokens.slice(256 + 1);
    expect(learned).toContain('Ġwhale');
    // Ġ is a space: only at the start, since what follows a space belongs to it.
    expect(learned.filter((token) => /.Ġ|[|<>]/.test(token))).toEqual([]);
  });

  it.each<[string, (source: never) => unknown]>([
    ['trainBpe', (source) => trainBpe(source, { vocabularySize: 300 })],
    ['trainUnigram', (source) => trainUnigram(source, { vocabularySize: 300 })],
    ['trainWordPiece', (source) => trainWordPiece(source, { vocabularySize: 300 })],
    ['countTokens', (source) => countTokens(source, { tokenizer: wordTokenizer() })],
  ])('does not take bytes for text, nor does any that learns: %s', (_, learn) => {
    for (const source of [Buffer.from('a whale'), Uint8Array.of(65), 5, null, undefined, {}])
      expect(() => learn(source as never)).toThrow(/^source: expected a string, or strings one by one, got /);
    for (const source of [[5], ['a', Buffer.from('b')], [undefined]])
      expect(() => learn(source as never)).toThrow(/^chunk: expected a string, got /);
  });

  it('refuses bytes from a source that is waited for', async () => {
    const source = asynchronous([Buffer.from('a whale')] as never[]);
    await expect(trainBpeStream(source, { vocabularySize: 300 })).rejects.toThrow(
      'chunk: expected a string, got Buffer',
    );
  });

  it('tells how far it is', () => {
    const sizes: number[] = [];
    trainBpe('abc abc abc', { vocabularySize: 260, onMerge: (tokens) => sizes.push(tokens) });
    expect(sizes).toEqual([257, 258, 259, 260].slice(0, sizes.length));
    expect(sizes.length).toBeGreaterThan(0);
  });

  it.each<[string, TrainBpeOptions]>([
    ['vocabularySize', { vocabularySize: 255 }],
    ['vocabularySize', {} as TrainBpeOptions],
    ['options', undefined as unknown as TrainBpeOptions],
    ['vocabSize', { vocabSize: 300 } as object as TrainBpeOptions],
    ['onMerge', { vocabularySize: 300, onMerge: true as unknown as () => void }],
    ['vocabularySize', { vocabularySize: 256, specialTokens: ['<pad>'] }],
    ['vocabularySize', { vocabularySize: 300.5 }],
    ['minFrequency', { vocabularySize: 300, minFrequency: Number.NaN }],
    ['specialTokens', { vocabularySize: 300, specialTokens: ['two words'] }],
    ['specialTokens', { vocabularySize: 300, specialTokens: ['<a>', '<a>'] }],
    ['specialTokens', { vocabularySize: 300, specialTokens: ['a'] }],
    ['specialTokens', { vocabularySize: 300, specialTokens: [''] }],
  ])('names %s when it is out of range', (name, options) => {
    expect(() => trainBpe('text', options)).toThrow(ArgumentError);
    expect(() => trainBpe('text', options)).toThrow(new RegExp(`^${name}: expected`));
  });
});
