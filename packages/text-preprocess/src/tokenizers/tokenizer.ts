import { checkOptions, required, withMethods } from '@throughtime/errors';
import type { TokenCounts } from '../vocabulary/token-counts.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Detokenizer } from './detokenizer.js';

/**
 * Cuts text into tokens and puts tokens back together. Tokens are strings; a `Vocabulary` turns them into ids, and
 * `TextCodec` does both in one pass.
 */
export interface Tokenizer {
  /** The kind of tokenizer: the `type` of its JSON form. */
  readonly type: string;

  /** The tokens of `text`, in order. @throws ArgumentError when it is no string */
  tokenize(text: string): string[];

  /**
   * The text of `tokens`. Where the tokenizer keeps every character (each one's description says so), this is exactly the
   * text they came from, lone surrogates included.
   */
  detokenize(tokens: Iterable<string>): string;

  /** {@link detokenize} for tokens that come one by one, as from a model. */
  detokenizer(): Detokenizer;

  /**
   * The largest known position at which `text` may be cut whatever text follows: tokenizing both sides one by one gives the
   * tokens of the whole. 0 where there is none. Streams are cut there, so only the text after it is held in memory.
   */
  splitPoint(text: string): number;

  /** Everything needed to make the same tokenizer again with `tokenizerFromJSON`, fit for JSON. */
  toJSON(): TokenizerJson;

  /** Where there is one: a faster way to `vocabulary.encode(tokenize(text))`, without a string for each token. */
  encoder?(vocabulary: Vocabulary): TextEncoding;

  /** Where there is one: a faster way to count tokens, without a string for each. */
  counter?(): TextCounter;
}

/** The check of an argument that must be a {@link Tokenizer}: one of this package, or one that a user wrote. */
export const tokenizerCheck = /* @__PURE__ */ withMethods<Tokenizer>('a tokenizer, such as charTokenizer()', [
  'tokenize',
  'detokenize',
  'splitPoint',
]);

/** The option of every function that reads a text: how the text is cut into tokens. */
export interface TokenizerOption {
  /** Cuts text into tokens. */
  readonly tokenizer: Tokenizer;
}

/** @throws ArgumentError when there is no tokenizer */
export function checkedTokenizerOption(options: TokenizerOption): TokenizerOption {
  checkOptions<TokenizerOption>(options, { tokenizer: required(tokenizerCheck) });
  return options;
}

/** Text to ids in one pass. */
export type TextEncoding = (text: string) => Int32Array;

/** Counts the tokens of one text after another. */
export interface TextCounter {
  /** Counts the tokens of another text. */
  add(text: string): void;
  /** What was counted so far. */
  counts(): TokenCounts;
}

/**
 * The JSON form of a tokenizer: its `type` and its options; for a `SubwordTokenizer` the contents of a `tokenizer.json`, which has
 * a `model` instead.
 */
export type TokenizerJson = Readonly<Record<string, unknown>>;
