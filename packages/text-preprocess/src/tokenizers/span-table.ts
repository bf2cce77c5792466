const INITIAL_SLOTS = 1 << 12;

/** What stands before each member's units: its length and its index, each in two units, low half first. */
const HEADER = 4;

/**
 * A set of strings, each with a dense index in order of first insertion, that is asked with spans of a longer text: no
 * string is made for a token that is already in. (A `Map` of sliced strings is three times slower: it allocates and hashes each.)
 *
 * Open addressing with linear probing. With many members every look at memory is a cache miss, so a slot holds the hash, and
 * what else is needed stands with the member's units: two misses in all.
 */
export class SpanTable {
  /** The members one after the other, each behind its header. */
  #members = new Uint16Array(INITIAL_SLOTS * 4);
  #end = 0;
  /** For each slot its member's hash, then 1 + where that member begins; 0 when empty. A power of two, at most half full. */
  #slots = new Int32Array(INITIAL_SLOTS * 2);
  /** Where each member begins, by index. */
  #starts = new Int32Array(INITIAL_SLOTS / 2);
  #size = 0;

  /** The number of members. */
  get size(): number {
    return this.#size;
  }

  /** The index of `text.slice(start, end)`, or -1 when it is not in. `hash` is {@link hashSpan} of the same span. */
  find(text: string, start: number, end: number, hash: number): number {
    const slots = this.#slots;
    const members = this.#members;
    const mask = slots.length - 1;
    for (let slot = (spread(hash) << 1) & mask; ; slot = (slot + 2) & mask) {
      const place = slots[slot + 1];
      if (place === 0) return -1;
      if (slots[slot] !== hash) continue;
      const member = place - 1;
      if ((members[member] | (members[member + 1] << 16)) !== end - start) continue;
      let i = start;
      let j = member + HEADER;
      while (i < end && text.charCodeAt(i) === members[j]) {
        i++;
        j++;
      }
      if (i === end) return members[member + 2] | (members[member + 3] << 16);
    }
  }

  /** The index of `text.slice(start, end)`, which is put in when it is not yet. */
  intern(text: string, start: number, end: number, hash: number): number {
    const found = this.find(text, start, end, hash);
    return found >= 0 ? found : this.#insert(text, start, end, hash);
  }

  /** The member with this index. */
  at(index: number): string {
    const start = this.#starts[index];
    const end = start + HEADER + (this.#members[start] | (this.#members[start + 1] << 16));
    let text = '';
    // In pieces: a call takes a limited number of arguments.
    for (let i = start + HEADER; i < end; i += 8192) {
      const piece = this.#members.subarray(i, Math.min(i + 8192, end));
      text += String.fromCharCode.apply(null, piece as unknown as number[]);
    }
    return text;
  }

  #insert(text: string, start: number, end: number, hash: number): number {
    const index = this.#size++;
    const length = end - start;
    const member = this.#end;
    this.#end = member + HEADER + length;
    if (this.#end > this.#members.length) this.#members = grown(this.#members, this.#end);
    this.#members.set([length & 0xffff, length >>> 16, index & 0xffff, index >>> 16], member);
    for (let i = start, j = member + HEADER; i < end; i++, j++) this.#members[j] = text.charCodeAt(i);
    if (index === this.#starts.length) this.#starts = grown(this.#starts, index + 1);
    this.#starts[index] = member;
    if (this.#size * 4 > this.#slots.length) this.#enlarge();
    this.#place(hash, member);
    return index;
  }

  #enlarge(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += 2) {
      if (old[slot + 1] !== 0) this.#place(old[slot], old[slot + 1] - 1);
    }
  }

  #place(hash: number, member: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (spread(hash) << 1) & mask;
    while (slots[slot + 1] !== 0) slot = (slot + 2) & mask;
    slots[slot] = hash;
    slots[slot + 1] = member + 1;
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
