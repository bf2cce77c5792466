import { Heap } from '../bpe/heap.js';
import { PairIndex, type TrainingWord } from '../bpe/pair-index.js';

export interface LearnWordPiecesOptions {
  /** The tokens to start from, in order of their ids; learned ones are appended. */
  readonly tokens: string[];
  /** Learning stops at this number of tokens. */
  readonly vocabularySize: number;
  /** Pairs that occur less often are not merged. */
  readonly minFrequency: number;
  /** What tokens begin with that continue a word. */
  readonly prefix: string;
  readonly onToken?: ((tokens: number) => void) | undefined;
}

interface Candidate {
  readonly pair: number;
  /** At least its gain, for as long as no count of its two symbols falls. */
  readonly bound: number;
}

/** Bounds are larger than gains by this share, so that small rises need no new entry in the queue. */
const SLACK = 0.05;

/**
 * Learns word pieces (Schuster and Nakajima 2012, section 4): of all pairs of neighbors the one whose merger raises the likelihood of the
 * training text the most becomes a token, again and again, until none raises it. The likelihood is that of symbols drawn one by one,
 * each by its share of all. Of equal gains the pair with the lower left id, then the lower right id, comes first.
 */
export function learnWordPieces(words: readonly TrainingWord[], options: LearnWordPiecesOptions): void {
  const { tokens, vocabularySize, minFrequency, prefix } = options;
  const idOf = new Map(tokens.map((token, id) => [token, id]));
  const counts = new SymbolCounts(words);
  const index = new PairIndex(words);
  const { pairs } = index;
  const partners: number[][] = [];
  let known = 0;
  const listNewPairs = () => {
    for (; known < pairs.size; known++) {
      for (const symbol of new Set([pairs.leftOf(known), pairs.rightOf(known)])) {
        partners[symbol] ??= [];
        partners[symbol].push(known);
      }
    }
  };
  const isBefore = (a: Candidate, b: Candidate) => {
    if (a.bound !== b.bound) return a.bound > b.bound;
    const lefts = pairs.leftOf(a.pair) - pairs.leftOf(b.pair);
    return lefts !== 0 ? lefts < 0 : pairs.rightOf(a.pair) < pairs.rightOf(b.pair);
  };
  const queue = new Heap<Candidate>(isBefore);
  /** The largest bound of each pair in the queue. */
  const bounds: number[] = [];
  const gainOf = (pair: number) => {
    const count = index.countOf(pair);
    return count < Math.max(1, minFrequency)
      ? 0
      : counts.gain(pairs.leftOf(pair), pairs.rightOf(pair), count);
  };
  const offer = (pair: number) => {
    const gain = gainOf(pair);
    if (gain <= 0 || gain <= (bounds[pair] ?? 0)) return;
    bounds[pair] = gain * (1 + SLACK);
    queue.push({ pair, bound: bounds[pair] });
  };

  listNewPairs();
  for (let pair = 0; pair < pairs.size; pair++) offer(pair);
  while (tokens.length < vocabularySize && queue.size > 0) {
    const { pair, bound } = queue.pop();
    if (bound < bounds[pair]) continue;
    bounds[pair] = 0;
    const gain = gainOf(pair);
    if (gain <= 0) continue;
    const exact = { pair, bound: gain };
    if (queue.size > 0 && bound > gain) {
      // Gains fall as the text gets shorter: whether this is the largest shows when it comes by its exact gain.
      bounds[pair] = gain;
      queue.push(exact);
      continue;
    }
    const left = pairs.leftOf(pair);
    const right = pairs.rightOf(pair);
    const token = tokens[left] + tokens[right].slice(prefix.length);
    // The same token may come about in two ways, as abc from ab, c and from a, bc.
    let merged = idOf.get(token);
    if (merged === undefined) {
      merged = tokens.push(token) - 1;
      idOf.set(token, merged);
      options.onToken?.(tokens.length);
    }
    counts.merge(left, right, merged, index.merge(pair, merged).count);
    listNewPairs();
    for (const symbol of new Set([left, right, merged]))
      for (const other of partners[symbol] ?? []) offer(other);
  }
}

/** How often each symbol occurs in the text, as it is cut at the moment. */
class SymbolCounts {
  readonly #counts: number[] = [];
  #total = 0;

  constructor(words: readonly TrainingWord[]) {
    for (const { symbols, count } of words) for (const symbol of symbols) this.#add(symbol, count);
  }

  /** By how much the logarithm of the text's likelihood rises when `count` pairs of two symbols become one new symbol. */
  gain(left: number, right: number, count: number): number {
    const total = this.#total;
    const joined = plogp(count) + plogp(total) - plogp(total - count);
    if (left === right) return joined + this.#change(left, 2 * count);
    return joined + this.#change(left, count) + this.#change(right, count);
  }

  merge(left: number, right: number, merged: number, count: number): void {
    this.#add(left, -count);
    this.#add(right, -count);
    this.#add(merged, count);
  }

  #change(symbol: number, less: number): number {
    const count = this.#counts[symbol];
    // Of three equal symbols in a row two are merged, though there are two pairs.
    return plogp(Math.max(0, count - less)) - plogp(count);
  }

  #add(symbol: number, count: number): void {
    this.#counts[symbol] = (this.#counts[symbol] ?? 0) + count;
    this.#total += count;
  }
}

function plogp(count: number): number {
  return count === 0 ? 0 : count * Math.log(count);
}
