const INITIAL_CAPACITY = 1 << 10;

/**
 * Dense indices for pairs of token ids, in order of insertion: a `Map` would need a string or a heap-allocated number for each
 * key. Open addressing with linear probing.
 */
export class PairTable {
  #lefts = new Int32Array(INITIAL_CAPACITY);
  #rights = new Int32Array(INITIAL_CAPACITY);
  /** Index + 1 in each slot, 0 for an empty one; a power of two long, at most half full. */
  #slots = new Int32Array(INITIAL_CAPACITY * 2);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The index of the pair, or -1 when it is not in. */
  find(left: number, right: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = hashPair(left, right) & mask; ; slot = (slot + 1) & mask) {
      const index = slots[slot] - 1;
      if (index < 0 || (this.#lefts[index] === left && this.#rights[index] === right)) return index;
    }
  }

  /** The index of the pair, which is put in when it is not yet. */
  intern(left: number, right: number): number {
    const found = this.find(left, right);
    if (found >= 0) return found;
    const index = this.#size++;
    if (index === this.#lefts.length) this.#grow();
    this.#lefts[index] = left;
    this.#rights[index] = right;
    this.#place(index);
    return index;
  }

  leftOf(index: number): number {
    return this.#lefts[index];
  }

  rightOf(index: number): number {
    return this.#rights[index];
  }

  #grow(): void {
    const lefts = this.#lefts;
    const rights = this.#rights;
    this.#lefts = new Int32Array(lefts.length * 2);
    this.#rights = new Int32Array(lefts.length * 2);
    this.#lefts.set(lefts);
    this.#rights.set(rights);
    this.#slots = new Int32Array(lefts.length * 4);
    for (let index = 0; index < lefts.length; index++) this.#place(index);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = hashPair(this.#lefts[index], this.#rights[index]) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }
}

function hashPair(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca77);
  return mixed ^ (mixed >>> 15);
}
