import { EngineMemoryError } from './errors.js';

/** Blocks start on cache lines, so that no two tensors share one between threads. */
const ALIGNMENT = 64;
/** Kernels may read (never write) one vector pair beyond a tensor's end. */
const SLACK = 64;

interface Block {
  readonly address: number;
  readonly size: number;
}

/** First-fit allocation over a growing range of addresses. Blocks freed beside each other become one. */
export class FirstFitAllocator {
  readonly #used = new Map<number, number>();
  /** By address. */
  #free: Block[] = [];
  #end: number;
  /** Makes addresses below `end` usable, or throws. */
  readonly #grow: (end: number) => void;

  constructor(start: number, grow: (end: number) => void) {
    this.#end = align(start);
    this.#grow = grow;
  }

  /** Bytes in use, alignment and slack included. */
  get used(): number {
    let sum = 0;
    for (const size of this.#used.values()) sum += size;
    return sum;
  }

  /** The address of a new block of at least `bytes` bytes; its contents are whatever was there. */
  allocate(bytes: number): number {
    const size = align(bytes + SLACK);
    const fit = this.#free.findIndex((block) => block.size >= size);
    if (fit >= 0) {
      const block = this.#free[fit];
      const rest = { address: block.address + size, size: block.size - size };
      this.#free.splice(fit, 1, ...(rest.size > 0 ? [rest] : []));
      this.#used.set(block.address, size);
      return block.address;
    }
    const last = this.#free.at(-1);
    const address = last && last.address + last.size === this.#end ? last.address : this.#end;
    this.#grow(address + size);
    if (address !== this.#end) this.#free.pop();
    this.#end = address + size;
    this.#used.set(address, size);
    return address;
  }

  /** Whether bytes `address` to `address + bytes` lie within a block in use. */
  inUse(address: number, bytes: number): boolean {
    if (this.#used.has(address)) return true; // nearly always: a whole tensor
    for (const [start, size] of this.#used) {
      if (start <= address && address + bytes <= start + size) return true;
    }
    return false;
  }

  /** @throws EngineMemoryError when no block starts at `address` */
  release(address: number): void {
    const size = this.#used.get(address);
    if (size === undefined) {
      throw new EngineMemoryError(
        `free: nothing is allocated at ${address} (freed before, or part of a larger block)`,
      );
    }
    this.#used.delete(address);
    const at = this.#free.findIndex((block) => block.address > address);
    const index = at < 0 ? this.#free.length : at;
    this.#free.splice(index, 0, { address, size });
    this.#merge(index);
    this.#merge(index - 1);
  }

  /** Returns what `make` returns. When `make` throws, releases what it allocated. */
  allOrNothing<T>(make: () => T): T {
    const before = new Set(this.#used.keys());
    try {
      return make();
    } catch (error) {
      for (const address of [...this.#used.keys()]) if (!before.has(address)) this.release(address);
      throw error;
    }
  }

  #merge(index: number): void {
    const [block, next] = [this.#free[index], this.#free[index + 1]];
    if (!block || !next || block.address + block.size !== next.address) return;
    this.#free.splice(index, 2, { address: block.address, size: block.size + next.size });
  }
}

function align(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
