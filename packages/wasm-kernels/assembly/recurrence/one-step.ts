// One time step of one sequence or several, for generation. Tasks share the units: each reads its rows of the weights for all sequences,
// four rows at a time, which stay in the first-level cache. A sequence's numbers do not depend on the others.
//
// The cells' formulas are those of training (lstm.ts, gru.ts, rnn.ts, scan.ts, layer-norm.ts). Only the sigmoid differs: here it is exact
// below e^-87 too. `gateSigmoid`, which training takes for its speed, rounds otherwise, and would change what a model generates.
//
// Layer norm needs all sums of a gate, so a step then has one pass more after each of its products, by one thread.

import { sigmoid, tanh } from '../math';
import { INT8_VECTOR_BYTES, multiplyInt8Rows, takeVector } from '../products/int8';
import { multiplyRows } from '../products/matrix-vector';
import { Command, claim, finish, participants, scratch } from '../program/command';
import { Cell, gatesOf, scanGatesOf } from './cell';
import { gruNewAfter, gruNewBefore, gruState } from './gru';
import { normalizeRow } from './layer-norm';
import { lstmCell, lstmState } from './lstm';
import { rnnState } from './rnn';
import { minGruState, minLstmState } from './scan';
import { madd } from '../simd';

/** Layer norm of a step. */
@unmanaged
export class StepNorm {
  /** [G * H] each; that of the state is 0 where there is no product with it. */
  inputGain: usize;
  stateGain: usize;
  /** LSTM: [H] each. */
  cellGain: usize;
  cellBias: usize;
  /** [S, 3, G, H padded to 4]: gains and biases in padded rows, and normalized sums. The padding is 0. */
  rows: usize;
}

@unmanaged
export class StepCommand extends Command {
  /** One of `Cell`. */
  cell: i32;
  /** H */
  hiddenSize: i32;
  /** D */
  inputSize: i32;
  /** S, the sequences. */
  count: i32;
  /** [G * H, D] */
  inputWeights: usize;
  /** [G * H] or 0 */
  inputBias: usize;
  /** [S, inputStride]; with `tokens` [V, D], of which the tokens' rows are read; or 0: one-hot, 1 at the token. */
  input: usize;
  inputStride: i32;
  /** [S], or 0: the layer reads numbers. */
  tokens: usize;
  /** [G * H, size of h], or 0: gates see the input only. */
  stateWeights: usize;
  /** [G * H] or 0 */
  stateBias: usize;
  /** [S, size of h padded to 4] */
  state: usize;
  /** The size of h: H, or less where an LSTM has a projection. */
  stateSize: i32;
  /**
   * [S, H padded to 4]. It lies elsewhere than `state`, which other tasks still read. With a projection it receives o tanh(c'), which a
   * linear layer makes h' of.
   */
  nextState: usize;
  /** LSTM: [S, H padded to 4] each. */
  cellState: usize;
  nextCellState: usize;
  /** [S, 2, G, H padded to 4]: sums from the input, then from the state. With layer norm the padding is 0. */
  sums: usize;
  /** GRU, reset before: [S, H padded to 4], r h. LSTM with layer norm: o. */
  resetState: usize;
  /** GRU, reset before: 0 makes r h, 1 makes n, z and h'. Other cells: 0. With layer norm each is two: products, then the rest. */
  pass: i32;
  /** 1: the weights of the state are a matrix of bytes (int8.ts), and so are those of an input that is not one-hot. */
  int8: i32;
  /** LSTM: [3, H], the weights of c in the gates i, f and o; or 0. */
  peepholes: usize;
  /** A `StepNorm`, or 0. */
  norm: usize;
}

export function step(command: StepCommand): void {
  const hiddenSize = command.hiddenSize;
  const finishes = command.norm !== 0 && (command.pass & 1) !== 0;
  // Whole vectors of units, and a few tasks per thread.
  const vectors = (hiddenSize + 3) / 4;
  const perTask = max(1, (vectors + participants() * 4 - 1) / (participants() * 4)) * 4;
  command.tasks = finishes ? command.count : (hiddenSize + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    if (finishes) normedUnits(command, task);
    else stepUnits(command, task * perTask, min(hiddenSize, (task + 1) * perTask));
    finish(command);
    task = claim(command);
  }
}

