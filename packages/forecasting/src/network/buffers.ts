/**
 * Arrays kept from one call to the next, by name, and made anew when another size is asked for. A fresh array of some hundred
 * kilobytes costs more in page faults than the arithmetic that fills it.
 */
export class Buffers {
  readonly #kept = new Map<string, Float32Array>();

  /** An array of `length` numbers, whatever they are; the one that this name had before must not be used any more. */
  take(name: string, length: number): Float32Array {
    let kept = this.#kept.get(name);
    if (kept === undefined || kept.length !== length) {
      kept = new Float32Array(length);
      this.#kept.set(name, kept);
    }
    return kept;
  }
}
