// Comparisons, and what is done with their results: tensors of bytes that are 0 or 1.

import { compareRow } from '../generated/choose-compare';

/** Comparisons by number. The host takes the numbers from here. */
export namespace Comparison {
  export const GREATER: i32 = 0;
  export const GREATER_EQUAL: i32 = 1;
  export const LESS: i32 = 2;
  export const LESS_EQUAL: i32 = 3;
  export const EQUAL: i32 = 4;
  export const NOT_EQUAL: i32 = 5;
}

/** All ones where it holds. */
// @ts-ignore: decorator
@inline
function mask(comparison: i32, a: v128, b: v128): v128 {
  if (comparison === Comparison.GREATER) return f32x4.gt(a, b);
  if (comparison === Comparison.GREATER_EQUAL) return f32x4.ge(a, b);
  if (comparison === Comparison.LESS) return f32x4.lt(a, b);
  if (comparison === Comparison.LESS_EQUAL) return f32x4.le(a, b);
  if (comparison === Comparison.EQUAL) return f32x4.eq(a, b);
  return f32x4.ne(a, b);
}

/** Four masks of four lanes as sixteen bytes. */
// @ts-ignore: decorator
@inline
function bytes(a: v128, b: v128, c: v128, d: v128): v128 {
  const words = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
  return v128.and(words, i8x16.splat(1));
}

/**
 * One row; strides are 0 (one number for the whole row) or 1. scripts/assembly-variants.mjs makes a function of each comparison,
 * and `compareRow`, which chooses among them.
 */
// @ts-ignore: decorator
@inline
export function compareRowBy(comparison: i32, a: usize, aStride: i32, b: usize, bStride: i32, target: usize, count: i32): void {
  const end = target + count;
  const firstA = v128.load32_splat(a);
  const firstB = v128.load32_splat(b);
  for (; target + 16 <= end; target += 16) {
    const m0 = mask(comparison, aStride ? v128.load(a) : firstA, bStride ? v128.load(b) : firstB);
    const m1 = mask(comparison, aStride ? v128.load(a, 16) : firstA, bStride ? v128.load(b, 16) : firstB);
    const m2 = mask(comparison, aStride ? v128.load(a, 32) : firstA, bStride ? v128.load(b, 32) : firstB);
    const m3 = mask(comparison, aStride ? v128.load(a, 48) : firstA, bStride ? v128.load(b, 48) : firstB);
    v128.store(target, bytes(m0, m1, m2, m3));
    a += <usize>aStride << 6;
    b += <usize>bStride << 6;
  }
  for (; target < end; target++) {
    const m = mask(comparison, v128.load32_splat(a), v128.load32_splat(b));
    store<u8>(target, <u8>(i32x4.extract_lane(m, 0) & 1));
    a += <usize>aStride << 2;
    b += <usize>bStride << 2;
  }
}

/** target [rows, columns], bytes: 1 where a and b compare so. Strides as in `binary`. */
export function compare(
  comparison: i32,
  a: usize,
  aRowStride: i32,
  aStride: i32,
  b: usize,
  bRowStride: i32,
  bStride: i32,
  target: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    compareRow(comparison, a, aStride, b, bStride, target, columns);
    a += <usize>aRowStride << 2;
    b += <usize>bRowStride << 2;
    target += columns;
  }
}

/** target[i] = a[i] and b[i]; any byte but 0 is true. */
export function logicalAnd(a: usize, b: usize, target: usize, count: i32): void {
  const end = target + count;
  const zero = i8x16.splat(0);
  for (; target + 16 <= end; target += 16) {
    const both = v128.and(i8x16.ne(v128.load(a), zero), i8x16.ne(v128.load(b), zero));
    v128.store(target, v128.and(both, i8x16.splat(1)));
    a += 16;
    b += 16;
  }
  for (; target < end; target++) {
    store<u8>(target, <u8>(load<u8>(a) !== 0 && load<u8>(b) !== 0));
    a++;
    b++;
  }
}

/** target[i] = condition[i] ? a[i] : b[i]: bytes choose between floats. */
export function select(condition: usize, a: usize, b: usize, target: usize, count: i32): void {
  const end = target + (<usize>count << 2);
  const zero = i32x4.splat(0);
  for (; target + 16 <= end; target += 16) {
    const words = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition)));
    v128.store(target, v128.bitselect(v128.load(b), v128.load(a), i32x4.eq(words, zero)));
    condition += 4;
    a += 16;
    b += 16;
  }
  for (; target < end; target += 4) {
    store<f32>(target, load<u8>(condition) ? load<f32>(a) : load<f32>(b));
    condition++;
    a += 4;
    b += 4;
  }
}

/** target[i] = dy[i] where low <= x[i] <= high, else 0: the gradient through clipping. */
export function clipGradient(x: usize, dy: usize, target: usize, count: i32, low: f32, high: f32): void {
  const end = target + (<usize>count << 2);
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (; target + 16 <= end; target += 16) {
    const value = v128.load(x);
    const inside = v128.and(f32x4.ge(value, least), f32x4.le(value, most));
    v128.store(target, v128.and(v128.load(dy), inside));
    x += 16;
    dy += 16;
  }
  for (; target < end; target += 4) {
    const value = load<f32>(x);
    store<f32>(target, value >= low && value <= high ? load<f32>(dy) : 0);
    x += 4;
    dy += 4;
  }
}

/** target = x, but not below `low` nor above `high`. NaN stays NaN, and -0 stays -0, as on tfjs's cpu backend. */
export function clip(x: usize, target: usize, count: i32, low: f32, high: f32): void {
  const end = target + (<usize>count << 2);
  const least = f32x4.splat(low);
  const most = f32x4.splat(high);
  for (; target + 16 <= end; target += 16) {
    const value = v128.load(x);
    const lowest = v128.bitselect(least, value, f32x4.lt(value, least));
    v128.store(target, v128.bitselect(most, lowest, f32x4.gt(value, most)));
    x += 16;
  }
  for (; target < end; target += 4) {
    const value = load<f32>(x);
    store<f32>(target, value > high ? high : value < low ? low : value);
    x += 4;
  }
}
