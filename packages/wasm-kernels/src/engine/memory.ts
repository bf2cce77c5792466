import { ArgumentError, inWords, whole } from '@throughtime/errors';
import { FirstFitAllocator } from './allocator.js';
import { EngineMemoryError, EngineMemoryFullError } from './errors.js';

const PAGE = 65536;
const LARGEST = 65536;
/** Growing costs a system call or two, so it happens in large pieces. */
const GROWTH_PAGES = 256;
const FIXED_SIZES = [32768, 16384, 8192, 4096, 1024];

type View = Float32Array | Int32Array | Float64Array | Uint32Array;

/**
 * The engine's memory. Where the platform allows, it is shared: it then grows as needed, and views of it stay valid, because a
 * shared buffer is never detached. Elsewhere it has a fixed size, because growing would detach every view. That size is the
 * largest of 2 GiB, 1 GiB, ... that can be reserved; pages that are never touched cost nothing.
 */
export class EngineMemory {
  readonly memory: WebAssembly.Memory;
  readonly shared: boolean;
  #allocator: FirstFitAllocator | undefined;
  /** Every buffer object of this memory so far. It gets a new one when it grows, and when any other shared memory grows. */
  readonly #buffers = new WeakSet<object>();
  readonly #freed = new WeakSet<View>();
  #words: Int32Array;
  #floats: Float32Array;

  constructor(options: { readonly shared: boolean }) {
    const made = (options.shared && reserveShared()) || reserveFixed();
    this.memory = made;
    this.shared = typeof SharedArrayBuffer !== 'undefined' && made.buffer instanceof SharedArrayBuffer;
    this.#words = new Int32Array(made.buffer);
    this.#floats = new Float32Array(made.buffer);
  }

  /** Allocates from `address` on: the module's own data lies before it. */
  startAt(address: number): void {
    this.#allocator = new FirstFitAllocator(address, (end) => this.#reach(end));
  }

  /** All memory as 32-bit words. Do not keep it: it does not cover memory added later. */
  get words(): Int32Array {
    return this.#words;
  }

  get floats(): Float32Array {
    return this.#floats;
  }

  get usedBytes(): number {
    return this.#allocator?.used ?? 0;
  }

  /** WebAssembly's unit of growth. */
  get pages(): number {
    return this.#words.byteLength / PAGE;
  }

  get reservedBytes(): number {
    return this.#words.byteLength;
  }

  allocateBytes(bytes: number): number {
    return this.#started().allocate(bytes);
  }

  /** Returns what `make` returns. When `make` throws, releases what it allocated. */
  allOrNothing<T>(make: () => T): T {
    return this.#started().allOrNothing(make);
  }

  releaseBytes(address: number): void {
    this.#allocator?.release(address);
  }

  /** [length], zeros. */
  float32(length: number): Float32Array {
    elements('length', length);
    const address = this.allocateBytes(length * 4);
    return new Float32Array(this.#buffer(), address, length).fill(0);
  }

  /** [length], zeros. */
  int32(length: number): Int32Array {
    elements('length', length);
    const address = this.allocateBytes(length * 4);
    return new Int32Array(this.#buffer(), address, length).fill(0);
  }

  contains(view: View): boolean {
    return this.#buffers.has(view.buffer);
  }

  /**
   * The address of a view of this memory.
   * @throws ArgumentError when it is a view of something else, or of memory that was given back
   */
  address(view: View, argument: string): number {
    this.#requireOurs(view, argument);
    // Memory that was given back may have been given to another tensor, so the views themselves are remembered too.
    if (this.#freed.has(view) || !this.#started().inUse(view.byteOffset, view.byteLength)) {
      throw new ArgumentError(argument, 'an array that is still allocated', inWords('one that was freed'));
    }
    return view.byteOffset;
  }

  /**
   * Gives back the memory of a view that `float32` or `int32` made.
   * @throws ArgumentError when it is a view of something else; EngineMemoryError when it was freed before
   */
  free(view: View): void {
    if (this.#freed.has(view)) throw new EngineMemoryError('free: the array was freed before');
    this.#requireOurs(view, 'view');
    this.#started().release(view.byteOffset);
    this.#freed.add(view);
  }

  #requireOurs(view: View, argument: string): void {
    if (this.contains(view)) return;
    throw new ArgumentError(
      argument,
      "an array in this engine's memory (engine.allocate)",
      inWords('another array'),
    );
  }

  #started(): FirstFitAllocator {
    if (!this.#allocator) throw new EngineMemoryError('memory: not started');
    return this.#allocator;
  }

  /** The current buffer, which `contains` knows from now on. */
  #buffer(): ArrayBufferLike {
    const { buffer } = this.memory;
    this.#buffers.add(buffer);
    return buffer;
  }

  #reach(end: number): void {
    const missing = Math.ceil(end / PAGE) - this.#words.byteLength / PAGE;
    if (missing <= 0) return;
    if (!this.shared) throw this.#full(end);
    const room = LARGEST - this.#words.byteLength / PAGE;
    // Check first: growing by the rest and refusing afterwards would leave memory that `words` and `floats` do not cover.
    if (missing > room) throw this.#full(end);
    try {
      this.memory.grow(Math.min(room, Math.max(missing, GROWTH_PAGES)));
    } catch (error) {
      throw this.#full(end, error);
    }
    this.#words = new Int32Array(this.memory.buffer);
    this.#floats = new Float32Array(this.memory.buffer);
  }

  #full(end: number, cause?: unknown): EngineMemoryFullError {
    const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
    return new EngineMemoryFullError(
      `memory: ${mebibytes(end)} needed, ${mebibytes(this.#words.byteLength)} reserved, and no more available; take a smaller model or batch`,
      { cause },
    );
  }
}

const elements = whole({ from: 0 });

function reserveShared(): WebAssembly.Memory | undefined {
  for (const maximum of [LARGEST, LARGEST / 2, LARGEST / 4]) {
    try {
      return new WebAssembly.Memory({ initial: GROWTH_PAGES, maximum, shared: true });
    } catch {
      // Too much address space, or no shared memory at all: try the next size.
    }
  }
  return undefined;
}

function reserveFixed(): WebAssembly.Memory {
  let cause: unknown;
  for (const pages of FIXED_SIZES) {
    try {
      return new WebAssembly.Memory({ initial: pages, maximum: pages });
    } catch (error) {
      cause = error;
    }
  }
  throw new EngineMemoryError('memory: not even 64 MiB could be reserved', { cause });
}
