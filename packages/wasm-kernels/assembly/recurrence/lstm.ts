// The LSTM cell, gates in PyTorch's order i, f, g, o:
//   i, f, o = sigmoid(x + W h)   g = tanh(x + W h)   c' = f c + i g   h' = o tanh(c')

import { gateSigmoid as sigmoid, tanh } from '../math';
import { gateAddress, inputAddress, isActive, SequenceCommand, stateStep } from './sequence';
import { madd, TILE_COLUMNS } from '../simd';

/**
 * Eight units of a task's rows, from the recurrent products in `tile` [4][rows][8]. In two passes: the four gates do not wait
 * for one another, tanh(c') waits for them all, and one loop over both would be as slow as its longest chain.
 */
export function lstmTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
): void {
  const slot = <usize>rows * TILE_COLUMNS * 4;
  for (let r = 0; r < rows; r++) {
    const source = tile + <usize>r * 32;
    if (isActive(command, first + r, t)) lstmGates(command, t, first + r, block, source, slot);
  }
  for (let r = 0; r < rows; r++) {
    const outputGate = tile + slot * 3 + <usize>r * 32;
    if (isActive(command, first + r, t)) lstmState(command, t, first + r, block, outputGate);
  }
}

/** Gates and c' of one row; o replaces its product in the tile. */
// @ts-ignore: decorator
@inline
function lstmGates(command: SequenceCommand, t: i32, row: i32, block: i32, source: usize, slot: usize): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = <usize>command.paddedHiddenSize << 2;
  const now = stateStep(command) * t + ((<usize>row * command.stateRow) << 2) + column;
  const cells = command.cells + now;
  const nextCells = cells + stateStep(command);
  const x = inputAddress(command, t, row) + column;
  const kept = gateAddress(command, t, row) + column;
  const keep = command.keepGates !== 0;
  for (let half: usize = 0; half < 32; half += 16) {
    const i = sigmoid(f32x4.add(v128.load(source + half), v128.load(x + half)));
    const f = sigmoid(f32x4.add(v128.load(source + half + slot), v128.load(x + half + gate)));
    const g = tanh(f32x4.add(v128.load(source + half + slot * 2), v128.load(x + half + gate * 2)));
    const o = sigmoid(f32x4.add(v128.load(source + half + slot * 3), v128.load(x + half + gate * 3)));
    v128.store(nextCells + half, madd(f, v128.load(cells + half), f32x4.mul(i, g)));
    v128.store(source + half + slot * 3, o);
    if (keep) {
      v128.store(kept + half, i);
      v128.store(kept + half + gate, f);
      v128.store(kept + half + gate * 2, g);
      v128.store(kept + half + gate * 3, o);
    }
  }
}

/** h' of one row. */
// @ts-ignore: decorator
@inline
function lstmState(command: SequenceCommand, t: i32, row: i32, block: i32, outputGate: usize): void {
  const state = ((<usize>row * command.stateRow) << 2) + <usize>block * TILE_COLUMNS * 4;
  const next = stateStep(command) * (t + 1) + state;
  for (let half: usize = 0; half < 32; half += 16) {
    const h = f32x4.mul(v128.load(outputGate + half), tanh(v128.load(command.cells + next + half)));
    v128.store(command.states + next + half, h);
    if (command.mask) {
      v128.store(command.maskedStates + next + half, f32x4.mul(h, v128.load(command.mask + state + half)));
    }
  }
}

/**
 * One row: from the gradients of h' (`output` and `carried`) and c' to those of the gates' sums, in place over the gates,
 * and of c. Nothing of h' passes h directly.
 */
export function lstmBackwardRow(
  paddedHiddenSize: i32,
  gates: usize,
  cell: usize,
  nextCell: usize,
  output: usize,
  carried: usize,
  cellGradient: usize,
): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const gate = <usize>paddedHiddenSize << 2;
  for (let n: usize = 0; n < gate; n += 16) {
    let dh = v128.load(carried + n);
    if (output) dh = f32x4.add(dh, v128.load(output + n));
    const i = v128.load(gates + n);
    const f = v128.load(gates + gate + n);
    const g = v128.load(gates + gate * 2 + n);
    const o = v128.load(gates + gate * 3 + n);
    const squashed = tanh(v128.load(nextCell + n));
    const dhO = f32x4.mul(dh, o);
    const dc = madd(dhO, f32x4.sub(one, f32x4.mul(squashed, squashed)), v128.load(cellGradient + n));
    v128.store(gates + n, f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i))));
    v128.store(
      gates + gate + n,
      f32x4.mul(f32x4.mul(dc, v128.load(cell + n)), f32x4.mul(f, f32x4.sub(one, f))),
    );
    v128.store(gates + gate * 2 + n, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))));
    v128.store(gates + gate * 3 + n, f32x4.mul(f32x4.mul(dhO, squashed), f32x4.sub(one, o)));
    v128.store(cellGradient + n, f32x4.mul(dc, f));
    v128.store(carried + n, zero);
  }
}
