import type { Parameter } from '@throughtime/contract';

/** Where the numbers of parameters lie: the engine's memory, or ordinary arrays. */
export interface Allocator {
  /** `length` zeros. */
  float32(length: number): Float32Array;
}

/** Ordinary arrays. */
export const arrayAllocator: Allocator = { float32: (length) => new Float32Array(length) };

/** A parameter of zeros. Its gradient, zeros too, is allocated when it is first asked for. */
export function createParameter(
  name: string,
  shape: readonly number[],
  allocator: Allocator = arrayAllocator,
): Parameter {
  const data = allocator.float32(shape.reduce((size, extent) => size * extent, 1));
  let gradient: Float32Array | undefined;
  return {
    name,
    shape,
    data,
    get gradient() {
      gradient ??= allocator.float32(data.length);
      return gradient;
    },
  };
}
