// C = alpha * A B + beta * C on packed B, cut by rows or columns of C. The order of each sum over k is fixed, whatever the
// cut, so results do not depend on the number of threads.

import { Command, claim, finish, participants, scratch } from '../program/command';
import { TILE_COLUMNS, TILE_ROW_BYTES, TILE_ROWS } from '../simd';
import { left, Product, product, result, start } from './matrix';
import { DEPTH, HEIGHT, PACKED, PACKED_BYTES, packingPays, packRows } from './packed-rows';
import { multiplyPanel, ZEROS } from './tile';
import { goesByPairs, multiplyPair } from './tile-pair';

@unmanaged
export class GemmCommand extends Command {
  a: usize;
  /** Strides in elements: along rows of C, and along k. */
  aRowStride: i32;
  aKStride: i32;
  /** Packed panels, from the first row that counts. */
  b: usize;
  /** Rows of a panel, k or more; 0: k. */
  panelRows: i32;
  /** [n] or 0; needs alpha = 1. */
  bias: usize;
  c: usize;
  cRowStride: i32;
  m: i32;
  n: i32;
  k: i32;
  alpha: f32;
  beta: f32;
  /**
   * [m] or 0: receives the sum of each row of A over k, plus its old value times beta. With n = 0 nothing else happens.
   */
  rowSums: usize;
}

export function gemm(command: GemmCommand): void {
  const threads = participants();
  const m = command.m;
  const panels = (command.n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  // Equal strips, as many as a multiple of the threads; columns are cut as well when there are too few rows.
  let strips = threads * ((m + threads * HEIGHT - 1) / (threads * HEIGHT));
  let cuts = 1;
  if (m < threads * TILE_ROWS) {
    strips = (m + HEIGHT - 1) / HEIGHT;
    cuts = max(1, min(panels, threads));
  }
  const height = (m + strips - 1) / strips;
  strips = (m + height - 1) / height;
  const width = max(1, (panels + cuts - 1) / cuts);
  cuts = max(1, (panels + width - 1) / width);
  command.tasks = strips * cuts;
  let task = claim(command);
  while (task < command.tasks) {
    const strip = task / cuts;
    const cut = task - strip * cuts;
    const row = strip * height;
    block(command, row, min(height, m - row), cut * width, min(panels, (cut + 1) * width), cut === 0);
    finish(command);
    task = claim(command);
  }
}

/** Rows `row` to row + rows, panels `from` to `to`. */
function block(command: GemmCommand, row: i32, rows: i32, from: i32, to: i32, sums: bool): void {
  const c = command.c + ((<usize>row * command.cRowStride) << 2);
  const rowSums = sums && command.rowSums ? command.rowSums + (row << 2) : 0;
  if (rowSums) {
    for (let i = 0; i < rows; i++) {
      const address = rowSums + (i << 2);
      store<f32>(address, command.beta === 0 ? 0 : load<f32>(address) * command.beta);
    }
  }
  if (command.beta !== 0 && command.beta !== 1) {
    scale(c, command.cRowStride, rows, from * TILE_COLUMNS, min(command.n, to * TILE_COLUMNS), command.beta);
  }
  const part = product();
  part.a = command.a + ((<usize>row * command.aRowStride) << 2);
  part.aRowStride = command.aRowStride;
  part.aKStride = command.aKStride;
  part.b = command.b;
  part.panelRows = command.panelRows;
  part.bias = command.bias;
  part.c = c;
  part.cRowStride = command.cRowStride;
  part.rows = rows;
  part.columns = command.n;
  part.k = command.k;
  part.alpha = command.alpha;
  part.accumulate = command.beta !== 0;
  part.rowSums = rowSums;
  multiply(part, from, to);
}

/** Columns `from` to `to` times `factor`. */
function scale(c: usize, cRowStride: i32, rows: i32, from: i32, to: i32, factor: f32): void {
  for (let i = 0; i < rows; i++) {
    const line = c + ((<usize>i * cRowStride) << 2);
    for (let j = from; j < to; j++) {
      const address = line + (<usize>j << 2);
      store<f32>(address, load<f32>(address) * factor);
    }
  }
}

/** Panels `from` to `to` of a product, by one thread, block by block over k. */
export function multiply(product: Product, from: i32, to: i32): void {
  const rows = product.rows;
  const k = product.k;
  const aRowStride = product.aRowStride;
  const aKStride = product.aKStride;
  const alpha = product.alpha;
  const rowSums = product.rowSums;
  // For a few panels rows contiguous in k are read where they are. So are columns, when few enough lie between two steps of k.
  const inPlace = aKStride === 1 ? !packingPays(to - from) : aRowStride === 1 && aKStride <= 64;
  const packed = rowSums !== 0 || alpha !== 1 || !inPlace;
  let first = 0;
  do {
    const depth = min(DEPTH, k - first);
    const a = product.a + ((<usize>first * aKStride) << 2);
    if (packed) {
      packRows(rows, depth, a, aRowStride, aKStride, alpha, rowSums);
      left().set(scratch, 0);
      left().columnStride = PACKED;
    } else {
      left().set(a, <usize>aRowStride << 2);
      left().columnStride = <usize>aKStride << 2;
    }
    multiplyPanels(product, from, to, first, depth);
    first += depth;
  } while (first < k);
}

/**
 * Steps `first` to first + depth of k; the view `left` has them. Panels are outermost, so that one stays in the first-level
 * cache while all rows pass.
 */
// @ts-ignore: decorator
@inline
function multiplyPanels(product: Product, from: i32, to: i32, first: i32, depth: i32): void {
  const rows = product.rows;
  const stride = <usize>product.cRowStride << 2;
  const accumulate = product.accumulate || first > 0;
  const panelBytes = <usize>(product.panelRows ? product.panelRows : product.k) * TILE_COLUMNS * 4;
  const edge = scratch + PACKED_BYTES;
  const pairs = goesByPairs(left());
  for (let panel = from; panel < to; panel++) {
    const column = panel * TILE_COLUMNS;
    const b = product.b + <usize>first * TILE_COLUMNS * 4 + panelBytes * panel;
    const c = product.c + (<usize>column << 2);
    const bias = first === 0 && product.bias ? product.bias + (<usize>column << 2) : ZEROS;
    // A last panel that is not whole is made aside, because C has no room for it.
    const columns = product.columns - column;
    const isWhole = columns >= TILE_COLUMNS;
    const adds = accumulate && isWhole;
    start().set(adds ? c : bias, adds ? stride : 0);
    result().set(isWhole ? c : edge, isWhole ? stride : TILE_ROW_BYTES);
    if (pairs && panel + 1 < to && columns >= 2 * TILE_COLUMNS) {
      multiplyPair(rows, depth, left(), b, panelBytes, start(), result(), TILE_ROW_BYTES);
      panel++;
      continue;
    }
    multiplyPanel(rows, depth, left(), b, start(), result());
    if (!isWhole) copyEdge(rows, columns, edge, c, stride, accumulate);
  }
}

/** The first columns of a panel, to or onto C. */
// @ts-ignore: decorator
@inline
function copyEdge(rows: i32, columns: i32, edge: usize, c: usize, stride: usize, accumulate: bool): void {
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < <usize>columns << 2; j += 4) {
      const value = load<f32>(edge + j);
      store<f32>(c + j, accumulate ? load<f32>(c + j) + value : value);
    }
    edge += TILE_ROW_BYTES;
    c += stride;
  }
}
