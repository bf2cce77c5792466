import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { hashSpan, SpanTable } from '../tokenizers/span-table.js';
import { encodeWtf8 } from '../tokenizers/wtf8.js';
import { CHARACTER_OF_BYTE } from './byte-alphabet.js';
import type { Merges } from './merges.js';
import type { Splitter } from './pre-tokenizer.js';
import { PretokenScanner } from './pretokens.js';

/** Pieces kept with their ids: text repeats itself, and merging is a hundred times as slow as looking up. */
const CACHED_PIECES = 1 << 17;
/** Longer pieces are rare and seldom come twice. */
const LONGEST_CACHED_PIECE = 64;

export interface BpeEncoderParts {
  readonly merges: Merges;
  /** [256], the id of each single byte's token; the unknown token's where there is none. */
  readonly idOfByte: Int32Array;
  /** The pieces that are never merged across. Without it: those of GPT-2's pattern. */
  readonly split?: Splitter | undefined;
  /** The id of a piece that is a token as a whole, whatever the merges say. */
  readonly idOfWhole?: ((token: string) => number | undefined) | undefined;
  /** The id of the unknown token where several in a row become one. */
  readonly fused?: number | undefined;
}

/** Ids of plain text (without added tokens) by byte-level BPE. */
export class BpeEncoder {
  readonly #parts: BpeEncoderParts;
  #pieces = new SpanTable();
  /** The ids of cached piece i: from its start to the next piece's. */
  #ids = new GrowingInt32Array();
  #starts = new GrowingInt32Array();

  constructor(parts: BpeEncoderParts) {
    this.#parts = parts;
    this.#starts.push(0);
  }

  /** Appends the ids of `text` to `ids`. */
  encodeInto(ids: GrowingInt32Array, text: string): void {
    const { split } = this.#parts;
    if (split !== undefined) {
      split(text, (piece) =>
        this.#encodePiece(ids, piece, 0, piece.length, hashSpan(piece, 0, piece.length)),
      );
      return;
    }
    const scanner = new PretokenScanner(text);
    while (scanner.next()) this.#encodePiece(ids, text, scanner.start, scanner.end, scanner.hash);
  }

  #encodePiece(ids: GrowingInt32Array, text: string, start: number, end: number, hash: number): void {
    let piece = this.#pieces.find(text, start, end, hash);
    if (piece < 0) {
      const merged = this.#merged(text.slice(start, end));
      if (end - start > LONGEST_CACHED_PIECE) {
        ids.append(merged);
        return;
      }
      if (this.#pieces.size === CACHED_PIECES) this.#forget();
      piece = this.#pieces.intern(text, start, end, hash);
      this.#ids.append(merged);
      this.#starts.push(this.#ids.length);
    }
    const last = this.#starts.at(piece + 1);
    for (let i = this.#starts.at(piece); i < last; i++) ids.push(this.#ids.at(i));
  }

  #merged(piece: string): Int32Array {
    const { merges, idOfByte, idOfWhole, fused } = this.#parts;
    const bytes = encodeWtf8(piece);
    if (idOfWhole !== undefined) {
      const whole = idOfWhole(Array.from(bytes, (byte) => CHARACTER_OF_BYTE[byte]).join(''));
      if (whole !== undefined) return Int32Array.of(whole);
    }
    let symbols = Int32Array.from(bytes, (byte) => idOfByte[byte]);
    if (fused !== undefined) symbols = symbols.filter((id, i) => id !== fused || symbols[i - 1] !== fused);
    return symbols.subarray(0, merges.apply(symbols));
  }

  #forget(): void {
    this.#pieces = new SpanTable();
    this.#ids = new GrowingInt32Array();
    this.#starts = new GrowingInt32Array();
    this.#starts.push(0);
  }
}
