// Layer norm (Ba et al. 2016): a gate's sum is norm(W x) * gain + norm(U h) * gain + biases, and an LSTM's h' = o tanh(norm(c') * gain
// + bias). Here norm(s) = (s - mean) / sqrt(variance + epsilon) is over all numbers of the row. A GRU that resets before makes its
// recurrent products in two parts, each with a norm of its own.
//
// Rows that go backward hold, when they are done, the gradient times the normalized numbers: its sum over rows is that of the gain.

import { claim, Command, finish, participants } from '../program/command';
import { tanh } from '../math';
import { madd } from '../simd';
import { gateAddress, isActive, rowOffset, SequenceCommand, stepBytes, storeState } from './sequence';

/** As PyTorch: it keeps a constant row finite. */
const EPSILON: f32 = 1e-5;

@unmanaged
export class LayerNorm {
  /** [N, gateStride]: a step's products with the states. */
  products: usize;
  /** [T, N, gateStride]: the same, normalized; backward, times their gradients. */
  normal: usize;
  /** [T, N, 2]: 1 / standard deviation, of the second part last. */
  scales: usize;
  /** [G, paddedHiddenSize] each. */
  gains: usize;
  biases: usize;
  /** [T, N, gateStride]: gradients of the products. */
  gradients: usize;
  /** LSTM: [T, N, stateStride], c' normalized; backward, times the gradients. */
  cellNormal: usize;
  /** LSTM: [T, N]. */
  cellScales: usize;
  /** LSTM: [paddedHiddenSize] each. */
  cellGain: usize;
  cellBias: usize;
  /** LSTM: [N, stateStride], norm(c') * gain + bias of a step; backward, the gradient of c' through it. */
  shown: usize;
  /** LSTM: [T, N, stateStride], tanh(norm(c') * gain + bias); backward, the gradients of what it is the tanh of. */
  squashed: usize;
}

// @ts-ignore: decorator
@inline
export function normOf(command: SequenceCommand): LayerNorm {
  return changetype<LayerNorm>(command.norm);
}

// @ts-ignore: decorator
@inline
function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * target = norm(source) * gain + bias, `groups` blocks of `size` numbers that are padded to `padded`. `normal` receives norm(source),
 * 0 in the padding.
 * @returns 1 / standard deviation
 */
export function normalizeRow(
  source: usize,
  target: usize,
  normal: usize,
  gain: usize,
  bias: usize,
  groups: i32,
  size: i32,
  padded: i32,
): f32 {
  const bytes = (<usize>(groups * padded)) << 2;
  let sum = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) sum = f32x4.add(sum, v128.load(source + i));
  const count = <f32>(groups * size);
  const mean = f32x4.splat(total(sum) / count);
  sum = f32x4.splat(0);
  for (let group = 0; group < groups; group++) {
    for (let unit = 0; unit < padded; unit += 4) {
      const i = (<usize>(group * padded + unit)) << 2;
      const inside = i32x4.lt_s(i32x4.add(i32x4.splat(unit), i32x4(0, 1, 2, 3)), i32x4.splat(size));
      const deviation = v128.and(f32x4.sub(v128.load(source + i), mean), inside);
      v128.store(normal + i, deviation);
      sum = madd(deviation, deviation, sum);
    }
  }
  const scale: f32 = <f32>1 / sqrt<f32>(total(sum) / count + EPSILON);
  for (let i: usize = 0; i < bytes; i += 16) {
    const value = f32x4.mul(v128.load(normal + i), f32x4.splat(scale));
    v128.store(normal + i, value);
    v128.store(target + i, madd(value, v128.load(gain + i), v128.load(bias + i)));
  }
  return scale;
}

