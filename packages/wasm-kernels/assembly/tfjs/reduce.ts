// Sums and maxima along an axis.

import { horizontalSum, largest } from '../simd';

/** Sums over this many numbers are made apart and then added, so that rounding grows with the logarithm of the count. */
const BLOCK: i32 = 1024;

/** target[i] = the sum of row i of source [rows, columns]. */
export function sumRows(source: usize, target: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(target + (<usize>i << 2), sum(source, columns));
    source += <usize>columns << 2;
  }
}

/** Pairwise over blocks. */
function sum(source: usize, count: i32): f32 {
  if (count > BLOCK) {
    const half = ((count >> 1) + BLOCK - 1) & ~(BLOCK - 1);
    return sum(source, half) + sum(source + (<usize>half << 2), count - half);
  }
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let i = 0;
  for (; i + 8 <= count; i += 8) {
    const address = source + (<usize>i << 2);
    s0 = f32x4.add(s0, v128.load(address));
    s1 = f32x4.add(s1, v128.load(address, 16));
  }
  let total = horizontalSum(f32x4.add(s0, s1));
  for (; i < count; i++) total += load<f32>(source + (<usize>i << 2));
  return total;
}

/** Rows added up before their sum is added to the total. */
const ROWS: i32 = 4;

/** target [columns] = the sum of the rows of source [rows, columns]. */
export function sumColumns(source: usize, target: usize, rows: i32, columns: i32): void {
  const bytes = <usize>columns << 2;
  memory.fill(target, 0, bytes);
  let row = 0;
  for (; row + ROWS <= rows; row += ROWS) {
    addRows(source, source + bytes, source + bytes * 2, source + bytes * 3, target, bytes);
    source += bytes * ROWS;
  }
  for (; row < rows; row++) {
    for (let at: usize = 0; at < bytes; at += 4) {
      store<f32>(target + at, load<f32>(target + at) + load<f32>(source + at));
    }
    source += bytes;
  }
}

// @ts-ignore: decorator
@inline
function addRows(a: usize, b: usize, c: usize, d: usize, target: usize, bytes: usize): void {
  const end = target + bytes;
  for (; target + 16 <= end; target += 16) {
    const low = f32x4.add(v128.load(a), v128.load(b));
    const sum = f32x4.add(low, f32x4.add(v128.load(c), v128.load(d)));
    v128.store(target, f32x4.add(v128.load(target), sum));
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  for (; target < end; target += 4) {
    const sum = load<f32>(a) + load<f32>(b) + (load<f32>(c) + load<f32>(d));
    store<f32>(target, load<f32>(target) + sum);
    a += 4;
    b += 4;
    c += 4;
    d += 4;
  }
}

/** target[i] = the largest of row i; NaN when the row has one. columns > 0. */
export function maxRows(source: usize, target: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    store<f32>(target + (<usize>i << 2), largest(source, columns));
    source += <usize>columns << 2;
  }
}
