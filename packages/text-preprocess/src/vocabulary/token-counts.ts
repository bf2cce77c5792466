/** How often each token occurs. Iterates over `[token, count]` in order of first occurrence. */
export class TokenCounts implements Iterable<[token: string, count: number]> {
  /** Distinct tokens in order of first occurrence, and how often each occurs. */
  readonly #tokens: string[] = [];
  readonly #counts: number[] = [];
  /** Where each token stands; made when first asked for, since a vocabulary is built without. */
  #places: Map<string, number> | undefined;
  #total = 0;

  /** @param entries counts to start from; a token may come several times */
  constructor(entries: Iterable<readonly [token: string, count: number]> = []) {
    for (const [token, count] of entries) this.add(token, count);
  }

  /** Counts each of `tokens` once. */
  static of(tokens: Iterable<string>): TokenCounts {
    const counts = new TokenCounts();
    for (const token of tokens) counts.add(token);
    return counts;
  }

  /** The counts of tokens that are known to be distinct: `times[i]` of `tokens[i]`. */
  static ofDistinct(tokens: readonly string[], times: ArrayLike<number>): TokenCounts {
    const counts = new TokenCounts();
    for (let i = 0; i < tokens.length; i++) {
      counts.#tokens.push(tokens[i]);
      counts.#counts.push(times[i]);
      counts.#total += times[i];
    }
    return counts;
  }

  /** Counts `token` `times` more times. */
  add(token: string, times = 1): void {
    const place = this.#placeOf().get(token);
    if (place === undefined) {
      this.#placeOf().set(token, this.#tokens.push(token) - 1);
      this.#counts.push(times);
    } else this.#counts[place] += times;
    this.#total += times;
  }

  /** How often `token` occurred; 0 when it never did. */
  get(token: string): number {
    const place = this.#placeOf().get(token);
    return place === undefined ? 0 : this.#counts[place];
  }

  /** The number of tokens counted. */
  get total(): number {
    return this.#total;
  }

  /** The number of distinct tokens. */
  get size(): number {
    return this.#tokens.length;
  }

  /** The `limit` most frequent tokens with their counts, most frequent first, ties in order of first occurrence. */
  mostCommon(limit: number = this.size): [token: string, count: number][] {
    // Sorting is stable, so ties stay in order.
    return [...this].sort(([, a], [, b]) => b - a).slice(0, limit);
  }

  /** The counts alone, highest first: what `fitZipf` takes. */
  frequencies(): Float64Array {
    return Float64Array.from(this.#counts).sort().reverse();
  }

  *[Symbol.iterator](): IterableIterator<[token: string, count: number]> {
    for (let i = 0; i < this.#tokens.length; i++) yield [this.#tokens[i], this.#counts[i]];
  }

  #placeOf(): Map<string, number> {
    if (this.#places === undefined) {
      this.#places = new Map();
      for (let i = 0; i < this.#tokens.length; i++) this.#places.set(this.#tokens[i], i);
    }
    return this.#places;
  }
}
