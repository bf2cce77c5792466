// The LSTM cell, gates in PyTorch's order i, f, g, o:
//   i, f, o = sigmoid(x + W h)   g = tanh(x + W h)   c' = f c + i g   h' = o tanh(c')
// With peepholes p (Gers and Schmidhuber 2000) p_i c and p_f c are added to the sums of i and f, and p_o c' to that of o.

import { gateSigmoid as sigmoid, tanh } from '../math';
import { madd, TILE_COLUMNS, TILE_ROW_BYTES, VECTOR_BYTES } from '../simd';
import {
  gateAddress,
  inputAddress,
  isActive,
  rowOffset,
  SequenceCommand,
  stepBytes,
  storeState,
} from './sequence';

/** c' = f c + i g */
// @ts-ignore: decorator
@inline
export function lstmCell(i: v128, f: v128, g: v128, c: v128): v128 {
  return madd(f, c, f32x4.mul(i, g));
}

/** h' = o tanh(c') */
// @ts-ignore: decorator
@inline
export function lstmState(o: v128, c: v128): v128 {
  return f32x4.mul(o, tanh(c));
}

/**
 * Eight units of a task's rows, from the recurrent products in `tile` [4][rows][8]. In two passes: the four gates do not wait
 * for one another, tanh(c') waits for them all, and one loop over both would be as slow as its longest chain.
 */
export function lstmTile(command: SequenceCommand, t: i32, first: i32, rows: i32, block: i32, tile: usize): void {
  // V8 reads a field again after each store: what all rows share is read once.
  const slot = <usize>rows * TILE_ROW_BYTES;
  const column = <usize>block * TILE_ROW_BYTES;
  const gate = <usize>command.paddedHiddenSize << 2;
  const step = stepBytes(command);
  const stateBytes = rowOffset(command, 1);
  const gateBytes = <usize>command.gateStride << 2;
  const keep = command.keepGates !== 0;
  const peepholes = command.peepholes ? command.peepholes + column : 0;
  const unit = rowOffset(command, first) + column;
  const firstCells = command.cells + step * t + unit;
  let cells = firstCells;
  let kept = gateAddress(command, t, first) + column;
  let product = tile;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) {
      const x = inputAddress(command, t, row) + column;
      gatesOfRow(x, product, slot, gate, cells, cells + step, peepholes, keep ? kept : 0);
    }
    cells += stateBytes;
    kept += gateBytes;
    product += TILE_ROW_BYTES;
  }
  // h' waits for the norm of all c'.
  if (command.norm) return;
  cells = firstCells + step;
  let next = step * (t + 1) + unit;
  let inMask = unit;
  let outputGate = tile + slot * 3;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) {
      for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
        storeState(command, next + v, inMask + v, lstmState(v128.load(outputGate + v), v128.load(cells + v)));
      }
    }
    cells += stateBytes;
    next += stateBytes;
    inMask += stateBytes;
    outputGate += TILE_ROW_BYTES;
  }
}

/** Gates and c' of one row; o replaces its product in the tile. `peepholes`, `kept`: 0 for none. */
// @ts-ignore: decorator
@inline
function gatesOfRow(
  x: usize,
  product: usize,
  slot: usize,
  gate: usize,
  cells: usize,
  nextCells: usize,
  peepholes: usize,
  kept: usize,
): void {
  for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
    let si = f32x4.add(v128.load(product + v), v128.load(x + v));
    let sf = f32x4.add(v128.load(product + v + slot), v128.load(x + v + gate));
    let so = f32x4.add(v128.load(product + v + slot * 3), v128.load(x + v + gate * 3));
    if (peepholes) {
      const before = v128.load(cells + v);
      si = madd(v128.load(peepholes + v), before, si);
      sf = madd(v128.load(peepholes + v + gate), before, sf);
    }
    const i = sigmoid(si);
    const f = sigmoid(sf);
    const g = tanh(f32x4.add(v128.load(product + v + slot * 2), v128.load(x + v + gate * 2)));
    const c = lstmCell(i, f, g, v128.load(cells + v));
    if (peepholes) so = madd(v128.load(peepholes + v + gate * 2), c, so);
    const o = sigmoid(so);
    v128.store(nextCells + v, c);
    v128.store(product + v + slot * 3, o);
    if (kept) {
      v128.store(kept + v, i);
      v128.store(kept + v + gate, f);
      v128.store(kept + v + gate * 2, g);
      v128.store(kept + v + gate * 3, o);
    }
  }
}

/**
 * One row, its bytes `from` to `to`: from the gradients of h' (`output` and `carried`) and c' to those of the gates' sums, in place over the gates,
 * and of c. Nothing of h' passes h directly.
 * @param sums with peepholes: receives what their gradients are sums of
 * @param throughNorm with a norm of c', the gradient of c' through it; that of o's sum then stands in place of o. Or 0
 */
export function lstmBackwardRow(
  command: SequenceCommand,
  gates: usize,
  cell: usize,
  nextCell: usize,
  output: usize,
  carried: usize,
  cellGradient: usize,
  sums: usize,
  throughNorm: usize,
  from: usize,
  to: usize,
): void {
  const peepholes = command.peepholes;
  const one = f32x4.splat(1);
  const zero = f32x4.splat(0);
  const gate = <usize>command.paddedHiddenSize << 2;
  for (let n = from; n < to; n += 16) {
    const i = v128.load(gates + n);
    const f = v128.load(gates + gate + n);
    const g = v128.load(gates + gate * 2 + n);
    const o = v128.load(gates + gate * 3 + n);
    let dc = v128.load(cellGradient + n);
    let outputGate = o;
    if (throughNorm) {
      dc = f32x4.add(dc, v128.load(throughNorm + n));
    } else {
      let dh = v128.load(carried + n);
      if (output) dh = f32x4.add(dh, v128.load(output + n));
      const squashed = tanh(v128.load(nextCell + n));
      const dhO = f32x4.mul(dh, o);
      dc = madd(dhO, f32x4.sub(one, f32x4.mul(squashed, squashed)), dc);
      outputGate = f32x4.mul(f32x4.mul(dhO, squashed), f32x4.sub(one, o));
    }
    if (peepholes) dc = madd(v128.load(peepholes + gate * 2 + n), outputGate, dc);
    const inputGate = f32x4.mul(f32x4.mul(dc, g), f32x4.mul(i, f32x4.sub(one, i)));
    const forgetGate = f32x4.mul(f32x4.mul(dc, v128.load(cell + n)), f32x4.mul(f, f32x4.sub(one, f)));
    let before = f32x4.mul(dc, f);
    if (peepholes) {
      before = madd(v128.load(peepholes + n), inputGate, before);
      before = madd(v128.load(peepholes + gate + n), forgetGate, before);
      v128.store(sums + n, f32x4.mul(inputGate, v128.load(cell + n)));
      v128.store(sums + gate + n, f32x4.mul(forgetGate, v128.load(cell + n)));
      v128.store(sums + gate * 2 + n, f32x4.mul(outputGate, v128.load(nextCell + n)));
    }
    v128.store(gates + n, inputGate);
    v128.store(gates + gate + n, forgetGate);
    v128.store(gates + gate * 2 + n, f32x4.mul(f32x4.mul(dc, i), f32x4.sub(one, f32x4.mul(g, g))));
    v128.store(gates + gate * 3 + n, outputGate);
    v128.store(cellGradient + n, before);
    v128.store(carried + n, zero);
  }
}