/** target = the gradient of what was normalized, from `source`, that of norm * gain + bias; may be the same. `normal` *= source. */
function gradientRow(
  source: usize,
  target: usize,
  normal: usize,
  gain: usize,
  scale: f32,
  groups: i32,
  size: i32,
  padded: i32,
): void {
  const bytes = (<usize>(groups * padded)) << 2;
  let sum = f32x4.splat(0);
  let along = f32x4.splat(0);
  for (let i: usize = 0; i < bytes; i += 16) {
    const gradient = f32x4.mul(v128.load(source + i), v128.load(gain + i));
    sum = f32x4.add(sum, gradient);
    along = madd(gradient, v128.load(normal + i), along);
  }
  const count = <f32>(groups * size);
  const mean = f32x4.splat(total(sum) / count);
  const slope = f32x4.splat(total(along) / count);
  for (let i: usize = 0; i < bytes; i += 16) {
    const given = v128.load(source + i);
    const value = v128.load(normal + i);
    const centered = f32x4.sub(f32x4.mul(given, v128.load(gain + i)), mean);
    v128.store(normal + i, f32x4.mul(given, value));
    v128.store(target + i, f32x4.mul(f32x4.splat(scale), f32x4.sub(centered, f32x4.mul(value, slope))));
  }
}

/** Where row (t, row) of a sequence as wide as the gates begins. */
// @ts-ignore: decorator
@inline
function gateOffset(command: SequenceCommand, t: i32, row: i32): usize {
  return gateAddress(command, t, row) - command.gates;
}

// @ts-ignore: decorator
@inline
function scaleAddress(command: SequenceCommand, t: i32, row: i32, gate: i32): usize {
  return normOf(command).scales + ((((<usize>t * command.batch + row) << 1) + (gate ? 1 : 0)) << 2);
}

/** Normalizes `gates` gates, from number `gate` on, of a step's products. */
export function normalizeProducts(command: SequenceCommand, t: i32, first: i32, rows: i32, gate: i32, gates: i32): void {
  const norm = normOf(command);
  const padded = command.paddedHiddenSize;
  const part = (<usize>(gate * padded)) << 2;
  for (let row = first; row < first + rows; row++) {
    const products = norm.products + ((<usize>row * command.gateStride) << 2) + part;
    const scale = normalizeRow(
      products,
      products,
      norm.normal + gateOffset(command, t, row) + part,
      norm.gains + part,
      norm.biases + part,
      gates,
      command.hiddenSize,
      padded,
    );
    store<f32>(scaleAddress(command, t, row, gate), scale);
  }
}

/**
 * Gradients of the products of `gates` gates from number `gate` on, from those of the sums, which stand from block `block` on in a row
 * of gates.
 * @returns where those of row `first` stand
 */
export function productGradients(
  command: SequenceCommand,
  t: i32,
  first: i32,
  rows: i32,
  block: i32,
  gate: i32,
  gates: i32,
): usize {
  const norm = normOf(command);
  const padded = command.paddedHiddenSize;
  const part = (<usize>(gate * padded)) << 2;
  for (let row = first; row < first + rows; row++) {
    const offset = gateOffset(command, t, row);
    gradientRow(
      command.gates + offset + ((<usize>(block * padded)) << 2),
      norm.gradients + offset + part,
      norm.normal + offset + part,
      norm.gains + part,
      load<f32>(scaleAddress(command, t, row, gate)),
      gates,
      command.hiddenSize,
      padded,
    );
  }
  return norm.gradients + gateOffset(command, t, first) + part;
}