function stepUnits(command: StepCommand, from: i32, to: i32): void {
  const count = command.count;
  if (command.int8) {
    // The scratch memory has room for one sequence.
    for (let s = 0; s < count; s++) {
      takeVectors(command, s);
      products(command, from, to, s, s + 1);
    }
  } else products(command, from, to, 0, count);
  if (command.norm) return;
  for (let s = 0; s < count; s++) {
    for (let unit = from; unit < to; unit += 4) stepVector(command, s, unit);
  }
}

/** The sums of the units from `from` to `to`, of sequences `first` to `last`. */
function products(command: StepCommand, from: i32, to: i32, first: i32, last: i32): void {
  if (makesNew(command)) {
    // With layer norm the input's sums were normalized together, before r h was there.
    if (!command.norm) sumInput(command, 2, from, to, first, last);
    sumState(command, 2, from, to, first, last);
    return;
  }
  const resetsBefore = command.cell === Cell.GRU_RESET_BEFORE;
  const gates = resetsBefore ? 2 : gatesIn(command);
  for (let gate = 0; gate < gates; gate++) {
    sumInput(command, gate, from, to, first, last);
    if (command.stateWeights) sumState(command, gate, from, to, first, last);
  }
  if (resetsBefore && command.norm) sumInput(command, 2, from, to, first, last);
}

/** Bytes of H numbers in whole vectors. */
// @ts-ignore: decorator
@inline
function rowBytes(command: StepCommand): usize {
  return (<usize>((command.hiddenSize + 3) & ~3)) << 2;
}

/** The address of what the state's product is with: h, or r h. */
// @ts-ignore: decorator
@inline
function enteringState(command: StepCommand, s: i32): usize {
  return makesNew(command) ? command.resetState + rowBytes(command) * s : stateOf(command, s);
}

/** The address of h. */
// @ts-ignore: decorator
@inline
function stateOf(command: StepCommand, s: i32): usize {
  return command.state + ((<usize>(((command.stateSize + 3) & ~3) * s)) << 2);
}

/** The address of the numbers that the layer reads. */
// @ts-ignore: decorator
@inline
function inputOf(command: StepCommand, s: i32): usize {
  const row = command.tokens ? tokenOf(command, s) * command.inputSize : command.inputStride * s;
  return command.input + (<usize>row << 2);
}

// @ts-ignore: decorator
@inline
function tokenOf(command: StepCommand, s: i32): i32 {
  return load<i32>(command.tokens + (<usize>s << 2));
}

/** G. */
// @ts-ignore: decorator
@inline
function gatesIn(command: StepCommand): i32 {
  return command.stateWeights ? gatesOf(command.cell) : scanGatesOf(command.cell);
}

/** GRU, reset before: whether r h is there, and n is to be made. */
// @ts-ignore: decorator
@inline
function makesNew(command: StepCommand): bool {
  return command.pass > (command.norm ? 1 : 0);
}

/** With layer norm, once a step's products are there: the rest of the step of a sequence. */
function normedUnits(command: StepCommand, s: i32): void {
  const norm = changetype<StepNorm>(command.norm);
  const gates = gatesIn(command);
  const isNew = makesNew(command);
  if (!isNew) normalize(command, s, inputSum(command, 0, s), 0, gates, norm.inputGain, command.inputBias);
  if (command.stateWeights) {
    const first = isNew ? 2 : 0;
    const now = isNew ? 1 : command.cell === Cell.GRU_RESET_BEFORE ? 2 : gates;
    normalize(command, s, stateSum(command, first, s), first, now, norm.stateGain, command.stateBias);
  }
  for (let unit = 0; unit < command.hiddenSize; unit += 4) stepVector(command, s, unit);
  if (command.cell === Cell.LSTM) normedState(command, s);
}

/** sums = norm(sums) * gain + bias of `gates` gates from number `first` on. */
function normalize(
  command: StepCommand,
  s: i32,
  sums: usize,
  first: i32,
  gates: i32,
  gain: usize,
  bias: usize,
): void {
  const hiddenSize = command.hiddenSize;
  const row = rowBytes(command);
  const bytes = row * gatesIn(command);
  const gains = changetype<StepNorm>(command.norm).rows + bytes * 3 * s;
  const biases = gains + bytes;
  const length = <usize>hiddenSize << 2;
  for (let gate = 0; gate < gates; gate++) {
    const from = length * (first + gate);
    const to = row * gate;
    memory.copy(gains + to, gain + from, length);
    if (bias) memory.copy(biases + to, bias + from, length);
    else memory.fill(biases + to, 0, length);
  }
  normalizeRow(sums, sums, biases + bytes, gains, biases, gates, hiddenSize, <i32>(row >> 2));
}

