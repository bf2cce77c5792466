// Rows of A, packed into a thread's scratch memory tile by tile, [k][rows of the tile] each: the order in which a tile reads.

import { scratch } from '../program/command';
import { fetch } from '../program/fetch';
import { TILE_ROWS } from '../simd';

/** Depth of a block: a panel of it (16 KiB) stays in the first-level cache. */
export const DEPTH: i32 = 512;
/** Rows of a block: packed (240 KiB) it stays in the second-level cache. */
export const HEIGHT: i32 = 120;
/** A packed tile is written a whole vector pair at a time; what overruns lands here. */
export const PANEL_SLACK: usize = 32;
/** Bytes of scratch for one packed block: heights, depth, slack. */
export const PACKED_BYTES: usize = <usize>(HEIGHT * DEPTH * 4) + <usize>(HEIGHT + 1) * PANEL_SLACK;
/** As the column stride of a view, which else is a multiple of four bytes: rows are packed. */
export const PACKED: usize = 1;
/** Steps of k whose memory is fetched before they are packed: with 120 rows, 8 KiB of the first-level cache. */
const AHEAD: i32 = 16;
/** Panels for which packing contiguous rows costs less than it saves. */
const LEAST_PANELS: i32 = 16;

/** Whether to pack rows that are contiguous in k before `panels` panels pass over them. */
// @ts-ignore: decorator
@inline
export function packingPays(panels: i32): bool {
  return panels >= LEAST_PANELS;
}

/** Whether `rows` rows of depth k fit the scratch memory at once. */
// @ts-ignore: decorator
@inline
export function fitsScratch(rows: i32, k: i32): bool {
  return rows <= HEIGHT && rows * k <= HEIGHT * DEPTH;
}

/** How many tiles cover `rows` rows; their heights differ by one at most, so none is wastefully low. */
// @ts-ignore: decorator
@inline
export function tileCount(rows: i32): i32 {
  return (rows + TILE_ROWS - 1) / TILE_ROWS;
}

/**
 * Packs a block of rows times alpha; strides in elements. `rowSums`: address to which sums of the rows are added, or 0.
 */
export function packRows(
  rows: i32,
  depth: i32,
  a: usize,
  aRowStride: i32,
  aKStride: i32,
  alpha: f32,
  rowSums: usize,
): void {
  if (aKStride === 1 && alpha === 1 && rowSums === 0) packContiguous(rows, depth, a, <usize>aRowStride << 2);
  else if (aRowStride === 1 && alpha === 1) packColumns(rows, depth, a, <usize>aKStride << 2, rowSums);
  else packStrided(rows, depth, a, aRowStride, aKStride, alpha, rowSums);
}

/** Rows contiguous in k, four by four transposed; stride in bytes. */
function packContiguous(rows: i32, depth: i32, a: usize, aRowStride: usize): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  let target = scratch;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    let row = 0;
    if (height >= 4) {
      packFour(depth, a, aRowStride, target, <usize>height << 2);
      row = 4;
    }
    for (; row < height; row++) packOne(depth, a + aRowStride * row, target + (<usize>row << 2), <usize>height << 2);
    a += aRowStride * height;
    target += (<usize>(height * depth) << 2) + PANEL_SLACK;
  }
}

function packFour(depth: i32, a: usize, aRowStride: usize, target: usize, stride: usize): void {
  const b = a + aRowStride;
  const c = b + aRowStride;
  const d = c + aRowStride;
  const end = <usize>depth << 2;
  const vectors = end & ~15;
  let k: usize = 0;
  for (; k < vectors; k += 16) {
    const r0 = v128.load(a + k);
    const r1 = v128.load(b + k);
    const r2 = v128.load(c + k);
    const r3 = v128.load(d + k);
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5);
    const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
    const high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
    v128.store(target, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
    target += stride;
    v128.store(target, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
    target += stride;
    v128.store(target, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5));
    target += stride;
    v128.store(target, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
    target += stride;
  }
  for (; k < end; k += 4) {
    store<f32>(target, load<f32>(a + k));
    store<f32>(target, load<f32>(b + k), 4);
    store<f32>(target, load<f32>(c + k), 8);
    store<f32>(target, load<f32>(d + k), 12);
    target += stride;
  }
}

function packOne(depth: i32, row: usize, target: usize, stride: usize): void {
  const end = row + (<usize>depth << 2);
  for (; row < end; row += 4) {
    store<f32>(target, load<f32>(row));
    target += stride;
  }
}

/** Rows contiguous across; stride in bytes. */
function packColumns(rows: i32, depth: i32, a: usize, aKStride: usize, rowSums: usize): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  for (let k = 0; k < depth; k += AHEAD) {
    const steps = min(AHEAD, depth - k);
    fetch(a, steps, <usize>rows << 2, aKStride);
    let source = a;
    let target = scratch;
    let sums = rowSums;
    for (let i = 0; i < tiles; i++) {
      const height = low + i32(i < higher);
      packSteps(height, steps, source, aKStride, target + (<usize>(height * k) << 2), sums);
      source += <usize>height << 2;
      target += (<usize>(height * depth) << 2) + PANEL_SLACK;
      if (sums) sums += <usize>height << 2;
    }
    a += aKStride * steps;
  }
}

/** One tile's part of a few steps of k. */
function packSteps(height: i32, steps: i32, source: usize, aKStride: usize, target: usize, rowSums: usize): void {
  const stride = <usize>height << 2;
  const end = target + stride * steps;
  let low = f32x4.splat(0);
  let high = low;
  while (target < end) {
    const first = v128.load(source);
    v128.store(target, first);
    low = f32x4.add(low, first);
    if (TILE_ROWS > 4) {
      const second = v128.load(source, 16);
      v128.store(target, second, 16);
      high = f32x4.add(high, second);
    }
    source += aKStride;
    target += stride;
  }
  if (!rowSums) return;
  const sums = scratch + PACKED_BYTES;
  v128.store(sums, low);
  v128.store(sums, high, 16);
  for (let i: usize = 0; i < stride; i += 4) {
    store<f32>(rowSums + i, load<f32>(rowSums + i) + load<f32>(sums + i));
  }
}

function packStrided(rows: i32, depth: i32, a: usize, aRowStride: i32, aKStride: i32, alpha: f32, rowSums: usize): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  let target = scratch;
  let row = 0;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    for (let r = 0; r < height; r++) {
      let source = a + ((<usize>(row + r) * aRowStride) << 2);
      let address = target + (<usize>r << 2);
      let sum: f32 = rowSums ? load<f32>(rowSums + (<usize>(row + r) << 2)) : 0;
      for (let k = 0; k < depth; k++) {
        const value = load<f32>(source);
        store<f32>(address, value * alpha);
        sum += value;
        source += <usize>aKStride << 2;
        address += <usize>height << 2;
      }
      if (rowSums) store<f32>(rowSums + (<usize>(row + r) << 2), sum);
    }
    row += height;
    target += ((<usize>height * depth) << 2) + PANEL_SLACK;
  }
}