/** LSTM: h' of `rows` rows, once all of c' is there; o is among the gates that are kept. */
export function normedStates(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const norm = normOf(command);
  const padded = command.paddedHiddenSize;
  const bytes = <usize>padded << 2;
  for (let row = first; row < first + rows; row++) {
    if (!isActive(command, row, t)) continue;
    const unit = rowOffset(command, row);
    const now = stepBytes(command) * t + unit;
    const next = now + stepBytes(command);
    const shown = norm.shown + unit;
    const scale = normalizeRow(
      command.cells + next,
      shown,
      norm.cellNormal + now,
      norm.cellGain,
      norm.cellBias,
      1,
      command.hiddenSize,
      padded,
    );
    store<f32>(norm.cellScales + ((<usize>t * command.batch + row) << 2), scale);
    const o = gateAddress(command, t, row) + bytes * 3;
    for (let i: usize = 0; i < bytes; i += 16) {
      const squashed = tanh(v128.load(shown + i));
      v128.store(norm.squashed + now + i, squashed);
      storeState(command, next + i, unit + i, f32x4.mul(v128.load(o + i), squashed));
    }
  }
}

/**
 * LSTM, before the rest of its backward step: from the gradient of h' (`output` and `carried`) to that of o's sum, in place of o, and to
 * that of c' through its norm, in `shown`.
 */
export function normedCellGradient(
  command: SequenceCommand,
  t: i32,
  row: i32,
  output: usize,
  carried: usize,
): void {
  const norm = normOf(command);
  const padded = command.paddedHiddenSize;
  const bytes = <usize>padded << 2;
  const unit = rowOffset(command, row);
  const now = stepBytes(command) * t + unit;
  const normal = norm.cellNormal + now;
  const gradients = norm.squashed + now;
  const one = f32x4.splat(1);
  const outputGate = gateAddress(command, t, row) + bytes * 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    let dh = v128.load(carried + i);
    if (output) dh = f32x4.add(dh, v128.load(output + i));
    const o = v128.load(outputGate + i);
    const squashed = v128.load(gradients + i);
    const dhO = f32x4.mul(dh, o);
    v128.store(gradients + i, f32x4.mul(dhO, f32x4.sub(one, f32x4.mul(squashed, squashed))));
    v128.store(outputGate + i, f32x4.mul(f32x4.mul(dhO, squashed), f32x4.sub(one, o)));
  }
  const scale = load<f32>(norm.cellScales + ((<usize>t * command.batch + row) << 2));
  gradientRow(gradients, norm.shown + unit, normal, norm.cellGain, scale, 1, command.hiddenSize, padded);
}

/** A row whose sequence has ended has no part in the gradients of gain and bias. */
export function clearCellGradient(command: SequenceCommand, now: usize): void {
  const norm = normOf(command);
  const bytes = <usize>command.paddedHiddenSize << 2;
  memory.fill(norm.cellNormal + now, 0, bytes);
  memory.fill(norm.squashed + now, 0, bytes);
}

// The inputs' part, for all steps at once.

@unmanaged
export class NormRowsCommand extends Command {
  /** [count, stride], overwritten: forward, products; backward, gradients. */
  rows: usize;
  /** [count, stride]: the products, normalized; backward, times the gradients. */
  normal: usize;
  /** [count] */
  scales: usize;
  /** [groups * padded] each. */
  gain: usize;
  bias: usize;
  stride: i32;
  groups: i32;
  size: i32;
  padded: i32;
  count: i32;
  /** 1: from the gradients of the results to those of the products. */
  backward: i32;
}

/** rows = norm(rows) * gain + bias, or back. */
export function normRows(command: NormRowsCommand): void {
  const tasks = participants() * 4;
  const perTask = max(1, (command.count + tasks - 1) / tasks);
  command.tasks = (command.count + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(command.count, (task + 1) * perTask);
    for (let i = task * perTask; i < end; i++) {
      const offset = (<usize>i * command.stride) << 2;
      const rows = command.rows + offset;
      const normal = command.normal + offset;
      const scale = command.scales + (<usize>i << 2);
      const gain = command.gain;
      if (command.backward) {
        gradientRow(rows, rows, normal, gain, load<f32>(scale), command.groups, command.size, command.padded);
      } else {
        store<f32>(
          scale,
          normalizeRow(rows, rows, normal, gain, command.bias, command.groups, command.size, command.padded),
        );
      }
    }
    finish(command);
    task = claim(command);
  }
}
