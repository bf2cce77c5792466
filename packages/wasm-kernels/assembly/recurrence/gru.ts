// The GRU cell. A row of gates holds four blocks, n, r, z and one more. Then both the blocks that the input's weights touch
// (n, r, z) and those that the recurrent weights touch (r, z, last) are contiguous.
//   reset after (PyTorch, cuDNN):   n = tanh(x + r (W h + b))   last block: W h + b
//   reset before (Cho et al. 2014): n = tanh(x + W (r h))       last block: r h
//   r, z = sigmoid(x + W h)         h' = n + z (h - n)

import { gateSigmoid as sigmoid, tanh } from '../math';
import { madd, TILE_COLUMNS, TILE_ROW_BYTES, VECTOR_BYTES } from '../simd';
import {
  enteringStates,
  gateAddress,
  inputAddress,
  isActive,
  rowOffset,
  SequenceCommand,
  stepBytes,
  storeState,
} from './sequence';

/** n = tanh(x + r (W h + b)) */
// @ts-ignore: decorator
@inline
export function gruNewAfter(x: v128, r: v128, product: v128): v128 {
  return tanh(madd(r, product, x));
}

/** n = tanh(x + W (r h)) */
// @ts-ignore: decorator
@inline
export function gruNewBefore(x: v128, product: v128): v128 {
  return tanh(f32x4.add(product, x));
}

/** h' = n + z (h - n) */
// @ts-ignore: decorator
@inline
export function gruState(n: v128, z: v128, h: v128): v128 {
  return madd(z, f32x4.sub(h, n), n);
}

/** Reset after: eight units of a task's rows. In two passes, since n waits for r. */
export function gruAfterTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
): void {
  const slot = <usize>rows * TILE_ROW_BYTES;
  for (let r = 0; r < rows; r++) {
    const product = tile + <usize>r * TILE_ROW_BYTES;
    if (isActive(command, first + r, t)) gatesOfRow(command, t, first + r, block, product, slot);
  }
  for (let r = 0; r < rows; r++) {
    const product = tile + <usize>r * TILE_ROW_BYTES;
    if (isActive(command, first + r, t)) stateOfRow(command, t, first + r, block, product, slot);
  }
}

/** r and z of one row, in place of their products in the tile. */
// @ts-ignore: decorator
@inline
function gatesOfRow(command: SequenceCommand, t: i32, row: i32, block: i32, product: usize, slot: usize): void {
  const gate = <usize>command.paddedHiddenSize << 2;
  const x = inputAddress(command, t, row) + <usize>block * TILE_COLUMNS * 4;
  for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
    const r = sigmoid(f32x4.add(v128.load(product + v), v128.load(x + v + gate)));
    const z = sigmoid(f32x4.add(v128.load(product + v + slot), v128.load(x + v + gate * 2)));
    v128.store(product + v, r);
    v128.store(product + v + slot, z);
  }
}

/** n and h' of one row; keeps what the backward pass needs. */
// @ts-ignore: decorator
@inline
function stateOfRow(command: SequenceCommand, t: i32, row: i32, block: i32, gates: usize, slot: usize): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = <usize>command.paddedHiddenSize << 2;
  const unit = rowOffset(command, row) + column;
  const states = command.states + stepBytes(command) * t + unit;
  const next = stepBytes(command) * (t + 1) + unit;
  const x = inputAddress(command, t, row) + column;
  const kept = gateAddress(command, t, row) + column;
  const keep = command.keepGates !== 0;
  for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
    const r = v128.load(gates + v);
    const z = v128.load(gates + v + slot);
    const product = v128.load(gates + v + slot * 2);
    const n = gruNewAfter(v128.load(x + v), r, product);
    storeState(command, next + v, unit + v, gruState(n, z, v128.load(states + v)));
    if (keep) {
      v128.store(kept + v, n);
      v128.store(kept + v + gate, r);
      v128.store(kept + v + gate * 2, z);
      v128.store(kept + v + gate * 3, product);
    }
  }
}

/** Reset before, first pass: r, z and r h (of the masked h). */
export function gruBeforeResetTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = <usize>command.paddedHiddenSize << 2;
  const slot = <usize>rows * TILE_ROW_BYTES;
  const states = enteringStates(command) + stepBytes(command) * t + column;
  for (let row = first; row < first + rows; row++) {
    const h = states + rowOffset(command, row);
    let x = inputAddress(command, t, row) + column;
    let kept = gateAddress(command, t, row) + column;
    for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
      const r = sigmoid(f32x4.add(v128.load(tile + v), v128.load(x + gate)));
      v128.store(kept + gate, r);
      v128.store(kept + gate * 2, sigmoid(f32x4.add(v128.load(tile + v + slot), v128.load(x + gate * 2))));
      v128.store(kept + gate * 3, f32x4.mul(r, v128.load(h + v)));
      x += VECTOR_BYTES;
      kept += VECTOR_BYTES;
    }
    tile += TILE_ROW_BYTES;
  }
}

