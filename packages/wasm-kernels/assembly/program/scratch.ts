// The layout of a thread's scratch memory.

import { scratch } from './command';

/** Room for gemm's packed block of A and its edge tile. */
const GEMM_BYTES: usize = 256 * 1024;

/** Tiles of a recurrent step: four gates, 64 rows, 8 columns. */
// @ts-ignore: decorator
@inline
export function tiles(): usize {
  return scratch + GEMM_BYTES;
}

/** Bytes that the host must give each thread. */
export const SCRATCH_BYTES: usize = GEMM_BYTES + 4 * 64 * 8 * 4;
