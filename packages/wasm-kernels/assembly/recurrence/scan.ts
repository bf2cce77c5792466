// minGRU and minLSTM, whose gates see the input only: their sums s at all steps are one product, made beforehand. What
// remains is a scan over time:
//   h' = keep h + renew n,   keep + renew = 1,   n = s_n + 1/2 where s_n > 0, sigmoid(s_n) elsewhere
//   minGRU:  renew = sigmoid(s_z)
//   minLSTM: keep = f / (f + i), renew = i / (f + i), f = sigmoid(s_f), i = sigmoid(s_i)
// Both weights come from powers of e whose largest is 1, as in log space: none overflows, none is a difference, and no sum of
// gates is 0. Since keep is at most 1, the scan itself needs no logarithms: rounding errors fade as the state does.
//
// Units do not meet, so threads share rows and columns, and results do not depend on how. The forward pass keeps the sums; the
// backward pass makes the gates from them again, which costs less than to store and load what it needs.

import { exp } from '../math';
import { beat, claim, finish, participants } from '../program/command';
import { addRow, madd, TILE_COLUMNS, TILE_ROW_BYTES, VECTOR_BYTES } from '../simd';
import { Cell, scanGatesOf } from './cell';
import { gateAddress, inputAddress, isActive, rowOffset, scaleCarried, SequenceCommand, stepBytes } from './sequence';
import { at, keepRow, splitRow, zoneoutOf } from './zoneout';

/** Tasks for each thread, so that one that comes late finds work. */
const TASKS: i32 = 4;

export function scanForward(command: SequenceCommand): void {
  scan(command, false);
}

/** Gradients of the gates' sums in place of the sums, from that of the outputs and of the final state. */
export function scanBackward(command: SequenceCommand): void {
  scan(command, true);
}

// @ts-ignore: decorator
@inline
function scan(command: SequenceCommand, backward: bool): void {
  const batch = command.batch;
  const wanted = participants() * TASKS;
  const rows = max(1, batch / wanted);
  const strips = (batch + rows - 1) / rows;
  // Columns are cut as well when there are too few rows; into lines of the cache, where they last.
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  const most = max(1, min((blocks + 1) / 2, (wanted + strips - 1) / strips));
  const width = (blocks + most - 1) / most;
  const cuts = (blocks + width - 1) / width;
  command.tasks = strips * cuts;
  const steps = command.steps;
  let task = claim(command);
  while (task < command.tasks) {
    const strip = task / cuts;
    const cut = task - strip * cuts;
    const first = strip * rows;
    const last = min(batch, first + rows);
    const from = <usize>(cut * width) * TILE_ROW_BYTES;
    const to = <usize>min(blocks, (cut + 1) * width) * TILE_ROW_BYTES;
    for (let step = 0; step < steps; step++) {
      for (let row = first; row < last; row++) {
        if (backward) {
          backwardRow(command, steps - 1 - step, row, from, to);
          if (step < steps - 1 && command.carriedScale !== 1) scaleCarried(command, row, from, to);
        } else forwardRow(command, step, row, from, to);
      }
      beat(step);
    }
    finish(command);
    task = claim(command);
  }
}

