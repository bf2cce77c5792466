// Zoneout (Krueger et al. 2017): a unit keeps its old value with a probability p, after the cell's step, whose result is h~ (and c~):
//   training  h_t = h_(t-1) where the step's mask is 0, h~ elsewhere
//   the mean  h_t = h~ + p (h_(t-1) - h~)
// and the same for the c of an LSTM, with a probability of its own.

import { addRow, madd, TILE_ROW_BYTES, VECTOR_BYTES } from '../simd';
import { isActive, rowOffset, SequenceCommand, stepBytes } from './sequence';

@unmanaged
export class Zoneout {
  /** p of h. */
  hidden: f32;
  /** p of c. */
  cell: f32;
  /** [T, N, stateStride], 0 where h keeps its value; or 0: the mean. */
  hiddenMask: usize;
  cellMask: usize;
  /** [T, N, stateStride] each: h~ and c~, which the cell's backward pass needs; or 0. */
  hiddenCandidates: usize;
  cellCandidates: usize;
  /** [N, stateStride] each: the gradient that passes the cell by. */
  hiddenPast: usize;
  cellPast: usize;
}

// @ts-ignore: decorator
@inline
export function zoneoutOf(command: SequenceCommand): Zoneout {
  return changetype<Zoneout>(command.zoneout);
}

/** A step's part of a sequence that may be missing. */
// @ts-ignore: decorator
@inline
export function at(address: usize, offset: usize): usize {
  return address ? address + offset : 0;
}

/** What the cell's step made at `now`, before units kept their values: h~ where there is zoneout. */
// @ts-ignore: decorator
@inline
export function candidateState(command: SequenceCommand, now: usize): usize {
  return command.zoneout ? zoneoutOf(command).hiddenCandidates + now : command.states + now + stepBytes(command);
}

/** The same for c. */
// @ts-ignore: decorator
@inline
export function candidateCell(command: SequenceCommand, now: usize): usize {
  return command.zoneout ? zoneoutOf(command).cellCandidates + now : command.cells + now + stepBytes(command);
}

/** Step t of `rows` rows, units of the blocks `begin` to `end`, once the cell has made their states. */
export function keepValues(command: SequenceCommand, t: i32, first: i32, rows: i32, begin: i32, end: i32): void {
  const zoneout = zoneoutOf(command);
  const column = <usize>begin * TILE_ROW_BYTES;
  const bytes = <usize>(end - begin) * TILE_ROW_BYTES;
  const step = stepBytes(command);
  for (let row = first; row < first + rows; row++) {
    if (!isActive(command, row, t)) continue;
    const unit = rowOffset(command, row) + column;
    const now = step * t + unit;
    const states = command.states + now;
    const hiddenMask = at(zoneout.hiddenMask, now);
    keepRow(states, states + step, zoneout.hidden, hiddenMask, at(zoneout.hiddenCandidates, now), bytes);
    if (command.cells) {
      const cells = command.cells + now;
      keepRow(cells, cells + step, zoneout.cell, at(zoneout.cellMask, now), at(zoneout.cellCandidates, now), bytes);
    }
    if (!command.mask) continue;
    for (let i: usize = 0; i < bytes; i += VECTOR_BYTES) {
      const h = v128.load(states + step + i);
      v128.store(command.maskedStates + now + step + i, f32x4.mul(h, v128.load(command.mask + unit + i)));
    }
  }
}

export function keepRow(old: usize, next: usize, p: f32, mask: usize, candidates: usize, bytes: usize): void {
  if (candidates) memory.copy(candidates, next, bytes);
  const probability = f32x4.splat(p);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += VECTOR_BYTES) {
    const before = v128.load(old + i);
    const candidate = v128.load(next + i);
    const kept = mask
      ? v128.bitselect(before, candidate, f32x4.eq(v128.load(mask + i), zero))
      : madd(probability, f32x4.sub(before, candidate), candidate);
    v128.store(next + i, kept);
  }
}

/** Before the cell's backward step: its gradients become those of h~ and c~; what passes it by is put aside. Blocks `begin` to `end`. */
export function putAside(command: SequenceCommand, t: i32, first: i32, rows: i32, begin: i32, end: i32): void {
  const zoneout = zoneoutOf(command);
  const column = <usize>begin * TILE_ROW_BYTES;
  const bytes = <usize>(end - begin) * TILE_ROW_BYTES;
  for (let row = first; row < first + rows; row++) {
    const offset = rowOffset(command, row) + column;
    const now = stepBytes(command) * t + offset;
    if (!isActive(command, row, t)) {
      memory.fill(zoneout.hiddenPast + offset, 0, bytes);
      if (command.cellGradient) memory.fill(zoneout.cellPast + offset, 0, bytes);
      continue;
    }
    const output = at(command.outputGradients, now);
    const hiddenMask = at(zoneout.hiddenMask, now);
    splitRow(command.stateGradient + offset, output, zoneout.hiddenPast + offset, zoneout.hidden, hiddenMask, bytes);
    if (!command.cellGradient) continue;
    const cellMask = at(zoneout.cellMask, now);
    splitRow(command.cellGradient + offset, 0, zoneout.cellPast + offset, zoneout.cell, cellMask, bytes);
  }
}

export function splitRow(gradient: usize, output: usize, past: usize, p: f32, mask: usize, bytes: usize): void {
  const probability = f32x4.splat(p);
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += VECTOR_BYTES) {
    let sum = v128.load(gradient + i);
    if (output) sum = f32x4.add(sum, v128.load(output + i));
    const kept = mask
      ? v128.and(sum, f32x4.eq(v128.load(mask + i), zero))
      : f32x4.mul(probability, sum);
    v128.store(past + i, kept);
    v128.store(gradient + i, f32x4.sub(sum, kept));
  }
}

/** After the cell's backward step: the gradients of the states before it, with what passed it by. Blocks `begin` to `end`. */
export function addPast(command: SequenceCommand, first: i32, rows: i32, begin: i32, end: i32): void {
  const zoneout = zoneoutOf(command);
  const column = <usize>begin * TILE_ROW_BYTES;
  const bytes = <usize>(end - begin) * TILE_ROW_BYTES;
  for (let row = first; row < first + rows; row++) {
    const offset = rowOffset(command, row) + column;
    addRow(command.stateGradient + offset, zoneout.hiddenPast + offset, bytes);
    if (command.cellGradient) addRow(command.cellGradient + offset, zoneout.cellPast + offset, bytes);
  }
}
