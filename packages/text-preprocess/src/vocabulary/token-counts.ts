/** How often each token occurs. Iterates over `[token, count]` in order of first occurrence. */
export class TokenCounts implements Iterable<[token: string, count: number]> {
  readonly #counts: Map<string, number>;
  #total: number;

  /** @param entries counts to start from; a token may come several times */
  constructor(entries: Iterable<readonly [token: string, count: number]> = []) {
    this.#counts = new Map();
    this.#total = 0;
    for (const [token, count] of entries) this.add(token, count);
  }

  /** Counts each of `tokens` once. */
  static of(tokens: Iterable<string>): TokenCounts {
    const counts = new TokenCounts();
    for (const token of tokens) counts.add(token);
    return counts;
  }

  /** Counts `token` `times` more times. */
  add(token: string, times = 1): void {
    this.#counts.set(token, (this.#counts.get(token) ?? 0) + times);
    this.#total += times;
  }

  /** How often `token` occurred; 0 when it never did. */
  get(token: string): number {
    return this.#counts.get(token) ?? 0;
  }

  /** The number of tokens counted. */
  get total(): number {
    return this.#total;
  }

  /** The number of distinct tokens. */
  get size(): number {
    return this.#counts.size;
  }

  /** The `limit` most frequent tokens with their counts, most frequent first, ties in order of first occurrence. */
  mostCommon(limit: number = this.size): [token: string, count: number][] {
    // Sorting is stable, so ties stay in the map's order.
    return [...this.#counts].sort(([, a], [, b]) => b - a).slice(0, limit);
  }

  /** The counts alone, highest first: what `fitZipf` takes. */
  frequencies(): Float64Array {
    return Float64Array.from(this.#counts.values()).sort().reverse();
  }

  [Symbol.iterator](): IterableIterator<[token: string, count: number]> {
    return this.#counts.entries();
  }
}