/** Reset before, second pass: n and h'. */
export function gruBeforeNewTile(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  tile: usize,
): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = <usize>command.paddedHiddenSize << 2;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) {
      const unit = rowOffset(command, row) + column;
      const states = command.states + stepBytes(command) * t + unit;
      const next = stepBytes(command) * (t + 1) + unit;
      let x = inputAddress(command, t, row) + column;
      let kept = gateAddress(command, t, row) + column;
      for (let v: usize = 0; v < TILE_ROW_BYTES; v += VECTOR_BYTES) {
        const n = gruNewBefore(v128.load(x), v128.load(tile + v));
        v128.store(kept, n);
        const z = v128.load(kept + gate * 2);
        storeState(command, next + v, unit + v, gruState(n, z, v128.load(states + v)));
        x += VECTOR_BYTES;
        kept += VECTOR_BYTES;
      }
    }
    tile += TILE_ROW_BYTES;
  }
}

/**
 * One row, its bytes `from` to `to`, reset after: from the gradient of h' to those of the gates' sums, in place: n, r, z for the input's weights, and
 * last that of W h + b. `carried` becomes what reaches h past the product.
 */
export function gruAfterBackwardRow(
  command: SequenceCommand,
  gates: usize,
  state: usize,
  output: usize,
  carried: usize,
  from: usize,
  to: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>command.paddedHiddenSize << 2;
  for (let i = from; i < to; i += 16) {
    let dh = v128.load(carried + i);
    if (output) dh = f32x4.add(dh, v128.load(output + i));
    const n = v128.load(gates + i);
    const r = v128.load(gates + gate + i);
    const z = v128.load(gates + gate * 2 + i);
    const product = v128.load(gates + gate * 3 + i);
    const dhz = f32x4.mul(dh, z);
    const dn = f32x4.mul(f32x4.sub(dh, dhz), f32x4.sub(one, f32x4.mul(n, n)));
    v128.store(gates + i, dn);
    v128.store(gates + gate + i, f32x4.mul(f32x4.mul(dn, product), f32x4.mul(r, f32x4.sub(one, r))));
    v128.store(
      gates + gate * 2 + i,
      f32x4.mul(f32x4.mul(dhz, f32x4.sub(v128.load(state + i), n)), f32x4.sub(one, z)),
    );
    v128.store(gates + gate * 3 + i, f32x4.mul(dn, r));
    v128.store(carried + i, dhz);
  }
}

/** One row, reset before, first pass: the gradients of n's sum and z's; r stays, and so does r h. */
export function gruBeforeNewBackwardRow(
  command: SequenceCommand,
  gates: usize,
  state: usize,
  output: usize,
  carried: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>command.paddedHiddenSize << 2;
  for (let i: usize = 0; i < gate; i += 16) {
    let dh = v128.load(carried + i);
    if (output) dh = f32x4.add(dh, v128.load(output + i));
    const n = v128.load(gates + i);
    const z = v128.load(gates + gate * 2 + i);
    const dhz = f32x4.mul(dh, z);
    v128.store(gates + i, f32x4.mul(f32x4.sub(dh, dhz), f32x4.sub(one, f32x4.mul(n, n))));
    v128.store(
      gates + gate * 2 + i,
      f32x4.mul(f32x4.mul(dhz, f32x4.sub(v128.load(state + i), n)), f32x4.sub(one, z)),
    );
    v128.store(carried + i, dhz);
  }
}

/**
 * One row, reset before, second pass, given the gradient of r h (`reset`): the gradient of r's sum in place of r; `reset`
 * becomes what reaches the masked h through r h.
 */
export function gruBeforeResetBackwardRow(
  command: SequenceCommand,
  gates: usize,
  state: usize,
  reset: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>command.paddedHiddenSize << 2;
  for (let i: usize = 0; i < gate; i += 16) {
    const r = v128.load(gates + gate + i);
    const gradient = v128.load(reset + i);
    v128.store(
      gates + gate + i,
      f32x4.mul(f32x4.mul(gradient, v128.load(state + i)), f32x4.mul(r, f32x4.sub(one, r))),
    );
    v128.store(reset + i, f32x4.mul(gradient, r));
  }
}
