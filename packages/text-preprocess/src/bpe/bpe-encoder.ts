import { GrowingInt32Array } from '../counting/growing-int32-array.js';
import { SpanTable } from '../tokenizers/span-table.js';
import { encodeWtf8 } from '../tokenizers/wtf8.js';
import type { Merges } from './merges.js';
import { PretokenScanner } from './pretokens.js';

/** Pieces kept with their ids: text repeats itself, and merging is a hundred times as slow as looking up. */
const CACHED_PIECES = 1 << 17;
/** Longer pieces are rare and seldom come twice. */
const LONGEST_CACHED_PIECE = 64;

/** Ids of plain text (without special tokens) by byte-level BPE. */
export class BpeEncoder {
  readonly #merges: Merges;
  readonly #idOfByte: Int32Array;
  #pieces = new SpanTable();
  /** The ids of cached piece i: from its start to the next piece's. */
  #ids = new GrowingInt32Array();
  #starts = new GrowingInt32Array();

  /** @param idOfByte [256], the id of each single byte's token */
  constructor(merges: Merges, idOfByte: Int32Array) {
    this.#merges = merges;
    this.#idOfByte = idOfByte;
    this.#starts.push(0);
  }

  /** Appends the ids of `text` to `ids`. */
  encodeInto(ids: GrowingInt32Array, text: string): void {
    const scanner = new PretokenScanner(text);
    while (scanner.next()) {
      const { start, end, hash } = scanner;
      let piece = this.#pieces.find(text, start, end, hash);
      if (piece < 0) {
        const merged = this.#merged(text.slice(start, end));
        if (end - start > LONGEST_CACHED_PIECE) {
          ids.append(merged);
          continue;
        }
        if (this.#pieces.size === CACHED_PIECES) this.#forget();
        piece = this.#pieces.intern(text, start, end, hash);
        this.#ids.append(merged);
        this.#starts.push(this.#ids.length);
      }
      const last = this.#starts.at(piece + 1);
      for (let i = this.#starts.at(piece); i < last; i++) ids.push(this.#ids.at(i));
    }
  }

  #merged(piece: string): Int32Array {
    const symbols = Int32Array.from(encodeWtf8(piece), (byte) => this.#idOfByte[byte]);
    return symbols.subarray(0, this.#merges.apply(symbols));
  }

  #forget(): void {
    this.#pieces = new SpanTable();
    this.#ids = new GrowingInt32Array();
    this.#starts = new GrowingInt32Array();
    this.#starts.push(0);
  }
}
