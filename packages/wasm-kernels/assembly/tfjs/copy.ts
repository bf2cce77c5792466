// Blocks of bytes between tensors: slices, concatenation, rows of embeddings.

import { addRow } from '../simd';

/** `rows` rows of `bytes` bytes. Strides in bytes; the source's may be 0 or less. */
export function copyRows(
  source: usize,
  sourceStride: isize,
  target: usize,
  targetStride: usize,
  rows: i32,
  bytes: usize,
): void {
  if (sourceStride === <isize>bytes && targetStride === bytes) {
    memory.copy(target, source, bytes * rows);
    return;
  }
  for (let i = 0; i < rows; i++) {
    copy(target, source, bytes);
    source += sourceStride;
    target += targetStride;
  }
}

/** Short rows are copied here: the call behind `memory.copy` costs as much as a hundred bytes. */
// @ts-ignore: decorator
@inline
function copy(target: usize, source: usize, bytes: usize): void {
  if (bytes > 256) {
    memory.copy(target, source, bytes);
    return;
  }
  const end = target + bytes;
  for (; target + 16 <= end; target += 16) {
    v128.store(target, v128.load(source));
    source += 16;
  }
  for (; target + 4 <= end; target += 4) {
    store<i32>(target, load<i32>(source));
    source += 4;
  }
  for (; target < end; target++) {
    store<u8>(target, load<u8>(source));
    source++;
  }
}

/**
 * target [rows, columns], elements of `size` bytes (1 or 4), from any places: `rowStride` and `columnStride` bytes apart,
 * 0 and less allowed.
 */
export function copyElements(
  source: usize,
  rowStride: isize,
  columnStride: isize,
  target: usize,
  rows: i32,
  columns: i32,
  size: i32,
): void {
  for (let i = 0; i < rows; i++) {
    let from = source;
    for (let j = 0; j < columns; j++) {
      if (size === 4) store<i32>(target, load<i32>(from));
      else store<u8>(target, load<u8>(from));
      from += columnStride;
      target += size;
    }
    source += rowStride;
  }
}

/**
 * target[o, i] = table[o, ids[i]] for o < outer, i < count: rows of `bytes` bytes, `rows` in each table. Ids must lie
 * in [0, rows).
 */
export function gatherRows(
  table: usize,
  rows: i32,
  ids: usize,
  target: usize,
  outer: i32,
  count: i32,
  bytes: usize,
): void {
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < count; i++) {
      copy(target, table + bytes * load<i32>(ids + (<usize>i << 2)), bytes);
      target += bytes;
    }
    table += bytes * rows;
  }
}

/** table[ids[i]] += source[i], i ascending, rows of `width` numbers; ids outside [0, rows) are left out. */
export function scatterAddRows(
  table: usize,
  rows: i32,
  ids: usize,
  source: usize,
  count: i32,
  width: i32,
): void {
  const bytes = <usize>width << 2;
  for (let i = 0; i < count; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (<u32>id < <u32>rows) addRow(table + bytes * id, source, bytes);
    source += bytes;
  }
}
