// Packing: matrices rearranged into the order in which tiles read them.

import { Command, claim, finish, participants } from '../program/command';
import { TILE_COLUMNS } from '../simd';

/**
 * B [k, n] into panels [ceil(n / 8)][k][8], columns beyond n zero. Rows and columns may be grouped by gate: element
 * (group, unit) of the packed side, `padded` units per group, comes from index group' * size + unit of the source. There
 * group' = (group + rotation) mod groups; an element is 0 where unit >= size.
 */
@unmanaged
export class PackCommand extends Command {
  source: usize;
  target: usize;
  /** Packed counts: groups * padded. */
  k: i32;
  n: i32;
  /** Strides of the source in elements. */
  kStride: i32;
  nStride: i32;
  kGroup: i32;
  kPadded: i32;
  kGroups: i32;
  kRotation: i32;
  nGroup: i32;
  nPadded: i32;
  nGroups: i32;
  nRotation: i32;
}

export function pack(command: PackCommand): void {
  const panels = (command.n + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const perTask = max(1, (panels + participants() * 4 - 1) / (participants() * 4));
  command.tasks = (panels + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const to = min(panels, (task + 1) * perTask);
    for (let panel = task * perTask; panel < to; panel++) packPanel(command, panel);
    finish(command);
    task = claim(command);
  }
}

function packPanel(command: PackCommand, panel: i32): void {
  const column = panel * TILE_COLUMNS;
  const group = column / command.nPadded;
  const unit = column - group * command.nPadded;
  let sourceGroup = group + command.nRotation;
  if (sourceGroup >= command.nGroups) sourceGroup -= command.nGroups;
  const columns = max(0, min(TILE_COLUMNS, command.nGroup - unit));
  const nStride = <usize>command.nStride << 2;
  const kStride = <usize>command.kStride << 2;
  const source = command.source + <usize>(sourceGroup * command.nGroup + unit) * nStride;
  let target = command.target + <usize>panel * command.k * TILE_COLUMNS * 4;
  let kSource = command.kRotation;
  for (let k = 0; k < command.k; k += command.kPadded) {
    const rows = min(command.kGroup, command.k - k);
    const rowSource = source + kStride * (kSource * command.kGroup);
    if (nStride === 4) packRows(rows, columns, rowSource, kStride, target);
    else packColumns(rows, columns, rowSource, kStride, nStride, target);
    kSource = kSource + 1 === command.kGroups ? 0 : kSource + 1;
    target += rows * TILE_COLUMNS * 4;
    const padding = (min(command.kPadded, command.k - k) - rows) * TILE_COLUMNS * 4;
    memory.fill(target, 0, padding);
    target += padding;
  }
}

/** Columns contiguous in the source. */
function packRows(rows: i32, columns: i32, source: usize, kStride: usize, target: usize): void {
  if (columns === TILE_COLUMNS) {
    for (let k = 0; k < rows; k++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      source += kStride;
      target += TILE_COLUMNS * 4;
    }
    return;
  }
  packColumns(rows, columns, source, kStride, 4, target);
}

/** Any strides; by blocks of four columns by four rows where rows are contiguous in the source (a transposition). */
function packColumns(
  rows: i32,
  columns: i32,
  source: usize,
  kStride: usize,
  nStride: usize,
  target: usize,
): void {
  let k = 0;
  if (kStride === 4 && columns === TILE_COLUMNS) {
    for (; k + 4 <= rows; k += 4) {
      transpose4(source, nStride, target);
      transpose4(source + nStride * 4, nStride, target + 16);
      source += 16;
      target += TILE_COLUMNS * 16;
    }
  }
  for (; k < rows; k++) {
    for (let j = 0; j < TILE_COLUMNS; j++) {
      const value = j < columns ? load<f32>(source + nStride * j) : <f32>0;
      store<f32>(target + (j << 2), value);
    }
    source += kStride;
    target += TILE_COLUMNS * 4;
  }
}

/** Four source rows of four, `stride` bytes apart, into four rows of a panel. */
// @ts-ignore: decorator
@inline
function transpose4(source: usize, stride: usize, target: usize): void {
  const a = v128.load(source);
  const b = v128.load(source + stride);
  const c = v128.load(source + stride * 2);
  const d = v128.load(source + stride * 3);
  const ab0 = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const ab1 = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd0 = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const cd1 = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(target, v128.shuffle<f64>(ab0, cd0, 0, 2));
  v128.store(target, v128.shuffle<f64>(ab0, cd0, 1, 3), 32);
  v128.store(target, v128.shuffle<f64>(ab1, cd1, 0, 2), 64);
  v128.store(target, v128.shuffle<f64>(ab1, cd1, 1, 3), 96);
}