/** Columns of one row, from byte `from` to byte `to`. */
function forwardRow(command: SequenceCommand, t: i32, row: i32, from: usize, to: usize): void {
  const h = command.states + stepBytes(command) * t + rowOffset(command, row);
  const next = h + stepBytes(command);
  if (!isActive(command, row, t)) {
    memory.copy(next + from, h + from, to - from);
    return;
  }
  const sums = inputAddress(command, t, row);
  const gate = <usize>command.paddedHiddenSize << 2;
  if (command.cell === Cell.MIN_GRU) {
    for (let i = from; i < to; i += VECTOR_BYTES) {
      v128.store(next + i, minGruState(v128.load(sums + i), v128.load(sums + i + gate), v128.load(h + i)));
    }
  } else {
    for (let i = from; i < to; i += VECTOR_BYTES) {
      const forget = v128.load(sums + i);
      const input = v128.load(sums + i + gate);
      v128.store(next + i, minLstmState(forget, input, v128.load(sums + i + gate * 2), v128.load(h + i)));
    }
  }
  // In the padding all sums are 0, which make a candidate of 1/2; states are 0 there.
  const end = <usize>command.hiddenSize << 2;
  if (to > end) memory.fill(next + end, 0, to - end);
  if (command.zoneout) {
    const zoneout = zoneoutOf(command);
    const mask = at(zoneout.hiddenMask, h - command.states + from);
    keepRow(h + from, next + from, zoneout.hidden, mask, 0, to - from);
  }
  if (!command.table || !command.keepGates) return;
  const kept = gateAddress(command, t, row);
  for (let g = 0; g < scanGatesOf(command.cell); g++) {
    memory.copy(kept + gate * g + from, sums + gate * g + from, to - from);
  }
}

/** e^-|s|: what the sigmoids of s and of -s are made from. */
// @ts-ignore: decorator
@inline
function power(s: v128): v128 {
  return exp(f32x4.neg(f32x4.abs(s)));
}

/** 1 / (1 + e) */
// @ts-ignore: decorator
@inline
function larger(e: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, e));
}

/** The candidate n. */
// @ts-ignore: decorator
@inline
function candidate(s: v128): v128 {
  const e = power(s);
  const positive = f32x4.gt(s, f32x4.splat(0));
  return v128.bitselect(f32x4.add(s, f32x4.splat(0.5)), f32x4.mul(e, larger(e)), positive);
}

/** dn / ds */
// @ts-ignore: decorator
@inline
function candidateSlope(s: v128): v128 {
  const e = power(s);
  const q = larger(e);
  return v128.bitselect(f32x4.splat(1), f32x4.mul(f32x4.mul(e, q), q), f32x4.gt(s, f32x4.splat(0)));
}

/** minGRU: h' from the sums of z and n. */
// @ts-ignore: decorator
@inline
export function minGruState(z: v128, n: v128, h: v128): v128 {
  const e = power(z);
  const most = larger(e);
  const least = f32x4.mul(e, most);
  const isNegative = i32x4.shr_s(z, 31);
  const renew = v128.bitselect(least, most, isNegative);
  const keep = v128.bitselect(most, least, isNegative);
  return madd(keep, h, f32x4.mul(renew, candidate(n)));
}

// minLSTM: with m = max(0, -s_f, -s_i), f / (f + i) = (e^-m + e^(-s_i - m)) / (2 e^-m + e^(-s_f - m) + e^(-s_i - m)).

/** Minus infinity as a finite number, since infinity minus infinity is none. NaN stays. */
// @ts-ignore: decorator
@inline
function finite(s: v128): v128 {
  return f32x4.pmax(s, f32x4.splat(-f32.MAX_VALUE));
}

/** m. f32x4.max gives NaN where either is NaN. */
// @ts-ignore: decorator
@inline
function shift(forget: v128, input: v128): v128 {
  return f32x4.max(f32x4.splat(0), f32x4.max(f32x4.neg(forget), f32x4.neg(input)));
}

/** e^(-s - m) */
// @ts-ignore: decorator
@inline
function shifted(s: v128, m: v128): v128 {
  return exp(f32x4.sub(f32x4.neg(s), m));
}

/** minLSTM: h' from the sums of f, i and n. */
// @ts-ignore: decorator
@inline
export function minLstmState(forget: v128, input: v128, n: v128, h: v128): v128 {
  const f = finite(forget);
  const i = finite(input);
  const m = shift(f, i);
  const one = exp(f32x4.neg(m));
  const keep = f32x4.add(one, shifted(i, m));
  const renew = f32x4.add(one, shifted(f, m));
  const sum = madd(keep, h, f32x4.mul(renew, candidate(n)));
  return f32x4.div(sum, f32x4.add(keep, renew));
}

