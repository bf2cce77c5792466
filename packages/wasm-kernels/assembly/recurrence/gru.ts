// The GRU cell. A row of gates holds four blocks, n, r, z and one more, so that what the input's weights touch (n, r, z)
// and what the recurrent weights touch (r, z, last) are both contiguous.
//   reset after (PyTorch, cuDNN):   n = tanh(x + r (W h + b))   last block: W h + b
//   reset before (Cho et al. 2014): n = tanh(x + W (r h))       last block: r h
//   r, z = sigmoid(x + W h)         h' = n + z (h - n)

import { gateSigmoid as sigmoid, tanh } from '../math';
import { gateAddress, inputAddress, isActive, SequenceCommand, stateStep } from './sequence';
import { madd, TILE_COLUMNS } from '../simd';

/** Reset after: eight units of a task's rows. In two passes, since n waits for r. */
export function gruAfterTile(
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
    if (isActive(command, first + r, t)) gruGates(command, t, first + r, block, source, slot);
  }
  for (let r = 0; r < rows; r++) {
    const source = tile + <usize>r * 32;
    if (isActive(command, first + r, t)) gruAfterState(command, t, first + r, block, source, slot);
  }
}

/** r and z of one row, in place of their products in the tile. */
// @ts-ignore: decorator
@inline
function gruGates(command: SequenceCommand, t: i32, row: i32, block: i32, source: usize, slot: usize): void {
  const gate = <usize>command.paddedHiddenSize << 2;
  const x = inputAddress(command, t, row) + <usize>block * TILE_COLUMNS * 4;
  for (let half: usize = 0; half < 32; half += 16) {
    const r = sigmoid(f32x4.add(v128.load(source + half), v128.load(x + half + gate)));
    const z = sigmoid(f32x4.add(v128.load(source + half + slot), v128.load(x + half + gate * 2)));
    v128.store(source + half, r);
    v128.store(source + half + slot, z);
  }
}

/** n and h' of one row; keeps what the backward pass needs. */
// @ts-ignore: decorator
@inline
function gruAfterState(
  command: SequenceCommand,
  t: i32,
  row: i32,
  block: i32,
  source: usize,
  slot: usize,
): void {
  const column = <usize>block * TILE_COLUMNS * 4;
  const gate = <usize>command.paddedHiddenSize << 2;
  const state = ((<usize>row * command.stateRow) << 2) + column;
  const now = stateStep(command) * t + state;
  const x = inputAddress(command, t, row) + column;
  const kept = gateAddress(command, t, row) + column;
  const keep = command.keepGates !== 0;
  for (let half: usize = 0; half < 32; half += 16) {
    const r = v128.load(source + half);
    const z = v128.load(source + half + slot);
    const product = v128.load(source + half + slot * 2);
    const n = tanh(madd(r, product, v128.load(x + half)));
    keepState(command, now + half, state + half, n, z);
    if (keep) {
      v128.store(kept + half, n);
      v128.store(kept + half + gate, r);
      v128.store(kept + half + gate * 2, z);
      v128.store(kept + half + gate * 3, product);
    }
  }
}

/** Reset before, first half: r, z and r h (of the masked h). */
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
  const slot = <usize>rows * TILE_COLUMNS * 4;
  const states = command.mask ? command.maskedStates : command.states;
  for (let row = first; row < first + rows; row++) {
    const state = ((<usize>row * command.stateRow) << 2) + column;
    const now = stateStep(command) * t + state;
    let x = inputAddress(command, t, row) + column;
    let kept = gateAddress(command, t, row) + column;
    for (let half: usize = 0; half < 32; half += 16) {
      const r = sigmoid(f32x4.add(v128.load(tile + half), v128.load(x + gate)));
      v128.store(kept + gate, r);
      v128.store(
        kept + gate * 2,
        sigmoid(f32x4.add(v128.load(tile + half + slot), v128.load(x + gate * 2))),
      );
      v128.store(kept + gate * 3, f32x4.mul(r, v128.load(states + now + half)));
      x += 16;
      kept += 16;
    }
    tile += 32;
  }
}

/** Reset before, second half: n and h'. */
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
      const state = ((<usize>row * command.stateRow) << 2) + column;
      const now = stateStep(command) * t + state;
      let x = inputAddress(command, t, row) + column;
      let kept = gateAddress(command, t, row) + column;
      for (let half: usize = 0; half < 32; half += 16) {
        const n = tanh(f32x4.add(v128.load(tile + half), v128.load(x)));
        v128.store(kept, n);
        keepState(command, now + half, state + half, n, v128.load(kept + gate * 2));
        x += 16;
        kept += 16;
      }
    }
    tile += 32;
  }
}

/** h' = n + z (h - n), kept masked as well where there is a mask. */
// @ts-ignore: decorator
@inline
function keepState(command: SequenceCommand, now: usize, state: usize, n: v128, z: v128): void {
  const h = v128.load(command.states + now);
  const next = madd(z, f32x4.sub(h, n), n);
  const target = now + stateStep(command);
  v128.store(command.states + target, next);
  if (command.mask) {
    v128.store(command.maskedStates + target, f32x4.mul(next, v128.load(command.mask + state)));
  }
}

/**
 * One row, reset after: from the gradient of h' to those of the gates' sums, in place: n, r, z for the input's weights, and
 * last that of W h + b. `carried` becomes what reaches h past the product.
 */
export function gruAfterBackwardRow(
  paddedHiddenSize: i32,
  gates: usize,
  state: usize,
  output: usize,
  carried: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>paddedHiddenSize << 2;
  for (let i: usize = 0; i < gate; i += 16) {
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

/** One row, reset before, first half: the gradients of n's sum and z's; r stays, and so does r h. */
export function gruBeforeNewBackwardRow(
  paddedHiddenSize: i32,
  gates: usize,
  state: usize,
  output: usize,
  carried: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>paddedHiddenSize << 2;
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
 * One row, reset before, second half, given the gradient of r h (`reset`): the gradient of r's sum in place of r; `reset`
 * becomes what reaches the masked h through r h.
 */
export function gruBeforeResetBackwardRow(
  paddedHiddenSize: i32,
  gates: usize,
  state: usize,
  reset: usize,
): void {
  const one = f32x4.splat(1);
  const gate = <usize>paddedHiddenSize << 2;
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
