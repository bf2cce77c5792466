/** Where the numbers of parameters live: the engine's memory, or ordinary arrays. */
export interface Allocator {
  /** `length` zeros. */
  float32(length: number): Float32Array;
}

/** Ordinary arrays. */
export const arrayAllocator: Allocator = { float32: (length) => new Float32Array(length) };

/** A trainable array: what optimisers, clipping and checkpoints see of a model. */
export class Parameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly #data: Float32Array;
  #gradient: Float32Array | undefined;
  readonly #allocator: Allocator;

  /** Starts as zeros. */
  constructor(name: string, shape: readonly number[], allocator: Allocator = arrayAllocator) {
    this.name = name;
    this.shape = shape;
    this.#allocator = allocator;
    this.#data = allocator.float32(sizeOf(shape));
  }

  /** The values, row-major. Live: writing changes the parameter. Do not keep it across calls that allocate. */
  get data(): Float32Array {
    return this.#data;
  }

  /** Written by the last backward pass; zeros before the first. Allocated when first asked for. */
  get gradient(): Float32Array {
    this.#gradient ??= this.#allocator.float32(this.#data.length);
    return this.#gradient;
  }
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, extent) => size * extent, 1);
}
