/**
 * Watches a stream for stop sequences. Items that may turn out to begin one are held back until that is decided, so
 * that a stop sequence is never passed on, not even its first half.
 *
 * @typeParam T token ids, or the characters of a text
 */
export class StopSequences<T> {
  readonly #stops: readonly (readonly T[])[];
  #held: T[] = [];

  constructor(stops: readonly (readonly T[])[]) {
    this.#stops = stops.filter((stop) => stop.length > 0);
  }

  /** Takes the next item. `released` are those that can be passed on now; `stopped` says that a stop sequence is complete. */
  push(item: T): { released: T[]; stopped: boolean } {
    if (this.#stops.length === 0) return { released: [item], stopped: false };
    this.#held.push(item);
    for (const stop of this.#stops) {
      if (endsWith(this.#held, stop)) {
        const released = this.#held.slice(0, this.#held.length - stop.length);
        this.#held = [];
        return { released, stopped: true };
      }
    }
    const keep = Math.max(...this.#stops.map((stop) => longestStart(this.#held, stop)));
    return { released: this.#held.splice(0, this.#held.length - keep), stopped: false };
  }

  /** What is still held back, when the stream ends without a stop sequence. */
  rest(): T[] {
    return this.#held.splice(0);
  }
}

function endsWith<T>(items: readonly T[], ending: readonly T[]): boolean {
  const offset = items.length - ending.length;
  return offset >= 0 && ending.every((item, i) => items[offset + i] === item);
}

/** Length of the longest end of `items` with which `stop` begins. */
function longestStart<T>(items: readonly T[], stop: readonly T[]): number {
  for (let length = Math.min(items.length, stop.length - 1); length > 0; length--)
    if (endsWith(items, stop.slice(0, length))) return length;
  return 0;
}