/** Columns of one row, from byte `from` to byte `to`. Where its sequence has ended the state's gradient stays. */
function backwardRow(command: SequenceCommand, t: i32, row: i32, from: usize, to: usize): void {
  const gates = gateAddress(command, t, row);
  const gate = <usize>command.paddedHiddenSize << 2;
  if (!isActive(command, row, t)) {
    for (let g = 0; g < scanGatesOf(command.cell); g++) memory.fill(gates + gate * g + from, 0, to - from);
    return;
  }
  const offset = rowOffset(command, row);
  const now = stepBytes(command) * t + offset;
  let output = at(command.outputGradients, now);
  const carried = command.stateGradient + offset;
  const past = command.zoneout ? zoneoutOf(command).hiddenPast + offset : 0;
  if (past) {
    const zoneout = zoneoutOf(command);
    const mask = at(zoneout.hiddenMask, now + from);
    splitRow(carried + from, at(output, from), past + from, zoneout.hidden, mask, to - from);
    output = 0;
  }
  const isGru = command.cell === Cell.MIN_GRU;
  for (let i = from; i < to; i += VECTOR_BYTES) {
    let gradient = v128.load(carried + i);
    if (output) gradient = f32x4.add(gradient, v128.load(output + i));
    const h = v128.load(command.states + now + i);
    const keep = isGru ? minGruGradients(gates + i, gate, gradient, h) : minLstmGradients(gates + i, gate, gradient, h);
    v128.store(carried + i, f32x4.mul(gradient, keep));
  }
  if (past) addRow(carried + from, past + from, to - from);
}

/** Gradients of the sums of z and n in their place, from that of h'. Returns keep = dh' / dh. */
// @ts-ignore: decorator
@inline
function minGruGradients(gates: usize, gate: usize, gradient: v128, h: v128): v128 {
  const z = v128.load(gates);
  const n = v128.load(gates + gate);
  const e = power(z);
  const most = larger(e);
  const least = f32x4.mul(e, most);
  const isNegative = i32x4.shr_s(z, 31);
  const renew = v128.bitselect(least, most, isNegative);
  const slope = f32x4.mul(most, least);
  v128.store(gates, f32x4.mul(f32x4.mul(gradient, f32x4.sub(candidate(n), h)), slope));
  v128.store(gates + gate, f32x4.mul(f32x4.mul(gradient, renew), candidateSlope(n)));
  return v128.bitselect(most, least, isNegative);
}

/**
 * The same for the sums of f, i and n. With d = s_keep's logit, dd / ds_f = sigmoid(-s_f) = e^(-s_f - m) / renew's numerator, so that
 * nothing has to be divided that may be 0.
 */
// @ts-ignore: decorator
@inline
function minLstmGradients(gates: usize, gate: usize, gradient: v128, h: v128): v128 {
  const f = finite(v128.load(gates));
  const i = finite(v128.load(gates + gate));
  const n = v128.load(gates + gate * 2);
  const m = shift(f, i);
  const one = exp(f32x4.neg(m));
  const ofInput = shifted(i, m);
  const ofForget = shifted(f, m);
  const scale = f32x4.div(f32x4.splat(1), f32x4.add(f32x4.add(one, ofInput), f32x4.add(one, ofForget)));
  const keep = f32x4.mul(f32x4.add(one, ofInput), scale);
  const renew = f32x4.mul(f32x4.add(one, ofForget), scale);
  const common = f32x4.mul(f32x4.mul(gradient, f32x4.sub(h, candidate(n))), scale);
  v128.store(gates, f32x4.mul(f32x4.mul(common, keep), ofForget));
  v128.store(gates + gate, f32x4.neg(f32x4.mul(f32x4.mul(common, renew), ofInput)));
  v128.store(gates + gate * 2, f32x4.mul(f32x4.mul(gradient, renew), candidateSlope(n)));
  return keep;
}
