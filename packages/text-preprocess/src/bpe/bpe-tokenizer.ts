import { ArgumentError, check, checkOptions, inWords, required } from '@throughtime/errors';
import { PieceEncoder } from '../subwords/piece-encoder.js';
import { SubwordTokenizer } from '../subwords/subword-tokenizer.js';
import { type Detokenizer, fromBytes } from '../tokenizers/detokenizer.js';
import { knowTokenizer } from '../tokenizers/learned-tokenizers.js';
import { decodeWtf8, encodeWtf8 } from '../tokenizers/wtf8.js';
import { AddedTokens } from './added-tokens.js';
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
export class BpeTokenizer extends SubwordTokenizer {
  readonly type = 'bpe';
  static {
    knowTokenizer('BPE', (json) => BpeTokenizer.fromJSON(json));
  }

  readonly #parts: BpeParts;
  readonly #settings: TokenizerSettings;

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
    const { tokens, specialTokens } = parts;
    const known = settings ?? plainSettings(parts);
    const { normalize, split, addedTokens } = known;
    const added = new AddedTokens(addedTokens, normalize);
    super({
      // It has no unknown token: none is needed.
      ...{ tokens, specialTokens, unknown: null, added },
      encoder: new PieceEncoder({ split, encode: pieceEncoding(parts, known) }),
    });
    this.#parts = parts;
    this.#settings = known;
  }

  /**
   * Reads a `tokenizer.json`: its parsed value or its text. Parts that do not change ids are kept for {@link toJSON} and not applied:
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
    const mayCut = this.added.mayCut && normalize === undefined && split === undefined;
    return mayCut ? pretokenSplitPoint(text) : 0;
  }

  #bytesOf(token: string): Uint8Array {
    if (this.added.has(token)) return encodeWtf8(token);
    // An id without token says nothing.
    if (this.#settings.gaps.size > 0 && this.vocabulary.has(token)) {
      if (this.#settings.gaps.has(this.vocabulary.idOf(token))) return new Uint8Array(0);
    }
    return bytesOfToken(token);
  }
}

/** The ids of a piece: its bytes, merged. */
function pieceEncoding(parts: BpeParts, settings: TokenizerSettings): (piece: string) => Int32Array {
  const { ignoreMerges, unknown, outsideModel } = settings;
  const ids = new Map<string, number>();
  parts.tokens.forEach((token, id) => {
    if (!outsideModel.has(token)) ids.set(token, id);
  });
  const idOfByte = Int32Array.from(CHARACTER_OF_BYTE, (character) => {
    const id = ids.get(character) ?? unknown?.id;
    if (id !== undefined) return id;
    throw new ArgumentError('tokens', 'the token of every single byte', inWords(`none for ${character}`));
  });
  const merges = new Merges(parts.merges);
  const fused = unknown?.fuse ? unknown.id : undefined;
  return (piece) => {
    const bytes = encodeWtf8(piece);
    if (ignoreMerges) {
      const whole = ids.get(Array.from(bytes, (byte) => CHARACTER_OF_BYTE[byte]).join(''));
      if (whole !== undefined) return Int32Array.of(whole);
    }
    let symbols = Int32Array.from(bytes, (byte) => idOfByte[byte]);
    if (fused !== undefined) symbols = symbols.filter((id, i) => id !== fused || symbols[i - 1] !== fused);
    return symbols.subarray(0, merges.apply(symbols));
  };
}