/** LSTM with layer norm: h' from all of c'. */
function normedState(command: StepCommand, s: i32): void {
  const norm = changetype<StepNorm>(command.norm);
  const shown = inputSum(command, 0, s);
  const bytes = rowBytes(command);
  memory.copy(shown, command.nextCellState + bytes * s, bytes);
  normalize(command, s, shown, 0, 1, norm.cellGain, norm.cellBias);
  const o = command.resetState + bytes * s;
  const next = command.nextState + bytes * s;
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(next + i, lstmState(v128.load(o + i), v128.load(shown + i)));
  }
}

/** Every task by itself: rounding two vectors costs little beside a task's products, and waiting for another more. */
function takeVectors(command: StepCommand, s: i32): void {
  if (command.input) takeVector(inputOf(command, s), command.inputSize, scratch);
  if (command.stateWeights) takeVector(enteringState(command, s), command.stateSize, scratch + INT8_VECTOR_BYTES);
}

/** A gate's sums from the input. */
function sumInput(command: StepCommand, gate: i32, from: i32, to: i32, first: i32, last: i32): void {
  const size = command.inputSize;
  const row = <usize>gate * command.hiddenSize;
  const bias = command.inputBias && !command.norm ? command.inputBias + (row << 2) : 0;
  if (!command.input) {
    for (let s = first; s < last; s++) {
      const sums = inputSum(command, gate, s);
      const token = tokenOf(command, s);
      for (let unit = from; unit < to; unit++) {
        const at = (row + unit) * size + token;
        const value = load<f32>(command.inputWeights + (at << 2));
        const added: f32 = bias ? load<f32>(bias + (<usize>unit << 2)) : 0;
        store<f32>(sums + (<usize>unit << 2), value + added);
      }
    }
  } else if (command.int8) {
    int8Sums(<i32>row, from, to, size, command.inputWeights, bias, scratch, inputSum(command, gate, first));
  } else {
    const weights = command.inputWeights + ((row * size) << 2);
    const step = rowsAtOnce(from, to, first, last);
    for (let unit = from; unit < to; unit += step) {
      const end = min(to, unit + step);
      for (let s = first; s < last; s++) {
        multiplyRows(unit, end, size, weights, bias, inputOf(command, s), inputSum(command, gate, s));
      }
    }
  }
}

/** A gate's sums from the state, or from r h. */
function sumState(command: StepCommand, gate: i32, from: i32, to: i32, first: i32, last: i32): void {
  const size = command.stateSize;
  const row = <usize>gate * command.hiddenSize;
  const bias = command.stateBias && !command.norm ? command.stateBias + (row << 2) : 0;
  if (command.int8) {
    const x = scratch + INT8_VECTOR_BYTES;
    int8Sums(<i32>row, from, to, size, command.stateWeights, bias, x, stateSum(command, gate, first));
    return;
  }
  const weights = command.stateWeights + ((row * size) << 2);
  const step = rowsAtOnce(from, to, first, last);
  for (let unit = from; unit < to; unit += step) {
    const end = min(to, unit + step);
    for (let s = first; s < last; s++) {
      multiplyRows(unit, end, size, weights, bias, enteringState(command, s), stateSum(command, gate, s));
    }
  }
}

/** All rows for one sequence; four for several, which then find them in the cache. */
// @ts-ignore: decorator
@inline
function rowsAtOnce(from: i32, to: i32, first: i32, last: i32): i32 {
  return last - first > 1 ? 4 : to - from;
}

/** sums[from..to] = bias + rows of bytes, from number `row` on, times the vector x. */
// @ts-ignore: decorator
@inline
function int8Sums(
  row: i32,
  from: i32,
  to: i32,
  size: i32,
  matrix: usize,
  bias: usize,
  x: usize,
  sums: usize,
): void {
  const offset = <usize>from << 2;
  multiplyInt8Rows(row + from, to - from, size, matrix, bias ? bias + offset : 0, x, sums + offset);
}

/** The address of a gate's sums from the input: W x + b. */
// @ts-ignore: decorator
@inline
function inputSum(command: StepCommand, gate: i32, s: i32): usize {
  return command.sums + rowBytes(command) * (2 * gatesIn(command) * s + gate);
}

