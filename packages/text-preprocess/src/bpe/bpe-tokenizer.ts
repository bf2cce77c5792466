import { ArgumentError, check, checkOptions, inWords, required } from '@throughtime/errors';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { type Detokenizer, fromBytes } from '../tokenizers/detokenizer.js';
import type { TextEncoding, Tokenizer } from '../tokenizers/tokenizer.js';
import { decodeWtf8, encodeWtf8 } from '../tokenizers/wtf8.js';
import { Vocabulary } from '../vocabulary/vocabulary.js';
import { AddedTokens } from './added-tokens.js';
import { BpeEncoder } from './bpe-encoder.js';
import { bytesOfToken, CHARACTER_OF_BYTE } from './byte-alphabet.js';
import { type BpeParts, type Merge, Merges } from './merges.js';
import { pretokenSplitPoint } from './pretokens.js';
import {
  parseTokenizerFile,
  plainSettings,
  type TokenizerFile,
  type TokenizerSettings,
  tokenizerFile,
} from './tokenizer-file.js';

// Checked as a whole, not entry by entry: a vocabulary has tens of thousands.
const texts = check<readonly string[]>(
  'a list of strings',
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
);
const merges = check<readonly Merge[]>(
  'a list of merges { left, right, merged } of ids',
  (value) =>
    Array.isArray(value) &&
    value.every((merge) => [merge?.left, merge?.right, merge?.merged].every(Number.isSafeInteger)),
);

/** What a file said beside its parts, from `fromJSON` to the constructor. */
const settingsOfFiles = /* @__PURE__ */ new WeakMap<BpeParts, TokenizerSettings>();

/**
 * A byte-level byte-pair encoding as GPT-2's: every text has tokens, none is unknown. Tokens are written in the byte-level
 * alphabet of `tokenizer.json` files (a space is `Ġ`). Keeps every character: `decode(encode(text)) === text` for every text,
 * lone surrogates included (three bytes each, WTF-8). Not where a file asks for a normalizer, a prefix space or the like.
 */
export class BpeTokenizer implements Tokenizer {
  readonly type = 'bpe';
  /** Every token with its id. It has no unknown token: none is needed. */
  readonly vocabulary: Vocabulary;
  readonly #parts: BpeParts;
  readonly #settings: TokenizerSettings;
  readonly #encoder: BpeEncoder;
  readonly #added: AddedTokens;

  /** @throws ArgumentError when a single byte's token or a special token is missing */
  constructor(parts: BpeParts) {
    const settings = settingsOfFiles.get(parts);
    if (settings === undefined) {
      checkOptions<BpeParts>(parts, {
        tokens: required(texts),
        merges: required(merges),
        specialTokens: required(texts),
      });
    }
    this.#parts = parts;
    this.vocabulary = Vocabulary.fromList(parts.tokens, { reserved: parts.specialTokens });
    this.#settings = settings ?? plainSettings(parts);
    const { normalize, split, ignoreMerges, unknown, addedTokens, outsideModel } = this.#settings;
    const isInModel = (token: string) => this.vocabulary.has(token) && !outsideModel.has(token);
    const idOfByte = Int32Array.from(CHARACTER_OF_BYTE, (character) => {
      if (isInModel(character)) return this.vocabulary.idOf(character);
      if (unknown !== undefined) return unknown.id;
      throw new ArgumentError('tokens', 'the token of every single byte', inWords(`none for ${character}`));
    });
    this.#encoder = new BpeEncoder({
      merges: new Merges(parts.merges),
      idOfByte,
      split,
      idOfWhole: ignoreMerges
        ? (token) => (isInModel(token) ? this.vocabulary.idOf(token) : undefined)
        : undefined,
      fused: unknown?.fuse ? unknown.id : undefined,
    });
    this.#added = new AddedTokens(addedTokens, normalize);
  }

  /**
   * Reads a `tokenizer.json`: its parsed value or its text. What does not change ids is kept for {@link toJSON} and not applied:
   * nothing is truncated, padded or put around a text.
   * @throws InvalidFormatError when it is damaged, or has parts that this class does not do, each named
   */
  static fromJSON(json: unknown): BpeTokenizer {
    const { parts, settings } = parseTokenizerFile(json);
    settingsOfFiles.set(parts, settings);
    return new BpeTokenizer(parts);
  }

  /** The contents of a `tokenizer.json`, which Hugging Face's libraries read too. */
  toJSON(): TokenizerFile {
    return tokenizerFile(this.#parts, this.#settings);
  }

  /** The ids of `text`; added tokens written in it are recognized, as Hugging Face's libraries do. */
  encode(text: string): Int32Array {
    const ids = new GrowingInt32Array(text.length >> 1);
    for (const { text: part, id } of this.#added.split(text)) {
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

  /** @throws ArgumentError when a token is neither special nor written in the byte-level alphabet */
  detokenize(tokens: Iterable<string>): string {
    const parts = Array.from(tokens, (token) => this.#bytesOf(token));
    const bytes = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let position = 0;
    for (const part of parts) {
      bytes.set(part, position);
      position += part.length;
    }
    return decodeWtf8(bytes);
  }

  detokenizer(): Detokenizer {
    return fromBytes((token) => this.#bytesOf(token));
  }

  splitPoint(text: string): number {
    const { normalize, split } = this.#settings;
    const mayCut = this.#added.mayCut && normalize === undefined && split === undefined;
    return mayCut ? pretokenSplitPoint(text) : 0;
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

  #bytesOf(token: string): Uint8Array {
    if (this.#added.has(token)) return encodeWtf8(token);
    // An id without token says nothing.
    if (this.#settings.gaps.size > 0 && this.vocabulary.has(token)) {
      if (this.#settings.gaps.has(this.vocabulary.idOf(token))) return new Uint8Array(0);
    }
    return bytesOfToken(token);
  }
}
