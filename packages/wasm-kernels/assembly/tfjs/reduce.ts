// Sums and maxima along an axis.

import { horizontalSum } from '../simd';

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
const ROWS: i32 = 128;

/** target [columns] = the sum of the rows of source [rows, columns]. */
export function sumColumns(source: usize, target: usize, rows: i32, columns: i32): void {
  const stride = <usize>columns << 2;
  memory.fill(target, 0, stride);
  for (let row = 0; row < rows; row += ROWS) {
    addColumnSums(source + stride * row, target, min(ROWS, rows - row), stride);
  }
}

/** Sixteen sums at a time stay in registers. */
function addColumnSums(source: usize, target: usize, rows: i32, stride: usize): void {
  let column: usize = 0;
  for (; column + 64 <= stride; column += 64) {
    let address = source + column;
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let s2 = f32x4.splat(0);
    let s3 = f32x4.splat(0);
    for (let i = 0; i < rows; i++) {
      s0 = f32x4.add(s0, v128.load(address));
      s1 = f32x4.add(s1, v128.load(address, 16));
      s2 = f32x4.add(s2, v128.load(address, 32));
      s3 = f32x4.add(s3, v128.load(address, 48));
      address += stride;
    }
    const to = target + column;
    v128.store(to, f32x4.add(v128.load(to), s0));
    v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
  }
  for (; column < stride; column += 4) {
    let address = source + column;
    let total: f32 = 0;
    for (let i = 0; i < rows; i++) {
      total += load<f32>(address);
      address += stride;
    }
    store<f32>(target + column, load<f32>(target + column) + total);
  }
}

/** target[i] = the largest of row i; NaN when the row has one. columns > 0. */
export function maxRows(source: usize, target: usize, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++) {
    let largest = v128.load32_splat(source);
    let j = 0;
    for (; j + 4 <= columns; j += 4) largest = f32x4.max(largest, v128.load(source + (<usize>j << 2)));
    let result = max(
      max(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1)),
      max(f32x4.extract_lane(largest, 2), f32x4.extract_lane(largest, 3)),
    );
    for (; j < columns; j++) result = max(result, load<f32>(source + (<usize>j << 2)));
    store<f32>(target + (<usize>i << 2), result);
    source += <usize>columns << 2;
  }
}
