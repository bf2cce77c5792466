// A tile of up to six rows by two panels, for processors and V8 with vectors of 256 bits, where a tile of one panel waits for its own sums:
// six of them, while two multiply-adds can start in a cycle and each takes four. With vectors of 128 bits its sums do not fit the registers.

import { multiplyPackedPair } from '../generated/choose-tile-pair';
import { control } from '../program/command';
import { madd, TILE_ROW_BYTES, TILE_ROWS } from '../simd';
import { Matrix } from './matrix';
import { PACKED, PANEL_SLACK, tileCount } from './packed-rows';
import { put } from './tile';

/**
 * As `packed` of tile.ts for two panels, `bStep` bytes apart, whose results lie `cStep` bytes apart; their sums start 32 bytes apart. Each
 * sum is made in the same order, so it has the same bits.
 */
// @ts-ignore: decorator
@inline
export function packedPair(
  rows: i32,
  k: i32,
  a: usize,
  b: usize,
  bStep: usize,
  start: usize,
  startRowStride: usize,
  c: usize,
  cRowStride: usize,
  cStep: usize,
): void {
  if (!ASC_FEATURE_RELAXED_SIMD) return;
  let l0 = v128.load(start);
  let h0 = v128.load(start, 16);
  let m0 = v128.load(start, 32);
  let i0 = v128.load(start, 48);
  start += startRowStride;
  let l1 = rows > 1 ? v128.load(start) : l0;
  let h1 = rows > 1 ? v128.load(start, 16) : h0;
  let m1 = rows > 1 ? v128.load(start, 32) : l0;
  let i1 = rows > 1 ? v128.load(start, 48) : h0;
  start += startRowStride;
  let l2 = rows > 2 ? v128.load(start) : l0;
  let h2 = rows > 2 ? v128.load(start, 16) : h0;
  let m2 = rows > 2 ? v128.load(start, 32) : l0;
  let i2 = rows > 2 ? v128.load(start, 48) : h0;
  start += startRowStride;
  let l3 = rows > 3 ? v128.load(start) : l0;
  let h3 = rows > 3 ? v128.load(start, 16) : h0;
  let m3 = rows > 3 ? v128.load(start, 32) : l0;
  let i3 = rows > 3 ? v128.load(start, 48) : h0;
  start += startRowStride;
  let l4 = rows > 4 ? v128.load(start) : l0;
  let h4 = rows > 4 ? v128.load(start, 16) : h0;
  let m4 = rows > 4 ? v128.load(start, 32) : l0;
  let i4 = rows > 4 ? v128.load(start, 48) : h0;
  start += startRowStride;
  let l5 = rows > 5 ? v128.load(start) : l0;
  let h5 = rows > 5 ? v128.load(start, 16) : h0;
  let m5 = rows > 5 ? v128.load(start, 32) : l0;
  let i5 = rows > 5 ? v128.load(start, 48) : h0;
  const kStride = <usize>rows << 2;
  a -= kStride;
  b -= TILE_ROW_BYTES;
  let d = b + bStep;
  const end = b + <usize>k * TILE_ROW_BYTES;
  if (b < end) {
    do {
      if (b >= end) break;
      b += TILE_ROW_BYTES;
      d += TILE_ROW_BYTES;
      a += kStride;
      const low = v128.load(b);
      const high = v128.load(b, 16);
      const second = v128.load(d);
      const last = v128.load(d, 16);
      const x0 = v128.load32_splat(a);
      l0 = madd(x0, low, l0);
      h0 = madd(x0, high, h0);
      m0 = madd(x0, second, m0);
      i0 = madd(x0, last, i0);
      if (rows > 1) {
        const x1 = v128.load32_splat(a, 4);
        l1 = madd(x1, low, l1);
        h1 = madd(x1, high, h1);
        m1 = madd(x1, second, m1);
        i1 = madd(x1, last, i1);
      }
      if (rows > 2) {
        const x2 = v128.load32_splat(a, 8);
        l2 = madd(x2, low, l2);
        h2 = madd(x2, high, h2);
        m2 = madd(x2, second, m2);
        i2 = madd(x2, last, i2);
      }
      if (rows > 3) {
        const x3 = v128.load32_splat(a, 12);
        l3 = madd(x3, low, l3);
        h3 = madd(x3, high, h3);
        m3 = madd(x3, second, m3);
        i3 = madd(x3, last, i3);
      }
      if (rows > 4) {
        const x4 = v128.load32_splat(a, 16);
        l4 = madd(x4, low, l4);
        h4 = madd(x4, high, h4);
        m4 = madd(x4, second, m4);
        i4 = madd(x4, last, i4);
      }
      if (rows > 5) {
        const x5 = v128.load32_splat(a, 20);
        l5 = madd(x5, low, l5);
        h5 = madd(x5, high, h5);
        m5 = madd(x5, second, m5);
        i5 = madd(x5, last, i5);
      }
    } while (true);
  }
  const e = c + cStep;
  put(c, l0, h0);
  put(e, m0, i0);
  if (rows > 1) {
    put(c + cRowStride, l1, h1);
    put(e + cRowStride, m1, i1);
  }
  if (rows > 2) {
    put(c + cRowStride * 2, l2, h2);
    put(e + cRowStride * 2, m2, i2);
  }
  if (rows > 3) {
    put(c + cRowStride * 3, l3, h3);
    put(e + cRowStride * 3, m3, i3);
  }
  if (rows > 4) {
    put(c + cRowStride * 4, l4, h4);
    put(e + cRowStride * 4, m4, i4);
  }
  if (rows > 5) {
    put(c + cRowStride * 5, l5, h5);
    put(e + cRowStride * 5, m5, i5);
  }
}

/** Whether products with this left side go by pairs of panels. Never in the module for tfjs, which lies at another address. */
// @ts-ignore: decorator
@inline
export function goesByPairs(left: Matrix): bool {
  return ASC_FEATURE_RELAXED_SIMD && ASC_MEMORY_BASE === 0 && control.wide !== 0 && left.columnStride === PACKED;
}

/** As `multiplyPanel` for the panels at `b` and b + bStep, with results `cStep` bytes apart. The left side is packed. */
export function multiplyPair(
  rows: i32,
  k: i32,
  left: Matrix,
  b: usize,
  bStep: usize,
  start: Matrix,
  result: Matrix,
  cStep: usize,
): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  const startRowStride = start.rowStride;
  const cRowStride = result.rowStride;
  let a = left.address;
  let first = start.address;
  let c = result.address;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    multiplyPackedPair(height, k, a, b, bStep, first, startRowStride, c, cRowStride, cStep);
    a += (<usize>(height * k) << 2) + PANEL_SLACK;
    c += cRowStride * height;
    first += startRowStride * height;
  }
}
