import { PretokenScanner } from '../bpe/pretokens.js';
import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { hashSpan, SpanTable } from '../tokenizers/span-table.js';
import type { Splitter } from './splitter.js';

/** Pieces kept with their ids: text repeats itself, and cutting is a hundred times as slow as looking up. */
const CACHED_PIECES = 1 << 17;
/** Longer pieces are rare and seldom come twice. */
const LONGEST_CACHED_PIECE = 64;

export interface PieceEncoderParts {
  /** The ids of a piece. */
  readonly encode: (piece: string) => Int32Array;
  /** The pieces that no token crosses. Without it: those of GPT-2's pattern. */
  readonly split?: Splitter | undefined;
}

/** Ids of plain text (without added tokens), piece by piece; frequent pieces are remembered. */
export class PieceEncoder {
  readonly #parts: PieceEncoderParts;
  #pieces = new SpanTable();
  /** The ids of cached piece i: from its start to the next piece's. */
  #ids = new GrowingInt32Array();
  #starts = new GrowingInt32Array();

  constructor(parts: PieceEncoderParts) {
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
      const encoded = this.#parts.encode(text.slice(start, end));
      if (end - start > LONGEST_CACHED_PIECE) {
        ids.append(encoded);
        return;
      }
      if (this.#pieces.size === CACHED_PIECES) this.#forget();
      piece = this.#pieces.intern(text, start, end, hash);
      this.#ids.append(encoded);
      this.#starts.push(this.#ids.length);
    }
    const last = this.#starts.at(piece + 1);
    for (let i = this.#starts.at(piece); i < last; i++) ids.push(this.#ids.at(i));
  }

  #forget(): void {
    this.#pieces = new SpanTable();
    this.#ids = new GrowingInt32Array();
    this.#starts = new GrowingInt32Array();
    this.#starts.push(0);
  }
}
