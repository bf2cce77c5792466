import { GrowingInt32Array } from './growing-int32-array.js';

/** A set of tuples of ids, all of one length. Each has an index, in order of insertion. It takes four bytes per id, and a slot. */
export class IdTupleTable {
  readonly #width: number;
  readonly #ids = new GrowingInt32Array();
  /** Index + 1 in each slot, 0 for an empty one; a power of two long, at most half full. */
  #slots = new Int32Array(1 << 12);

  constructor(width: number) {
    this.#width = width;
  }

  get size(): number {
    return this.#ids.length / this.#width;
  }

  /** The index of the tuple, or -1 when it is not in. */
  find(tuple: readonly number[]): number {
    return this.#slots[this.#slotOf(tuple)] - 1;
  }

  /** The index of the tuple, which is put in when it is not yet. */
  intern(tuple: readonly number[]): number {
    const slot = this.#slotOf(tuple);
    if (this.#slots[slot] !== 0) return this.#slots[slot] - 1;
    for (let i = 0; i < this.#width; i++) this.#ids.push(tuple[i]);
    this.#slots[slot] = this.size;
    const index = this.size - 1;
    if (this.size * 2 > this.#slots.length) this.#rehash();
    return index;
  }

  at(index: number): Int32Array {
    return this.#ids.slice(index * this.#width, (index + 1) * this.#width);
  }

  /** The slot that holds the tuple, or where it would go. */
  #slotOf(tuple: ArrayLike<number>): number {
    const mask = this.#slots.length - 1;
    let hash = 0;
    for (let i = 0; i < this.#width; i++) {
      hash = Math.imul(hash ^ tuple[i], 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    let slot = hash & mask;
    while (this.#slots[slot] !== 0 && !this.#equals(this.#slots[slot] - 1, tuple)) slot = (slot + 1) & mask;
    return slot;
  }

  #equals(index: number, tuple: ArrayLike<number>): boolean {
    for (let i = 0; i < this.#width; i++) {
      if (this.#ids.at(index * this.#width + i) !== tuple[i]) return false;
    }
    return true;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let index = 0; index < this.size; index++) this.#slots[this.#slotOf(this.at(index))] = index + 1;
  }
}
