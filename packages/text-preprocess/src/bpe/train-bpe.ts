import {
  ArgumentError,
  callback,
  checkOptions,
  list,
  number,
  required,
  text,
  whole,
} from '@throughtime/errors';
import { chunksOf } from '../require-text.js';
import { ChunkCutter } from '../streams/chunk-cutter.js';
import { SpanTable } from '../tokenizers/span-table.js';
import { encodeWtf8 } from '../tokenizers/wtf8.js';
import { AddedTokens, hasWhiteSpace, plainAddedToken } from './added-tokens.js';
import { BpeTokenizer } from './bpe-tokenizer.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import { learnMerges } from './learn-merges.js';
import { PretokenScanner, pretokenSplitPoint } from './pretokens.js';

/** Options of {@link trainBpe}. */
export interface TrainBpeOptions {
  /** How many tokens to end up with at most: the special ones, 256 bytes, and one for each merge. At least the first two. */
  readonly vocabularySize: number;
  /** Pairs that occur less often are not merged. Default 2: a pair seen once says nothing about other text. */
  readonly minFrequency?: number;
  /** Tokens that stand for themselves and get the first ids, such as `['<|endoftext|>']`. Without whitespace. Default: none. */
  readonly specialTokens?: readonly string[];
  /** Called after each merge with the number of tokens so far. */
  readonly onMerge?: (tokens: number) => void;
}

/**
 * Learns a byte-level byte-pair encoding (GPT-2's kind) from a text, given whole or in chunks of any size. Chunks are
 * not kept: memory grows with the number of distinct words. Ends with fewer tokens where the text has no more frequent pairs.
 * @throws ArgumentError when an option is out of range, or the source or a chunk of it is no text, such as bytes
 */
export function trainBpe(source: string | Iterable<string>, options: TrainBpeOptions): BpeTokenizer {
  const { counter, learn } = training(options);
  for (const chunk of chunksOf(source)) counter.push(chunk);
  return learn(counter.end());
}

/**
 * {@link trainBpe} from an asynchronous source, such as a file's text.
 * @throws ArgumentError when an option is out of range
 */
export async function trainBpeStream(
  source: AsyncIterable<string>,
  options: TrainBpeOptions,
): Promise<BpeTokenizer> {
  const { counter, learn } = training(options);
  for await (const chunk of source) counter.push(chunk);
  return learn(counter.end());
}

function training(options: TrainBpeOptions) {
  checkOptions<TrainBpeOptions>(options, {
    vocabularySize: required(whole({ from: CHARACTER_OF_BYTE.length })),
    minFrequency: number({ from: 0 }),
    specialTokens: list(text),
    onMerge: callback,
  });
  const { vocabularySize, minFrequency = 2, specialTokens = [], onMerge } = options;
  const least = CHARACTER_OF_BYTE.length + specialTokens.length;
  if (vocabularySize < least) {
    const expected = `a whole number of at least ${least} (256 bytes and the special tokens)`;
    throw new ArgumentError('vocabularySize', expected, vocabularySize);
  }
  for (const token of specialTokens) {
    const taken =
      CHARACTER_OF_BYTE.includes(token) || specialTokens.indexOf(token) !== specialTokens.lastIndexOf(token);
    if (token === '' || hasWhiteSpace(token) || taken) {
      throw new ArgumentError(
        'specialTokens',
        "distinct texts without whitespace, none a single byte's token",
        token,
      );
    }
  }

  const learn = (pieces: readonly CountedPiece[]): BpeTokenizer => {
    // The order of Hugging Face's trainer: special tokens, the alphabet by code point, merges.
    const tokens = [...specialTokens, ...[...CHARACTER_OF_BYTE].sort()];
    const idOfByte = CHARACTER_OF_BYTE.map((character) => tokens.indexOf(character, specialTokens.length));
    const words = pieces.map(({ bytes, count }) => ({
      symbols: Int32Array.from(bytes, (byte) => idOfByte[byte]),
      count,
    }));
    const merges = learnMerges(words, { tokens, vocabularySize, minFrequency, onMerge });
    return new BpeTokenizer({ tokens, merges, specialTokens });
  };
  return { counter: new PretokenCounter(new AddedTokens(specialTokens.map(plainAddedToken))), learn };
}

/** A distinct piece of the training text: its bytes, and how often it occurs. */
interface CountedPiece {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Counts the pieces of a text that comes in chunks. Special tokens in it are left out: they are never merged. */
class PretokenCounter {
  readonly #special: AddedTokens;
  readonly #cutter = new ChunkCutter(pretokenSplitPoint);
  readonly #pieces = new SpanTable();
  readonly #counts: number[] = [];

  constructor(special: AddedTokens) {
    this.#special = special;
  }

  push(chunk: string): void {
    this.#count(this.#cutter.push(chunk));
  }

  end(): CountedPiece[] {
    this.#count(this.#cutter.end());
    return this.#counts.map((count, piece) => ({ bytes: encodeWtf8(this.#pieces.at(piece)), count }));
  }

  #count(text: string): void {
    for (const part of this.#special.split(text)) {
      if (part.id >= 0) continue;
      const scanner = new PretokenScanner(part.text);
      while (scanner.next()) {
        const piece = this.#pieces.intern(part.text, scanner.start, scanner.end, scanner.hash);
        this.#counts[piece] = (this.#counts[piece] ?? 0) + 1;
      }
    }
  }
}
