import { Heap } from './heap.js';
import type { Merge } from './merges.js';
import { PairTable } from './pair-table.js';

/** A distinct word of the training text. */
export interface TrainingWord {
  /** The ids of its parts, to begin with its bytes; shortened in place by each merge. */
  symbols: Int32Array;
  readonly count: number;
}

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

  while (tokens.length < vocabularySize) {
    const pair = index.takeMostFrequent(Math.max(1, minFrequency));
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
    index.merge(pair, merged);
    options.onMerge?.(tokens.length);
  }
  return merges;
}

/** How often each pair occurs, and in which words. */
class PairIndex {
  readonly pairs = new PairTable();
  readonly #words: readonly TrainingWord[];
  readonly #counts: number[] = [];
  /** Words that hold a pair, or did; some twice. */
  readonly #holders: number[][] = [];
  readonly #queue: Heap<Candidate>;

  constructor(words: readonly TrainingWord[]) {
    this.#words = words;
    this.#queue = new Heap((a, b) => {
      if (a.count !== b.count) return a.count > b.count;
      const lefts = this.pairs.leftOf(a.pair) - this.pairs.leftOf(b.pair);
      return lefts !== 0 ? lefts < 0 : this.pairs.rightOf(a.pair) < this.pairs.rightOf(b.pair);
    });
    words.forEach(({ symbols, count }, word) => {
      for (let i = 0; i + 1 < symbols.length; i++) this.#holdersOf(this.#add(symbols, i, count)).push(word);
    });
    for (const [pair, count] of this.#counts.entries()) this.#queue.push({ pair, count });
  }

  /** The most frequent pair, or -1 when none occurs `least` times. */
  takeMostFrequent(least: number): number {
    while (this.#queue.size > 0) {
      const { pair, count } = this.#queue.pop();
      const now = this.#counts[pair];
      if (now !== count) {
        // Other merges took some of its occurrences since it was put in.
        if (now > 0) this.#queue.push({ pair, count: now });
      } else if (count < least) return -1;
      else return pair;
    }
    return -1;
  }

  /** Replaces the pair by `merged` in all words. */
  merge(pair: number, merged: number): void {
    const left = this.pairs.leftOf(pair);
    const right = this.pairs.rightOf(pair);
    const changed = new Set<number>();
    for (const word of new Set(this.#holders[pair])) {
      const { symbols, count } = this.#words[word];
      const shorter = replacePair(symbols, left, right, merged);
      if (shorter.length === symbols.length) continue;
      for (let i = 0; i + 1 < symbols.length; i++) this.#add(symbols, i, -count);
      for (let i = 0; i + 1 < shorter.length; i++) {
        const after = this.#add(shorter, i, count);
        if (shorter[i] !== merged && shorter[i + 1] !== merged) continue;
        this.#holdersOf(after).push(word);
        changed.add(after);
      }
      this.#words[word].symbols = shorter;
    }
    this.#holders[pair] = [];
    for (const after of changed) this.#queue.push({ pair: after, count: this.#counts[after] });
  }

  #add(symbols: Int32Array, position: number, count: number): number {
    const pair = this.pairs.intern(symbols[position], symbols[position + 1]);
    this.#counts[pair] = (this.#counts[pair] ?? 0) + count;
    return pair;
  }

  #holdersOf(pair: number): number[] {
    this.#holders[pair] ??= [];
    return this.#holders[pair];
  }
}

/** `symbols` with every `left, right`, from the left, replaced by `merged`; in an array of its own. */
function replacePair(symbols: Int32Array, left: number, right: number, merged: number): Int32Array {
  const result = new Int32Array(symbols.length);
  let length = 0;
  for (let i = 0; i < symbols.length; i++) {
    const isPair = symbols[i] === left && symbols[i + 1] === right;
    result[length++] = isPair ? merged : symbols[i];
    if (isPair) i++;
  }
  return result.slice(0, length);
}
