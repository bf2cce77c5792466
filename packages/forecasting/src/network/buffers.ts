/**
 * Arrays that are reused from one call to the next, by name. A call with another size gets a new one. Allocating some hundred
 * kilobytes costs more in page faults than the arithmetic that fills them.
 */
export class Buffers {
  readonly #kept = new Map<string, Float32Array>();

  /** An array of `length` numbers with any content. Do not use the array that this name had before any more. */
  take(name: string, length: number): Float32Array {
    let kept = this.#kept.get(name);
    if (kept === undefined || kept.length !== length) {
      kept = new Float32Array(length);
      this.#kept.set(name, kept);
    }
    return kept;
  }
}
