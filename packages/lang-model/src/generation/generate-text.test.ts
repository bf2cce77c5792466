import { Random } from '@throughtime/random';
import {
  BYTE_TOKENS,
  byteTokenizer,
  charTokenizer,
  Vocabulary,
  wordTokenizer,
} from '@throughtime/text-preprocess';
import { describe, expect, it } from 'vitest';
import { UnknownPromptTokenError } from '../errors.js';
import { BigramTable, uniformModel } from '../fixtures/bigram-table.js';
import { type GenerateTextOptions, generateText } from './generate-text.js';

async function text(model: BigramTable, options: GenerateTextOptions<number>): Promise<string> {
  let made = '';
  for await (const piece of generateText(model, options)) made += piece;
  return made;
}

/** Follows the given cycle of tokens for certain. */
function cycle(tokens: readonly string[], vocabulary: Vocabulary): BigramTable {
  const row = (next: string) => vocabulary.tokens.map((token) => (token === next ? 1 : 0));
  return new BigramTable([
    ...vocabulary.tokens.map((token) => row(tokens[(tokens.indexOf(token) + 1) % tokens.length])),
    row(tokens[0]),
  ]);
}

describe('generateText', () => {
  const tokenizer = charTokenizer();
  const vocabulary = Vocabulary.fromList(['<unk>', 'a', 'b', 'é', '😀'], { unknown: '<unk>' });
  const model = cycle(['a', 'b', 'é', '😀'], vocabulary);

  it('continues a prompt', async () => {
    const options = { tokenizer, vocabulary, prompt: 'ab', greedy: true, length: 4 };
    expect(await text(model, options)).toBe('é😀ab');
  });

  it('joins words as the tokenizer does', async () => {
    const words = Vocabulary.fromList(['call', 'me', 'ishmael']);
    const options = { tokenizer: wordTokenizer(), vocabulary: words, greedy: true, length: 2 };
    const story = cycle(['call', 'me', 'ishmael'], words);
    expect(await text(story, { ...options, prompt: 'call' })).toBe(' me ishmael');
    expect(await text(story, options)).toBe('call me');
  });

  it('passes on whole characters only when tokens are bytes', async () => {
    const bytes = Vocabulary.fromList(BYTE_TOKENS);
    const tokenizer = byteTokenizer();
    const story = cycle(tokenizer.tokenize('aé😀'), bytes);
    const pieces: string[] = [];
    for await (const piece of generateText(story, {
      tokenizer,
      vocabulary: bytes,
      prompt: 'a',
      greedy: true,
      length: 7,
    }))
      pieces.push(piece);
    expect(pieces).toEqual(['é', '😀', 'a']);
    // Cut off in the middle of a character: what can never be completed is shown as U+FFFD.
    expect(await text(story, { tokenizer, vocabulary: bytes, greedy: true, length: 4 })).toBe('aé\ufffd');
  });

  it('ends before a stop text, and shows a started one that was not completed', async () => {
    const options = { tokenizer, vocabulary, greedy: true, length: 6 };
    expect(await text(model, { ...options, stop: ['é😀'] })).toBe('ab');
    expect(await text(model, { ...options, length: 3, stop: ['é😀'] })).toBe('abé');
  });

  it('never generates the unknown token', async () => {
    const options = { tokenizer, vocabulary, random: Random.seeded(5), length: 300 };
    expect(await text(uniformModel(5), options)).not.toContain('<unk>');
  });

  it('draws the same text each time when no source of draws is passed', async () => {
    const options = { tokenizer, vocabulary, length: 40 };
    const first = await text(uniformModel(5), options);
    expect(new Set(first).size).toBeGreaterThan(1);
    expect(await text(uniformModel(5), options)).toBe(first);
    expect(await text(uniformModel(5), { ...options, random: Random.seeded(1) })).toBe(first);
    expect(await text(uniformModel(5), { ...options, random: Random.seeded(2) })).not.toBe(first);
  });

  it('refuses a prompt outside the vocabulary, naming each token once', async () => {
    const options = { tokenizer, vocabulary, prompt: 'axbxß', greedy: true, length: 1 };
    await expect(text(model, options)).rejects.toThrow(UnknownPromptTokenError);
    await expect(text(model, options)).rejects.toThrow("got 'x', 'ß'");
  });
});
