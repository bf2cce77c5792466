// One step of one sequence, for generation: products of a matrix and a vector, bounded by the speed of memory. Weights are
// read where they are, row by row, so nothing has to be packed; tasks share the units.

import { claim, Command, finish, participants } from '../program/command';
import { Cell, gatesOf } from './cell';
import { exp, sigmoid, tanh } from '../math';
import { horizontalSum, madd } from '../simd';

@unmanaged
export class StepCommand extends Command {
  /** One of `Cell`. */
  cell: i32;
  /** H */
  hiddenSize: i32;
  /** D */
  inputSize: i32;
  /** [G * H, D] */
  inputWeights: usize;
  /** [G * H] or 0 */
  inputBias: usize;
  /** [D], or 0: one-hot, 1 at `token`. */
  input: usize;
  token: i32;
  /** [G * H, H] */
  stateWeights: usize;
  /** [G * H] or 0 */
  stateBias: usize;
  /** [H padded to 4] each. The next state lies elsewhere, for other tasks still read this one. */
  state: usize;
  nextState: usize;
  cellState: usize;
  nextCellState: usize;
  /** [2, G, H padded to 4]: sums from the input, then from the state. */
  sums: usize;
  /** GRU, reset before: [H padded to 4], r h. */
  reset: usize;
  /** 0, or 1 for the second half of a GRU that resets before. */
  half: i32;
}

@unmanaged
export class LinearCommand extends Command {
  /** [rows, depth] */
  weights: usize;
  /** [rows] or 0 */
  bias: usize;
  /** [depth] */
  input: usize;
  /** [rows] */
  output: usize;
  rows: i32;
  depth: i32;
}

@unmanaged
export class LogSoftmaxCommand extends Command {
  /** [count], in place. */
  values: usize;
  count: i32;
}

/** sums[i] = bias[i] + weights[i] . x for rows `from` to `to`, four at a time. */
function multiplyRows(
  from: i32,
  to: i32,
  depth: i32,
  weights: usize,
  bias: usize,
  x: usize,
  sums: usize,
): void {
  const stride = <usize>depth << 2;
  let row = from;
  for (; row + 4 <= to; row += 4) {
    fourRows(depth, weights + stride * row, stride, x, sums + (<usize>row << 2));
  }
  for (; row < to; row++) store<f32>(sums + (<usize>row << 2), oneRow(depth, weights + stride * row, x));
  if (!bias) return;
  for (row = from; row < to; row++) {
    const offset = <usize>row << 2;
    store<f32>(sums + offset, load<f32>(sums + offset) + load<f32>(bias + offset));
  }
}

function fourRows(depth: i32, a: usize, stride: usize, x: usize, target: usize): void {
  const b = a + stride;
  const c = b + stride;
  const d = c + stride;
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let c0 = a0;
  let d0 = a0;
  let a1 = a0;
  let b1 = a0;
  let c1 = a0;
  let d1 = a0;
  const end = <usize>depth << 2;
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    a0 = madd(v128.load(a + i), x0, a0);
    a1 = madd(v128.load(a + i, 16), x1, a1);
    b0 = madd(v128.load(b + i), x0, b0);
    b1 = madd(v128.load(b + i, 16), x1, b1);
    c0 = madd(v128.load(c + i), x0, c0);
    c1 = madd(v128.load(c + i, 16), x1, c1);
    d0 = madd(v128.load(d + i), x0, d0);
    d1 = madd(v128.load(d + i, 16), x1, d1);
  }
  let sumA = horizontalSum(f32x4.add(a0, a1));
  let sumB = horizontalSum(f32x4.add(b0, b1));
  let sumC = horizontalSum(f32x4.add(c0, c1));
  let sumD = horizontalSum(f32x4.add(d0, d1));
  for (; i < end; i += 4) {
    const value = load<f32>(x + i);
    sumA += load<f32>(a + i) * value;
    sumB += load<f32>(b + i) * value;
    sumC += load<f32>(c + i) * value;
    sumD += load<f32>(d + i) * value;
  }
  store<f32>(target, sumA);
  store<f32>(target, sumB, 4);
  store<f32>(target, sumC, 8);
  store<f32>(target, sumD, 12);
}

/** In the same order as `fourRows`, so that a row's result does not depend on its neighbors. */
function oneRow(depth: i32, a: usize, x: usize): f32 {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  const end = <usize>depth << 2;
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    a0 = madd(v128.load(a + i), v128.load(x + i), a0);
    a1 = madd(v128.load(a + i, 16), v128.load(x + i, 16), a1);
  }
  let sum = horizontalSum(f32x4.add(a0, a1));
  for (; i < end; i += 4) sum += load<f32>(a + i) * load<f32>(x + i);
  return sum;
}

export function step(command: StepCommand): void {
  const hiddenSize = command.hiddenSize;
  // Whole vectors of units, and a few tasks per thread.
  const vectors = (hiddenSize + 3) / 4;
  const perTask = (max(1, (vectors + participants() * 4 - 1) / (participants() * 4)) * 4);
  command.tasks = (hiddenSize + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    stepUnits(command, task * perTask, min(hiddenSize, (task + 1) * perTask));
    finish(command);
    task = claim(command);
  }
}

