import { Heap } from './heap.js';
import type { Merge } from './merges.js';
import { PairIndex, type TrainingWord } from './pair-index.js';

export interface LearnMergesOptions {
  /** The tokens to start from, in order of their ids; merged ones are appended. */
  readonly tokens: string[];
  /** Learning stops at this number of tokens. */
  readonly vocabularySize: number;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  readonly onMerge?: ((tokens: number) => void) | undefined;
}

interface Candidate {
  readonly pair: number;
  /** How often it occurred when it was put in the queue. */
  readonly count: number;
}

/**
 * Learns merges: the most frequent neighboring pair becomes a token, again and again. Of equally frequent pairs the one with
 * the lower left id, then the lower right id, comes first, as in Hugging Face's trainer. Only words that hold the pair are
 * visited, so learning takes about as long as reading each word once per merge in it (Sennrich et al. 2016, section 3.2).
 */
export function learnMerges(words: readonly TrainingWord[], options: LearnMergesOptions): Merge[] {
  const { tokens, vocabularySize, minFrequency } = options;
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const index = new PairIndex(words);
  const merges: Merge[] = [];

  const queue = new PairQueue(index);
  while (tokens.length < vocabularySize) {
    const pair = queue.takeMostFrequent(Math.max(1, minFrequency));
    if (pair < 0) break;
    const left = index.pairs.leftOf(pair);
    const right = index.pairs.rightOf(pair);
    const token = tokens[left] + tokens[right];
    // The same token may come about in two ways, as abc from ab, c and from a, bc.
    let merged = idOf.get(token);
    if (merged === undefined) {
      merged = tokens.push(token) - 1;
      idOf.set(token, merged);
    }
    merges.push({ left, right, merged });
    for (const after of index.merge(pair, merged).pairs) queue.push(after);
    options.onMerge?.(tokens.length);
  }
  return merges;
}

/** The pairs of an index, most frequent first. */
class PairQueue {
  readonly #index: PairIndex;
  readonly #queue: Heap<Candidate>;

  constructor(index: PairIndex) {
    this.#index = index;
    const { pairs } = index;
    this.#queue = new Heap((a, b) => {
      if (a.count !== b.count) return a.count > b.count;
      const lefts = pairs.leftOf(a.pair) - pairs.leftOf(b.pair);
      return lefts !== 0 ? lefts < 0 : pairs.rightOf(a.pair) < pairs.rightOf(b.pair);
    });
    for (let pair = 0; pair < pairs.size; pair++) this.push(pair);
  }

  push(pair: number): void {
    this.#queue.push({ pair, count: this.#index.countOf(pair) });
  }

  /** The most frequent pair, or -1 when none occurs `least` times. */
  takeMostFrequent(least: number): number {
    while (this.#queue.size > 0) {
      const { pair, count } = this.#queue.pop();
      const now = this.#index.countOf(pair);
      if (now !== count) {
        // Other merges took some of its occurrences since it was put in.
        if (now > 0) this.push(pair);
      } else if (count < least) return -1;
      else return pair;
    }
    return -1;
  }
}
