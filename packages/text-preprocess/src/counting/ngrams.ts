import { whole } from '@throughtime/errors';
import { IdTupleTable } from './id-tuple-table.js';

/** How often each run of `order` neighboring tokens occurs in a sequence. Tokens may be strings or ids. */
export class NgramCounts<Token extends string | number> {
  /** How many tokens each n-gram has. */
  readonly order: number;
  readonly #tokens: Token[] = [];
  readonly #ids = new Map<Token, number>();
  readonly #ngrams: IdTupleTable;
  readonly #counts: number[] = [];
  /** The ids of the last `order` tokens; fewer at the start. */
  #window: number[] = [];
  #total = 0;

  /** @throws ArgumentError when `order` is no whole number of at least 1 */
  constructor(order: number) {
    this.order = whole({ from: 1 })('order', order);
    this.#ngrams = new IdTupleTable(order);
  }

  /** Counts the n-grams that end in `tokens`, which follow those given before. */
  add(tokens: Iterable<Token>): void {
    for (const token of tokens) {
      this.#window.push(this.#idOf(token));
      if (this.#window.length > this.order) this.#window.shift();
      if (this.#window.length < this.order) continue;
      const index = this.#ngrams.intern(this.#window);
      this.#counts[index] = (this.#counts[index] ?? 0) + 1;
      this.#total++;
    }
  }

  /** Begins a new sequence: no n-gram spans the tokens before and after. */
  endSequence(): void {
    this.#window = [];
  }

  /** The number of n-grams counted. */
  get total(): number {
    return this.#total;
  }

  /** The number of distinct n-grams. */
  get size(): number {
    return this.#ngrams.size;
  }

  /** How often `ngram` occurred; 0 when it never did, or has another length. */
  get(ngram: readonly Token[]): number {
    if (ngram.length !== this.order) return 0;
    const ids = ngram.map((token) => this.#ids.get(token) ?? -1);
    const index = this.#ngrams.find(ids);
    return index < 0 ? 0 : this.#counts[index];
  }

  /** The `limit` most frequent n-grams with their counts, ties in order of first occurrence. */
  mostCommon(limit: number = this.size): [ngram: Token[], count: number][] {
    const order = Array.from({ length: this.size }, (_, index) => index);
    order.sort((a, b) => this.#counts[b] - this.#counts[a]);
    return order.slice(0, limit).map((index) => [this.#ngramAt(index), this.#counts[index]]);
  }

  /** The counts alone, highest first: what `fitZipf` takes. */
  frequencies(): Float64Array {
    return Float64Array.from(this.#counts).sort().reverse();
  }

  /** Every n-gram with its count, in order of first occurrence. */
  *[Symbol.iterator](): IterableIterator<[ngram: Token[], count: number]> {
    for (let index = 0; index < this.size; index++) yield [this.#ngramAt(index), this.#counts[index]];
  }

  #ngramAt(index: number): Token[] {
    return Array.from(this.#ngrams.at(index), (id) => this.#tokens[id]);
  }

  #idOf(token: Token): number {
    const known = this.#ids.get(token);
    if (known !== undefined) return known;
    const id = this.#tokens.push(token) - 1;
    this.#ids.set(token, id);
    return id;
  }
}

/**
 * The n-grams of one sequence of tokens.
 * @throws ArgumentError when `order` is no whole number of at least 1
 */
export function countNgrams<Token extends string | number>(
  tokens: Iterable<Token>,
  order: number,
): NgramCounts<Token> {
  const counts = new NgramCounts<Token>(order);
  counts.add(tokens);
  return counts;
}