function stepUnits(command: StepCommand, from: i32, to: i32): void {
  const cell = command.cell;
  if (cell === Cell.GRU_RESET_BEFORE) {
    if (command.half === 0) {
      gate(command, 0, from, to, command.state);
      gate(command, 1, from, to, command.state);
    } else {
      gate(command, 2, from, to, command.reset);
    }
  } else {
    const gates = gatesOf(cell);
    for (let i = 0; i < gates; i++) gate(command, i, from, to, command.state);
  }
  for (let unit = from; unit < to; unit += 4) cellArithmetic(command, unit);
}

/** Both sums of one gate. */
function gate(command: StepCommand, index: i32, from: i32, to: i32, state: usize): void {
  const hiddenSize = command.hiddenSize;
  const row = <usize>index * hiddenSize;
  const inputSums = sum(command, 0, index);
  const inputBias = command.inputBias ? command.inputBias + (row << 2) : 0;
  if (command.input) {
    const weights = command.inputWeights + ((row * command.inputSize) << 2);
    multiplyRows(from, to, command.inputSize, weights, inputBias, command.input, inputSums);
  } else {
    for (let unit = from; unit < to; unit++) {
      const at = (row + unit) * command.inputSize + command.token;
      const value = load<f32>(command.inputWeights + (at << 2));
      const bias: f32 = inputBias ? load<f32>(inputBias + (<usize>unit << 2)) : 0;
      store<f32>(inputSums + (<usize>unit << 2), value + bias);
    }
  }
  multiplyRows(
    from,
    to,
    hiddenSize,
    command.stateWeights + ((row * hiddenSize) << 2),
    command.stateBias ? command.stateBias + (row << 2) : 0,
    state,
    sum(command, 1, index),
  );
}

/** The address of a gate's sums from the input (0) or the state (1). */
// @ts-ignore: decorator
@inline
function sum(command: StepCommand, kind: i32, index: i32): usize {
  const gates = gatesOf(command.cell);
  const paddedHiddenSize = (command.hiddenSize + 3) & ~3;
  return command.sums + (<usize>((kind * gates + index) * paddedHiddenSize) << 2);
}

/** The sum of both, four units. */
// @ts-ignore: decorator
@inline
function total(command: StepCommand, index: i32, offset: usize): v128 {
  return f32x4.add(
    v128.load(sum(command, 0, index) + offset),
    v128.load(sum(command, 1, index) + offset),
  );
}

/** Four units, of which the last may lie in the padding. */
function cellArithmetic(command: StepCommand, unit: i32): void {
  const cell = command.cell;
  const offset = <usize>unit << 2;
  const next = command.nextState + offset;
  if (cell === Cell.TANH) {
    v128.store(next, tanh(total(command, 0, offset)));
  } else if (cell === Cell.RELU) {
    v128.store(next, f32x4.max(total(command, 0, offset), f32x4.splat(0)));
  } else if (cell === Cell.LSTM) {
    const i = sigmoid(total(command, 0, offset));
    const f = sigmoid(total(command, 1, offset));
    const g = tanh(total(command, 2, offset));
    const o = sigmoid(total(command, 3, offset));
    const c = madd(f, v128.load(command.cellState + offset), f32x4.mul(i, g));
    v128.store(command.nextCellState + offset, c);
    v128.store(next, f32x4.mul(o, tanh(c)));
  } else if (cell === Cell.GRU_RESET_BEFORE && command.half === 0) {
    const r = sigmoid(total(command, 0, offset));
    v128.store(command.reset + offset, f32x4.mul(r, v128.load(command.state + offset)));
  } else {
    const z = sigmoid(total(command, 1, offset));
    let n: v128;
    if (cell === Cell.GRU) {
      const r = sigmoid(total(command, 0, offset));
      n = tanh(madd(r, v128.load(sum(command, 1, 2) + offset), v128.load(sum(command, 0, 2) + offset)));
    } else {
      n = tanh(total(command, 2, offset));
    }
    const h = v128.load(command.state + offset);
    v128.store(next, madd(z, f32x4.sub(h, n), n));
  }
}

export function linear(command: LinearCommand): void {
  const groups = (command.rows + 3) / 4;
  const perTask = max(1, (groups + participants() * 4 - 1) / (participants() * 4)) * 4;
  command.tasks = (command.rows + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const to = min(command.rows, (task + 1) * perTask);
    multiplyRows(
      task * perTask,
      to,
      command.depth,
      command.weights,
      command.bias,
      command.input,
      command.output,
    );
    finish(command);
    task = claim(command);
  }
}

/** values -= log(sum(exp(values))), by one thread. */
export function logSoftmax(command: LogSoftmaxCommand): void {
  command.tasks = 1;
  if (claim(command) !== 0) return;
  const end = command.values + (<usize>command.count << 2);
  let most: f32 = -Infinity;
  for (let i = command.values; i < end; i += 4) most = max(most, load<f32>(i));
  let sums = f32x4.splat(0);
  let address = command.values;
  for (; address + 16 <= end; address += 16) {
    sums = f32x4.add(sums, exp(f32x4.sub(v128.load(address), f32x4.splat(most))));
  }
  let total = horizontalSum(sums);
  for (; address < end; address += 4) {
    total += f32x4.extract_lane(exp(f32x4.splat(load<f32>(address) - most)), 0);
  }
  const shift = most + Mathf.log(total);
  for (let i = command.values; i < end; i += 4) store<f32>(i, load<f32>(i) - shift);
  finish(command);
}
