// The LSTM cell, gates in PyTorch's order i, f, g, o:
//   i, f, o = sigmoid(x + W h)   g = tanh(x + W h)   c' = f c + i g   h' = o tanh(c')

import { gateAddress, inputAddress } from './contribution';
import { sigmoid, tanh } from './math';
import { isActive, SequenceCommand, stateStep } from './sequence';
import { madd, TILE_COLUMNS } from './simd';

export function lstmTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = (<usize>command.units) << 2;
  const slot = <usize>rows * TILE_COLUMNS * 4;
  for (let r = 0; r < rows; r++) {
    const row = first + r;
    if (isActive(command, row, t)) {
      const state = ((<usize>row * command.stateRow) << 2) + column;
      const now = stateStep(command) * t + state;
      const next = now + stateStep(command);
      let x = inputAddress(command, t, row) + column;
      let kept = gateAddress(command, t, row) + column;
      for (let half: usize = 0; half < 32; half += 16) {
        const source = tile + half;
        const i = sigmoid(f32x4.add(v128.load(source), v128.load(x)));
        const f = sigmoid(f32x4.add(v128.load(source + slot), v128.load(x + gate)));
        const g = tanh(f32x4.add(v128.load(source + slot * 2), v128.load(x + gate * 2)));
        const o = sigmoid(f32x4.add(v128.load(source + slot * 3), v128.load(x + gate * 3)));
        const c = madd(f, v128.load(command.cells + now + half), f32x4.mul(i, g));
        const h = f32x4.mul(o, tanh(c));
        v128.store(command.cells + next + half, c);
        v128.store(command.states + next + half, h);
        if (command.keepGates) {
          v128.store(kept, i);
          v128.store(kept + gate, f);
          v128.store(kept + gate * 2, g);
          v128.store(kept + gate * 3, o);
        }
        if (command.mask) {
          v128.store(
            command.maskedStates + next + half,
            f32x4.mul(h, v128.load(command.mask + state + half)),
          );
        }
        x += 16;
        kept += 16;
      }
    }
    tile += 32;
  }
}

/**
 * One row: from the gradients of h' (`output` and `carried`) and c' to those of the gates' sums, in place over the gates,
 * and of c. Nothing of h' passes h directly.
 */
export function lstmBackwardRow(
  units: i32,
  gates: usize,
  cell: usize,
  nextCell: usize,
  output: usize,
  carried: usize,
  cellGradient: usize,
): void {
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const gate = (<usize>units) << 2;
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
