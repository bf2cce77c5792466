import { Heap } from './heap.js';
import { PairTable } from './pair-table.js';

/** One merge: the pair of ids, and the id of what they become. */
export interface Merge {
  /** The id of the first symbol of the pair. */
  readonly left: number;
  /** The id of the second symbol of the pair. */
  readonly right: number;
  /** The id of both together. */
  readonly merged: number;
}

/** What a byte-pair encoding consists of. */
export interface BpeParts {
  /** All tokens in order of their ids, written in the byte-level alphabet; special tokens as they are. */
  readonly tokens: readonly string[];
  /** What was learned, first learned first; an encoding applies them in this order. */
  readonly merges: readonly Merge[];
  /** Tokens that are never split and never arise from text by merging, such as '<|endoftext|>'. */
  readonly specialTokens: readonly string[];
}

/** The merges of a byte-pair encoding, first learned first. */
export class Merges {
  readonly list: readonly Merge[];
  /** The index of a pair is its rank. */
  readonly #ranks = new PairTable();

  constructor(list: readonly Merge[]) {
    this.list = list;
    for (const { left, right } of list) this.#ranks.intern(left, right);
  }

  /**
   * Applies the merges to `symbols` in place: of all neighboring pairs the one learned first is merged, the leftmost of equal
   * ones, until none is left. A heap keeps it at O(n log n), since an attacker chooses how long a word is.
   * @returns how many symbols are left, at the start of the array
   */
  apply(symbols: Int32Array): number {
    const count = symbols.length;
    if (count < 2) return count;
    const next = new Int32Array(count);
    const previous = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      next[i] = i + 1;
      previous[i] = i - 1;
    }
    // Keys order by rank, then position; both come back by division.
    const queue = new Heap<number>((a, b) => a < b);
    const offer = (position: number) => {
      if (position < 0 || next[position] >= count) return;
      const rank = this.#ranks.find(symbols[position], symbols[next[position]]);
      if (rank >= 0) queue.push(rank * count + position);
    };
    for (let i = 0; i < count - 1; i++) offer(i);

    while (queue.size > 0) {
      const key = queue.pop();
      const rank = Math.floor(key / count);
      const position = key % count;
      const follower = next[position];
      // Out of date when either side was merged since: then the pair here is another, or there is none.
      if (symbols[position] < 0 || follower >= count) continue;
      if (this.#ranks.find(symbols[position], symbols[follower]) !== rank) continue;
      symbols[position] = this.list[rank].merged;
      symbols[follower] = -1;
      next[position] = next[follower];
      if (next[position] < count) previous[next[position]] = position;
      offer(previous[position]);
      offer(position);
    }

    let kept = 0;
    for (let i = 0; i < count; i = next[i]) symbols[kept++] = symbols[i];
    return kept;
  }
}
