// C = alpha * A B + beta * C on packed B, cut by rows or columns of C. The order of each sum over k is fixed, whatever the
// cut, so results do not depend on the number of threads.

import { Command, claim, finish, participants, scratch } from './command';
import { multiplyPanels, tileCount } from './multiply';
import { TILE_COLUMNS, TILE_ROWS } from './simd';

/** Depth of a block: a panel of it (16 KiB) stays in the first-level cache. */
const DEPTH: i32 = 512;
/** Rows of a block: packed (240 KiB) it stays in the second-level cache. */
const HEIGHT: i32 = 120;
/** A packed panel of A is written a whole vector pair at a time; what overruns lands here. */
const PANEL_SLACK: usize = 32;

/** Bytes of scratch for one packed block of A: heights, depth, slack. */
const PACKED: usize = <usize>(HEIGHT * DEPTH * 4) + <usize>(HEIGHT + 1) * PANEL_SLACK;

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
  // Rows contiguous in k are read where they are. So are columns, when few enough lie between two steps of k.
  const packed = rowSums !== 0 || alpha !== 1 || (aStep !== 1 && !(aRow === 1 && aStep <= 64));
  const panelStride = <usize>k * TILE_COLUMNS * 4;
  const edge = scratch + PACKED;
  let first = 0;
  do {
    const depth = min(DEPTH, k - first);
    const source = a + ((<usize>first * aStep) << 2);
    const panels = b + <usize>first * TILE_COLUMNS * 4;
    const start = first === 0 ? bias : 0;
    const add = accumulate || first > 0;
    if (packed) {
      packRows(rows, depth, source, aRow, aStep, alpha, rowSums);
      multiplyPacked(rows, n, from, to, depth, panels, panelStride, start, c, cRow, add, edge);
    } else {
      multiplyPanels(
        rows,
        n,
        from,
        to,
        depth,
        source,
        <usize>aRow << 2,
        <usize>aStep << 2,
        panels,
        panelStride,
        start,
        c,
        <usize>cRow << 2,
        add,
        edge,
      );
    }
    first += depth;
  } while (first < k);
}

/** Panels outermost, so that one stays in the first-level cache while all packed rows pass. */
function multiplyPacked(
  rows: i32,
  n: i32,
  from: i32,
  to: i32,
  depth: i32,
  b: usize,
  panelStride: usize,
  bias: usize,
  c: usize,
  cRow: i32,
  accumulate: bool,
  edge: usize,
): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  for (let panel = from; panel < to; panel++) {
    let a = scratch;
    let target = c;
    for (let i = 0; i < tiles; i++) {
      const height = low + i32(i < higher);
      multiplyPanels(
        height,
        n,
        panel,
        panel + 1,
        depth,
        a,
        4,
        <usize>height << 2,
        b,
        panelStride,
        bias,
        target,
        <usize>cRow << 2,
        accumulate,
        edge,
      );
      a += (<usize>height * depth << 2) + PANEL_SLACK;
      target += (<usize>height * cRow) << 2;
    }
  }
}

/** Rows of A into scratch: tile by tile, [depth][height] each. */
function packRows(rows: i32, depth: i32, a: usize, aRow: i32, aStep: i32, alpha: f32, rowSums: usize): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  const step = <usize>aStep << 2;
  if (aRow !== 1 || alpha !== 1) {
    packStrided(rows, depth, a, aRow, aStep, alpha, rowSums);
    return;
  }
  for (let k = 0; k < depth; k++) {
    let source = a;
    let target = scratch;
    for (let i = 0; i < tiles; i++) {
      const height = <usize>(low + i32(i < higher));
      const address = target + ((height * k) << 2);
      v128.store(address, v128.load(source));
      if (TILE_ROWS > 4) v128.store(address, v128.load(source, 16), 16);
      source += height << 2;
      target += ((height * depth) << 2) + PANEL_SLACK;
    }
    if (rowSums) addRow(rowSums, a, rows);
    a += step;
  }
}

// @ts-ignore: decorator
@inline
function addRow(sums: usize, source: usize, count: i32): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const offset = <usize>i << 2;
    v128.store(sums + offset, f32x4.add(v128.load(sums + offset), v128.load(source + offset)));
  }
  for (; i < count; i++) {
    const offset = <usize>i << 2;
    store<f32>(sums + offset, load<f32>(sums + offset) + load<f32>(source + offset));
  }
}

function packStrided(rows: i32, depth: i32, a: usize, aRow: i32, aStep: i32, alpha: f32, rowSums: usize): void {
  const tiles = tileCount(rows);
  const low = rows / tiles;
  const higher = rows - low * tiles;
  let target = scratch;
  let row = 0;
  for (let i = 0; i < tiles; i++) {
    const height = low + i32(i < higher);
    for (let r = 0; r < height; r++) {
      let source = a + ((<usize>(row + r) * aRow) << 2);
      let address = target + (<usize>r << 2);
      let sum: f32 = rowSums ? load<f32>(rowSums + (<usize>(row + r) << 2)) : 0;
      for (let k = 0; k < depth; k++) {
        const value = load<f32>(source);
        store<f32>(address, value * alpha);
        sum += value;
        source += <usize>aStep << 2;
        address += <usize>height << 2;
      }
      if (rowSums) store<f32>(rowSums + (<usize>(row + r) << 2), sum);
    }
    row += height;
    target += ((<usize>height * depth) << 2) + PANEL_SLACK;
  }
}
