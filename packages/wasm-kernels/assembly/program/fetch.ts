// WebAssembly has no instruction that asks for memory before it is needed.

import { fetched } from './scratch';

/**
 * Brings `rows` rows of `bytes` bytes, `stride` bytes apart, into the cache. Rows that lie far apart the processor does not foresee, and while
 * they are worked on only a few of its loads are under way at once. Here as many as there can be.
 */
export function fetch(address: usize, rows: i32, bytes: usize, stride: usize): void {
  let words = 0;
  for (let row = 0; row < rows; row++) {
    for (let line: usize = 0; line < bytes; line += 64) words |= load<i32>(address + line);
    address += stride;
  }
  // Kept, or else the compiler drops the loads.
  store<i32>(fetched(), words);
}
