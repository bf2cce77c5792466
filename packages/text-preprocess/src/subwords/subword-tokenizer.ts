import type { AddedTokens } from '../bpe/added-tokens.js';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { requireText } from '../require-text.js';
import type { Detokenizer } from '../tokenizers/detokenizer.js';
import type { TextEncoding, Tokenizer, TokenizerJson } from '../tokenizers/tokenizer.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import type { PieceEncoder } from './piece-encoder.js';

export interface SubwordParts {
  /** All tokens in order of their ids. */
  readonly tokens: readonly string[];
  readonly specialTokens: readonly string[];
  /** The token that stands for text which no other token is of; `null` where there is none. */
  readonly unknown: string | null;
  readonly added: AddedTokens;
  readonly encoder: PieceEncoder;
}

/** A tokenizer that was learned: parts of words with a vocabulary of their own, which a `tokenizer.json` holds. */
export abstract class SubwordTokenizer implements Tokenizer {
  abstract readonly type: string;
  /** Every token with its id. */
  readonly vocabulary: Vocabulary;
  protected readonly added: AddedTokens;
  readonly #encoder: PieceEncoder;

  protected constructor({ tokens, specialTokens, unknown, added, encoder }: SubwordParts) {
    this.vocabulary = Vocabulary.fromList(tokens, { reserved: specialTokens, unknown });
    this.added = added;
    this.#encoder = encoder;
  }

  /** The ids of `text`; added tokens written in it are recognized, as Hugging Face's libraries do. */
  encode(text: string): Int32Array {
    requireText(text);
    const ids = new GrowingInt32Array(text.length >> 1);
    for (const { text: part, id } of this.added.split(text)) {
      if (id >= 0) ids.push(id);
      else this.#encoder.encodeInto(ids, part);
    }
    return ids.slice();
  }

  /** The text of `ids`. @throws InvalidTokenIdError when there is no such id */
  decode(ids: Iterable<number>): string {
    return this.detokenize(this.vocabulary.decode(ids));
  }

  tokenize(text: string): string[] {
    return this.vocabulary.decode(this.encode(text));
  }

  encoder(vocabulary: Vocabulary): TextEncoding {
    if (vocabulary === this.vocabulary) return (text) => this.encode(text);
    const idOfOwn = Int32Array.from(this.vocabulary.tokens, (token) =>
      vocabulary.has(token) ? vocabulary.idOf(token) : (vocabulary.unknownId ?? -1),
    );
    return (text) =>
      this.encode(text).map((own) =>
        idOfOwn[own] >= 0 ? idOfOwn[own] : vocabulary.idOf(this.vocabulary.tokenOf(own)),
      );
  }

  abstract detokenize(tokens: Iterable<string>): string;
  abstract detokenizer(): Detokenizer;
  abstract splitPoint(text: string): number;
  /** The contents of a `tokenizer.json`, which Hugging Face's libraries read too. */
  abstract toJSON(): TokenizerJson;
}
