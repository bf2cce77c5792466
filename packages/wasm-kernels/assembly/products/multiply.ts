// Products of a block of rows with packed panels, by one thread.

import { PACKED, PANEL_SLACK, tileCount } from './packed-rows';
import { TILE_COLUMNS } from '../simd';
import { multiplyPackedTile, multiplyTile } from './tile';

/** Eight zeros: where sums start without a bias. */
export const ZEROS: usize = memory.data(32, 16);

/**
 * One panel: c[i, 0..8] for all rows, on top of init. A is addressed by two strides in bytes, or with aStep = PACKED is what
 * `packRows` made.
 */
export function multiplyPanel(
  rows: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  init: usize,
  initRow: usize,
  c: usize,
  cRow: usize,
): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    if (aStep === PACKED) {
      multiplyPackedTile(height, k, a, b, init, initRow, c, cRow);
      a += (<usize>(height * k) << 2) + PANEL_SLACK;
    } else {
      multiplyTile(height, k, a, aRow, aStep, b, init, initRow, c, cRow);
      a += aRow * height;
    }
    c += cRow * height;
    init += initRow * height;
  }
}

/** As `multiplyPanel`, when only `columns` < 8 columns of c exist. `edge`: memory for one panel of c, rows * 32 bytes. */
export function multiplyEdge(
  rows: i32,
  columns: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  init: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  edge: usize,
): void {
  multiplyPanel(rows, k, a, aRow, aStep, b, init, 0, edge, TILE_COLUMNS * 4);
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) {
      const value = load<f32>(edge + j);
      store<f32>(c + j, accumulate ? load<f32>(c + j) + value : value);
    }
    edge += TILE_COLUMNS * 4;
    c += cRow;
  }
}

/**
 * Panels `from` to `to` of a product [rows, columns]. `panelStride`: bytes from one panel of b to the next. Sums start from
 * c itself when `accumulate`, else from `bias`, or 0.
 */
export function multiplyPanels(
  rows: i32,
  columns: i32,
  from: i32,
  to: i32,
  k: i32,
  a: usize,
  aRow: usize,
  aStep: usize,
  b: usize,
  panelStride: usize,
  bias: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  edge: usize,
): void {
  for (let panel = from; panel < to; panel++) {
    const column = panel * TILE_COLUMNS;
    const target = c + (<usize>column << 2);
    const start = bias ? bias + (<usize>column << 2) : ZEROS;
    const source = b + panelStride * panel;
    if (columns - column >= TILE_COLUMNS) {
      const init = accumulate ? target : start;
      multiplyPanel(rows, k, a, aRow, aStep, source, init, accumulate ? cRow : 0, target, cRow);
    } else {
      // With fewer columns the bias is padded.
      multiplyEdge(rows, columns - column, k, a, aRow, aStep, source, start, target, cRow, accumulate, edge);
    }
  }
}