/** The address of a gate's sums from the state: U h + d. */
// @ts-ignore: decorator
@inline
function stateSum(command: StepCommand, gate: i32, s: i32): usize {
  return inputSum(command, gatesIn(command) + gate, s);
}

/** W x + b + U h + d of four units. */
// @ts-ignore: decorator
@inline
function sum(command: StepCommand, gate: i32, s: i32, offset: usize): v128 {
  return f32x4.add(
    v128.load(inputSum(command, gate, s) + offset),
    v128.load(stateSum(command, gate, s) + offset),
  );
}

/** Four of H numbers, 0 beyond their end. */
// @ts-ignore: decorator
@inline
function vectorOf(numbers: usize, unit: i32, hiddenSize: i32): v128 {
  const address = numbers + (<usize>unit << 2);
  if (unit + 4 <= hiddenSize) return v128.load(address);
  let vector = f32x4.replace_lane(f32x4.splat(0), 0, load<f32>(address));
  if (unit + 1 < hiddenSize) vector = f32x4.replace_lane(vector, 1, load<f32>(address, 4));
  if (unit + 2 < hiddenSize) vector = f32x4.replace_lane(vector, 2, load<f32>(address, 8));
  return vector;
}

/** Four units, of which the last may lie in the padding. */
function stepVector(command: StepCommand, s: i32, unit: i32): void {
  const offset = <usize>unit << 2;
  const row = rowBytes(command) * s + offset;
  const next = command.nextState + row;
  switch (command.cell) {
    case Cell.TANH:
    case Cell.RELU:
      v128.store(next, rnnState(sum(command, 0, s, offset), command.cell));
      break;
    case Cell.LSTM: {
      const hiddenSize = command.hiddenSize;
      const peepholes = command.peepholes;
      const before = v128.load(command.cellState + row);
      let si = sum(command, 0, s, offset);
      let sf = sum(command, 1, s, offset);
      let so = sum(command, 3, s, offset);
      if (peepholes) {
        si = madd(vectorOf(peepholes, unit, hiddenSize), before, si);
        sf = madd(vectorOf(peepholes + (<usize>hiddenSize << 2), unit, hiddenSize), before, sf);
      }
      const i = sigmoid(si);
      const f = sigmoid(sf);
      const g = tanh(sum(command, 2, s, offset));
      const c = lstmCell(i, f, g, before);
      if (peepholes) so = madd(vectorOf(peepholes + (<usize>hiddenSize << 3), unit, hiddenSize), c, so);
      const o = sigmoid(so);
      v128.store(command.nextCellState + row, c);
      // h' waits for the norm of all c'.
      if (command.norm) v128.store(command.resetState + row, o);
      else v128.store(next, lstmState(o, c));
      break;
    }
    case Cell.GRU: {
      const r = sigmoid(sum(command, 0, s, offset));
      const z = sigmoid(sum(command, 1, s, offset));
      const x = v128.load(inputSum(command, 2, s) + offset);
      const n = gruNewAfter(x, r, v128.load(stateSum(command, 2, s) + offset));
      v128.store(next, gruState(n, z, v128.load(stateOf(command, s) + offset)));
      break;
    }
    case Cell.MIN_GRU: {
      const n = v128.load(inputSum(command, 1, s) + offset);
      const h = v128.load(stateOf(command, s) + offset);
      v128.store(next, minGruState(v128.load(inputSum(command, 0, s) + offset), n, h));
      break;
    }
    case Cell.MIN_LSTM: {
      const i = v128.load(inputSum(command, 1, s) + offset);
      const n = v128.load(inputSum(command, 2, s) + offset);
      const h = v128.load(stateOf(command, s) + offset);
      v128.store(next, minLstmState(v128.load(inputSum(command, 0, s) + offset), i, n, h));
      break;
    }
    default: {
      const h = v128.load(stateOf(command, s) + offset);
      if (!makesNew(command)) {
        const r = sigmoid(sum(command, 0, s, offset));
        v128.store(command.resetState + row, f32x4.mul(r, h));
        break;
      }
      const z = sigmoid(sum(command, 1, s, offset));
      const x = v128.load(inputSum(command, 2, s) + offset);
      const n = gruNewBefore(x, v128.load(stateSum(command, 2, s) + offset));
      v128.store(next, gruState(n, z, h));
    }
  }
}
