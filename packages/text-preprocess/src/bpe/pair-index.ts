import { PairTable } from './pair-table.js';

/** A distinct word of the training text. */
export interface TrainingWord {
  /** The ids of its parts, to begin with its bytes or characters; shortened in place by each merge. */
  symbols: Int32Array;
  readonly count: number;
}

/** What a merge changed. */
export interface Merged {
  /** Pairs that hold the merged token. */
  readonly pairs: ReadonlySet<number>;
  /** How many pairs were merged, words as often as they occur. */
  readonly count: number;
}

/** How often each pair of neighbors occurs in words, and in which; kept up to date while pairs are merged. */
export class PairIndex {
  readonly pairs = new PairTable();
  readonly #words: readonly TrainingWord[];
  readonly #counts: number[] = [];
  /** Words that hold a pair, or did; some twice. */
  readonly #holders: number[][] = [];

  constructor(words: readonly TrainingWord[]) {
    this.#words = words;
    words.forEach(({ symbols, count }, word) => {
      for (let i = 0; i + 1 < symbols.length; i++) this.#holdersOf(this.#add(symbols, i, count)).push(word);
    });
  }

  countOf(pair: number): number {
    return this.#counts[pair];
  }

  /** Replaces the pair by `merged` in all words. Only words that hold it are visited. */
  merge(pair: number, merged: number): Merged {
    const left = this.pairs.leftOf(pair);
    const right = this.pairs.rightOf(pair);
    const changed = new Set<number>();
    let mergers = 0;
    for (const word of new Set(this.#holders[pair])) {
      const { symbols, count } = this.#words[word];
      const shorter = replacePair(symbols, left, right, merged);
      if (shorter.length === symbols.length) continue;
      mergers += count * (symbols.length - shorter.length);
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
    return { pairs: changed, count: mergers };
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
