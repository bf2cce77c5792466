// The simple recurrent cell: h' = f(x + W h), f tanh or ReLU; x includes both biases.

import { tanh } from '../math';
import { TILE_COLUMNS, TILE_ROW_BYTES, VECTOR_BYTES } from '../simd';
import { Cell } from './cell';
import { inputAddress, isActive, rowOffset, SequenceCommand, stepBytes, storeState } from './sequence';

/** h' from x + W h. NaN passes: max of two numbers returns NaN when either is. */
// @ts-ignore: decorator
@inline
export function rnnState(sum: v128, cell: i32): v128 {
  return cell === Cell.RELU ? f32x4.max(sum, f32x4.splat(0)) : tanh(sum);
}

/** Eight units of a task's rows, from the recurrent products in `tile` [rows][8]. */
export function rnnTile(command: SequenceCommand, t: i32, first: i32, rows: i32, block: i32, tile: usize): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const cell = command.cell;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) {
      const unit = rowOffset(command, row) + column;
      const next = stepBytes(command) * (t + 1) + unit;
      const x = inputAddress(command, t, row) + column;
      for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
        const sum = f32x4.add(v128.load(tile + v), v128.load(x + v));
        storeState(command, next + v, unit + v, rnnState(sum, cell));
      }
    }
    tile += TILE_ROW_BYTES;
  }
}

/**
 * One row, its bytes `from` to `to`: gradient of h' (`output` and `carried`) to that of the sum before f; nothing of it passes h
 * directly.
 */
export function rnnBackwardRow(
  command: SequenceCommand,
  gates: usize,
  next: usize,
  output: usize,
  carried: usize,
  from: usize,
  to: usize,
): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const isRelu = command.cell === Cell.RELU;
  for (let i = from; i < to; i += 16) {
    let gradient = v128.load(carried + i);
    if (output) gradient = f32x4.add(gradient, v128.load(output + i));
    const h = v128.load(next + i);
    const slope = f32x4.sub(one, f32x4.mul(h, h));
    v128.store(gates + i, isRelu ? v128.and(gradient, f32x4.gt(h, zero)) : f32x4.mul(gradient, slope));
    v128.store(carried + i, zero);
  }
}
