// The innermost product: a tile of up to six rows by eight columns, kept in registers over the whole of k.
//
// The engine spends most of its time here. Measured (docs/decisions/0018-the-tile.md): V8 spills when the loop body is unrolled, so it is
// not. Incrementing the pointers before the loads saves the zero-extensions that V8 would add after them. With A packed, one
// pointer serves all its rows, and the instructions saved are time saved.

import { multiplyPackedTile, multiplyTile } from '../generated/choose-tile';
import { madd, TILE_ROWS } from '../simd';
import { Matrix } from './matrix';
import { PACKED, PANEL_SLACK, tileCount } from './packed-rows';

/**
 * Where the loop is tested. At its end, V8 11.3 (plain) computes the addresses of A's elements once, not in every kStride, which is
 * a tenth of the instructions. V8 13.6 (relaxed) loses two per cent by it.
 */
const TEST_FIRST: bool = ASC_FEATURE_RELAXED_SIMD;

/** Stores a row of a tile. */
// @ts-ignore: decorator
@inline
export function put(c: usize, low: v128, high: v128): void {
  v128.store(c, low);
  v128.store(c, high, 16);
}

/**
 * c[i, j] = start[i, j] + sum over k of a[i, k] * b[k, j], i < rows, j < 8. Strides in bytes; `b` is a packed panel [k][8], and
 * with `packed` a is [k][rows], else rows of any stride; `rows` and `packed` are compile-time constants. With start = c it
 * accumulates, with a stride of 0 it adds a bias. Nothing else happens between loop and stores: with a branch there, V8 loads
 * all operands for one k first, and spills.
 */
// @ts-ignore: decorator
@inline
function tileOf(
  rows: i32,
  packed: bool,
  k: i32,
  a: usize,
  aRowStride: usize,
  aKStride: usize,
  b: usize,
  start: usize,
  startRowStride: usize,
  c: usize,
  cRowStride: usize,
): void {
  let l0 = v128.load(start);
  let h0 = v128.load(start, 16);
  start += startRowStride;
  let l1 = rows > 1 ? v128.load(start) : l0;
  let h1 = rows > 1 ? v128.load(start, 16) : h0;
  start += startRowStride;
  let l2 = rows > 2 ? v128.load(start) : l0;
  let h2 = rows > 2 ? v128.load(start, 16) : h0;
  start += startRowStride;
  let l3 = rows > 3 ? v128.load(start) : l0;
  let h3 = rows > 3 ? v128.load(start, 16) : h0;
  start += startRowStride;
  let l4 = rows > 4 ? v128.load(start) : l0;
  let h4 = rows > 4 ? v128.load(start, 16) : h0;
  start += startRowStride;
  let l5 = rows > 5 ? v128.load(start) : l0;
  let h5 = rows > 5 ? v128.load(start, 16) : h0;
  const kStride = packed ? <usize>rows << 2 : aKStride;
  let a0 = a - kStride;
  let a1 = a0 + aRowStride;
  let a2 = a1 + aRowStride;
  let a3 = a2 + aRowStride;
  let a4 = a3 + aRowStride;
  let a5 = a4 + aRowStride;
  b -= 32;
  const end = b + (<usize>k << 5);
  if (b < end) {
    do {
      if (TEST_FIRST && b >= end) break;
      b += 32;
      const low = v128.load(b);
      const high = v128.load(b, 16);
      a0 += kStride;
      const x0 = v128.load32_splat(a0);
      l0 = madd(x0, low, l0);
      h0 = madd(x0, high, h0);
      if (rows > 1) {
        if (!packed) a1 += kStride;
        const x1 = packed ? v128.load32_splat(a0, 4) : v128.load32_splat(a1);
        l1 = madd(x1, low, l1);
        h1 = madd(x1, high, h1);
      }
      if (rows > 2) {
        if (!packed) a2 += kStride;
        const x2 = packed ? v128.load32_splat(a0, 8) : v128.load32_splat(a2);
        l2 = madd(x2, low, l2);
        h2 = madd(x2, high, h2);
      }
      if (rows > 3) {
        if (!packed) a3 += kStride;
        const x3 = packed ? v128.load32_splat(a0, 12) : v128.load32_splat(a3);
        l3 = madd(x3, low, l3);
        h3 = madd(x3, high, h3);
      }
      if (rows > 4) {
        if (!packed) a4 += kStride;
        const x4 = packed ? v128.load32_splat(a0, 16) : v128.load32_splat(a4);
        l4 = madd(x4, low, l4);
        h4 = madd(x4, high, h4);
      }
      if (rows > 5) {
        if (!packed) a5 += kStride;
        const x5 = packed ? v128.load32_splat(a0, 20) : v128.load32_splat(a5);
        l5 = madd(x5, low, l5);
        h5 = madd(x5, high, h5);
      }
    } while (TEST_FIRST || b < end);
  }
  put(c, l0, h0);
  if (rows > 1) put(c + cRowStride, l1, h1);
  if (rows > 2) put(c + cRowStride * 2, l2, h2);
  if (rows > 3) put(c + cRowStride * 3, l3, h3);
  if (rows > 4) put(c + cRowStride * 4, l4, h4);
  if (rows > 5) put(c + cRowStride * 5, l5, h5);
}

// scripts/assembly-variants.mjs makes one function per height of these two (tile1, ...), and what chooses among them.
// index.ts exports every one, because the compiler inlines a function with a single caller unless it is exported.

/** A tile with A in memory by strides. */
// @ts-ignore: decorator
@inline
export function tile(
  rows: i32,
  k: i32,
  a: usize,
  aRowStride: usize,
  aKStride: usize,
  b: usize,
  start: usize,
  startRowStride: usize,
  c: usize,
  cRowStride: usize,
): void {
  if (rows <= TILE_ROWS) tileOf(rows, false, k, a, aRowStride, aKStride, b, start, startRowStride, c, cRowStride);
}

/** A tile with A packed: [k][rows]. */
// @ts-ignore: decorator
@inline
export function packed(
  rows: i32,
  k: i32,
  a: usize,
  b: usize,
  start: usize,
  startRowStride: usize,
  c: usize,
  cRowStride: usize,
): void {
  if (rows <= TILE_ROWS) tileOf(rows, true, k, a, 0, 0, b, start, startRowStride, c, cRowStride);
}

/** Zeros for two panels: where sums start without a bias. */
export const ZEROS: usize = memory.data(64, 16);

/** One panel: result[i, 0..8] = start[i, 0..8] + left [rows, k] times the packed panel `b`. */
export function multiplyPanel(rows: i32, k: i32, left: Matrix, b: usize, start: Matrix, result: Matrix): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  const aRowStride = left.rowStride;
  const aKStride = left.columnStride;
  const startRowStride = start.rowStride;
  const cRowStride = result.rowStride;
  let a = left.address;
  let first = start.address;
  let c = result.address;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    if (aKStride === PACKED) {
      multiplyPackedTile(height, k, a, b, first, startRowStride, c, cRowStride);
      a += (<usize>(height * k) << 2) + PANEL_SLACK;
    } else {
      multiplyTile(height, k, a, aRowStride, aKStride, b, first, startRowStride, c, cRowStride);
      a += aRowStride * height;
    }
    c += cRowStride * height;
    first += startRowStride * height;
  }
}
