// The layout of a thread's scratch memory.

import { scratch } from './command';

/** Room for a product's packed block of A and its edge tile. */
const PRODUCT_BYTES: usize = 256 * 1024;
/** Tiles of a recurrent step: two blocks of 8 columns, four gates, 64 rows. */
const TILES_BYTES: usize = 2 * 4 * 64 * 8 * 4;
/** Records of a product: four of 64 bytes. */
const VIEW_BYTES: usize = 64;
const VIEWS_BYTES: usize = 4 * VIEW_BYTES;
/** One word, aligned. */
const FETCHED_BYTES: usize = 16;

// @ts-ignore: decorator
@inline
export function tiles(): usize {
  return scratch + PRODUCT_BYTES;
}

/** Where record number `index` of the thread stands. */
// @ts-ignore: decorator
@inline
export function view(index: usize): usize {
  return scratch + PRODUCT_BYTES + TILES_BYTES + index * VIEW_BYTES;
}

/** Where `fetch` keeps what it read. */
// @ts-ignore: decorator
@inline
export function fetched(): usize {
  return scratch + PRODUCT_BYTES + TILES_BYTES + VIEWS_BYTES;
}

/** Bytes that the host must give each thread. */
export const SCRATCH_BYTES: usize = PRODUCT_BYTES + TILES_BYTES + VIEWS_BYTES + FETCHED_BYTES;
