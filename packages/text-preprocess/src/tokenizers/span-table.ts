const INITIAL_CAPACITY = 1 << 12;

/**
 * A set of strings, each with a dense index in order of first insertion, that is asked with spans of a longer text: no
 * string is made for a token that is already in. (A `Map` of sliced strings is three times slower: it allocates and hashes each.)
 *
 * Open addressing with linear probing; the units of all members stand one after the other in one array.
 */
export class SpanTable {
  #units = new Uint16Array(INITIAL_CAPACITY * 4);
  /** Where each member's units begin; one more entry for the end of the last. */
  #starts = new Int32Array(INITIAL_CAPACITY);
  #hashes = new Int32Array(INITIAL_CAPACITY);
  /** Index + 1 of the member in each slot, 0 for an empty one; a power of two long, at most half full. */
  #slots = new Int32Array(INITIAL_CAPACITY * 2);
  #size = 0;

  /** The number of members. */
  get size(): number {
    return this.#size;
  }

  /** The index of `text.slice(start, end)`, or -1 when it is not in. `hash` is {@link hashSpan} of the same span. */
  find(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = spread(hash) & mask; ; slot = (slot + 1) & mask) {
      const index = slots[slot] - 1;
      if (index < 0) return -1;
      if (this.#hashes[index] === hash && this.#equals(index, text, start, end)) return index;
    }
  }

  /** The index of `text.slice(start, end)`, which is put in when it is not yet. */
  intern(text: string, start: number, end: number, hash: number): number {
    const found = this.find(text, start, end, hash);
    return found >= 0 ? found : this.#insert(text, start, end, hash);
  }

  /** The member with this index. */
  at(index: number): string {
    let text = '';
    // In pieces: a call takes a limited number of arguments.
    for (let i = this.#starts[index]; i < this.#starts[index + 1]; i += 8192) {
      const end = Math.min(i + 8192, this.#starts[index + 1]);
      text += String.fromCharCode.apply(null, this.#units.subarray(i, end) as unknown as number[]);
    }
    return text;
  }

  #equals(index: number, text: string, start: number, end: number): boolean {
    const first = this.#starts[index];
    if (this.#starts[index + 1] - first !== end - start) return false;
    const units = this.#units;
    for (let i = start, j = first; i < end; i++, j++) if (text.charCodeAt(i) !== units[j]) return false;
    return true;
  }

  #insert(text: string, start: number, end: number, hash: number): number {
    const index = this.#size;
    const first = this.#starts[index];
    const last = first + end - start;
    if (last > this.#units.length) this.#units = grown(this.#units, last);
    if (index + 2 > this.#starts.length) {
      this.#starts = grown(this.#starts, index + 2);
      this.#hashes = grown(this.#hashes, index + 2);
    }
    for (let i = start, j = first; i < end; i++, j++) this.#units[j] = text.charCodeAt(i);
    this.#starts[index + 1] = last;
    this.#hashes[index] = hash;
    this.#size = index + 1;
    if (this.#size * 2 > this.#slots.length) this.#rehash();
    else this.#place(index);
    return index;
  }

  #rehash(): void {
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let index = 0; index < this.#size; index++) this.#place(index);
  }

  #place(index: number): void {
    const mask = this.#slots.length - 1;
    let slot = spread(this.#hashes[index]) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = index + 1;
  }
}

/** What a hash starts from. */
export const HASH_SEED = 0x811c9dc5 | 0;

/** The hash after one more UTF-16 unit (FNV-1a): loops that look at every unit anyway compute it on the way. */
export function hashUnit(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193);
}

/** The hash of `text.slice(start, end)`. */
export function hashSpan(text: string, start: number, end: number): number {
  let hash = HASH_SEED;
  for (let i = start; i < end; i++) hash = hashUnit(hash, text.charCodeAt(i));
  return hash;
}

/** FNV's low bits are its weak ones: mixes the high ones in. */
function spread(hash: number): number {
  return hash ^ (hash >>> 15);
}

function grown<A extends Uint16Array | Int32Array>(array: A, least: number): A {
  const larger = new (array.constructor as new (length: number) => A)(Math.max(least, array.length * 2));
  larger.set(array);
  return larger;
}
