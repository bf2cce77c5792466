import type { Parameter } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';

/** Where the numbers of parameters lie: the engine's memory, or ordinary arrays. */
export interface Allocator {
  /** `length` zeros. */
  float32(length: number): Float32Array;
}

/** Ordinary arrays. */
export const arrayAllocator: Allocator = {
  float32(length) {
    try {
      return new Float32Array(length);
    } catch (cause) {
      // Longer than any array, or than there is memory.
      if (!(cause instanceof RangeError)) throw cause;
      throw new ArgumentError('parameters', 'as many numbers as there is memory for', length, { cause });
    }
  },
};

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
