/**
 * Cuts text into tokens and puts tokens back together. Tokens are strings; a `Vocabulary` turns them into ids, and
 * `textCodec` does both in one pass.
 */
export interface Tokenizer {
  /** What kind of tokeniser this is; the `type` of its JSON form. */
  readonly type: string;

  /** The tokens of `text`, in order. */
  tokenize(text: string): string[];

  /**
   * The text of `tokens`. Where the tokeniser keeps every character (each one's description says so), this is exactly the
   * text they came from, lone surrogates included.
   */
  detokenize(tokens: Iterable<string>): string;

  /**
   * The largest known position at which `text` may be cut whatever text follows: tokenising both sides one by one gives the
   * tokens of the whole. 0 where there is none. Streams are cut there, so what is held in memory is what lies behind it.
   */
  splitPoint(text: string): number;

  /** Everything needed to make the same tokeniser again with `tokenizerFromJSON`, fit for JSON. */
  toJSON(): TokenizerJson;
}

/** The JSON form of a tokeniser: its type and its options. */
export interface TokenizerJson {
  readonly type: string;
  readonly [option: string]: unknown;
}
