import { ChunkCutter } from '../streams/chunk-cutter.js';
import { SpanTable } from '../tokenizers/span-table.js';
import { encodeWtf8 } from '../tokenizers/wtf8.js';
import { PretokenScanner, pretokenSplitPoint } from './pretokens.js';
import type { SpecialTokens } from './special-tokens.js';

/** A distinct piece of the training text: its bytes, and how often it occurs. */
export interface CountedPiece {
  readonly bytes: Uint8Array;
  readonly count: number;
}

/** Counts the pieces of a text that comes in chunks. Special tokens in it are left out: they are never merged. */
export class PretokenCounter {
  readonly #special: SpecialTokens;
  readonly #cutter = new ChunkCutter(pretokenSplitPoint);
  readonly #pieces = new SpanTable();
  readonly #counts: number[] = [];

  constructor(special: SpecialTokens) {
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
      if (part.special) continue;
      const scanner = new PretokenScanner(part.text);
      while (scanner.next()) {
        const piece = this.#pieces.intern(part.text, scanner.start, scanner.end, scanner.hash);
        this.#counts[piece] = (this.#counts[piece] ?? 0) + 1;
      }
    }
  }
}
