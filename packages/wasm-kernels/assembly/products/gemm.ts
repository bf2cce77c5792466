// C = alpha * A B + beta * C on packed B, cut by rows or columns of C. The order of each sum over k is fixed, whatever the
// cut, so results do not depend on the number of threads.

import { Command, claim, finish, participants, scratch } from '../program/command';
import { DEPTH, HEIGHT, PACKED, PACKED_BYTES, packRows, pays } from './packed-rows';
import { TILE_COLUMNS, TILE_ROWS } from '../simd';
import { multiplyPanel, ZEROS } from './tile';

@unmanaged
export class GemmCommand extends Command {
  a: usize;
  /** Strides in elements: along rows of C, and along k. */
  aRow: i32;
  aStep: i32;
  /** Packed panels. */
  b: usize;
  /** [n] or 0; needs alpha = 1. */
  bias: usize;
  c: usize;
  cRow: i32;
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
  const c = command.c + ((<usize>row * command.cRow) << 2);
  const rowSums = sums && command.rowSums ? command.rowSums + (row << 2) : 0;
  const a = command.a + ((<usize>row * command.aRow) << 2);
  if (rowSums) {
    for (let i = 0; i < rows; i++) {
      const address = rowSums + (i << 2);
      store<f32>(address, command.beta === 0 ? 0 : load<f32>(address) * command.beta);
    }
  }
  if (command.beta !== 0 && command.beta !== 1) {
    scale(c, command.cRow, rows, from * TILE_COLUMNS, min(command.n, to * TILE_COLUMNS), command.beta);
  }
  multiplyBlock(
    rows,
    command.n,
    from,
    to,
    command.k,
    a,
    command.aRow,
    command.aStep,
    command.b,
    command.bias,
    c,
    command.cRow,
    command.alpha,
    command.beta !== 0,
    rowSums,
  );
}

/** Columns `from` to `to` times `factor`. */
function scale(c: usize, cRow: i32, rows: i32, from: i32, to: i32, factor: f32): void {
  for (let i = 0; i < rows; i++) {
    const line = c + ((<usize>i * cRow) << 2);
    for (let j = from; j < to; j++) {
      const address = line + (<usize>j << 2);
      store<f32>(address, load<f32>(address) * factor);
    }
  }
}

/**
 * A product [rows, n] of which panels `from` to `to` are made, by one thread, block by block over k. Strides in elements.
 * Sums start from c itself when `accumulate`, else from `bias`, or 0. `rowSums`: address to which sums of A's rows are
 * added, or 0.
 */
export function multiplyBlock(
  rows: i32,
  n: i32,
  from: i32,
  to: i32,
  k: i32,
  a: usize,
  aRow: i32,
  aStep: i32,
  b: usize,
  bias: usize,
  c: usize,
  cRow: i32,
  alpha: f32,
  accumulate: bool,
  rowSums: usize,
): void {
  // For a few panels rows contiguous in k are read where they are. So are columns, when few enough lie between two steps of k.
  const inPlace = aStep === 1 ? !pays(to - from) : aRow === 1 && aStep <= 64;
  const packed = rowSums !== 0 || alpha !== 1 || !inPlace;
  const panelStride = <usize>k * TILE_COLUMNS * 4;
  const edge = scratch + PACKED_BYTES;
  let first = 0;
  do {
    const depth = min(DEPTH, k - first);
    const source = a + ((<usize>first * aStep) << 2);
    const panels = b + <usize>first * TILE_COLUMNS * 4;
    const start = first === 0 ? bias : 0;
    const add = accumulate || first > 0;
    if (packed) packRows(rows, depth, source, aRow, aStep, alpha, rowSums);
    // Panels are outermost there, so that one stays in the first-level cache while all rows pass.
    multiplyPanels(
      rows,
      n,
      from,
      to,
      depth,
      packed ? scratch : source,
      <usize>aRow << 2,
      packed ? PACKED : <usize>aStep << 2,
      panels,
      panelStride,
      start,
      c,
      <usize>cRow << 2,
      add,
      edge,
    );
    first += depth;
  } while (first < k);
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
