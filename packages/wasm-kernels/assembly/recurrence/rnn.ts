// The simple recurrent cell: h' = f(x + W h), f tanh or ReLU; x includes both biases.

import { tanh } from '../math';
import { inputAddress, isActive, SequenceCommand, stateStep } from './sequence';
import { TILE_COLUMNS } from '../simd';

export function rnnTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
  relu: bool,
): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  for (let r = 0; r < rows; r++) {
    const row = first + r;
    if (isActive(command, row, t)) {
      const state = (<usize>row * command.stateRow) << 2;
      const next = stateStep(command) * (t + 1) + state + column;
      const x = inputAddress(command, t, row) + column;
      for (let i: usize = 0; i < 32; i += 16) {
        const sum = f32x4.add(v128.load(tile + i), v128.load(x + i));
        // NaN must pass: max of the two returns NaN when either is.
        const h = relu ? f32x4.max(sum, f32x4.splat(0)) : tanh(sum);
        v128.store(command.states + next + i, h);
        if (command.mask) {
          v128.store(
            command.maskedStates + next + i,
            f32x4.mul(h, v128.load(command.mask + state + column + i)),
          );
        }
      }
    }
    tile += 32;
  }
}

/** One row: gradient of h' (`output` and `carried`) to that of the sum before f; nothing of it passes h directly. */
export function rnnBackwardRow(
  paddedHiddenSize: i32,
  gates: usize,
  next: usize,
  output: usize,
  carried: usize,
  relu: bool,
): void {
  const zero = f32x4.splat(0);
  const one = f32x4.splat(1);
  const end = <usize>paddedHiddenSize << 2;
  for (let i: usize = 0; i < end; i += 16) {
    let gradient = v128.load(carried + i);
    if (output) gradient = f32x4.add(gradient, v128.load(output + i));
    const h = v128.load(next + i);
    const slope = f32x4.sub(one, f32x4.mul(h, h));
    v128.store(gates + i, relu ? v128.and(gradient, f32x4.gt(h, zero)) : f32x4.mul(gradient, slope));
    v128.store(carried + i, zero);
  }
}
