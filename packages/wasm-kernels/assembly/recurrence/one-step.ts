// One time step of one sequence, for generation. Tasks share the units.
//
// The cells' formulas are those of training (lstm.ts, gru.ts, rnn.ts, scan.ts). Only the sigmoid differs: here it is exact below e^-87
// too. `gateSigmoid`, which training takes for its speed, rounds otherwise, and would change what a model generates.

import { sigmoid, tanh } from '../math';
import { INT8_VECTOR_BYTES, multiplyInt8Rows, takeVector } from '../products/int8';
import { multiplyRows } from '../products/matrix-vector';
import { Command, claim, finish, participants, scratch } from '../program/command';
import { Cell, gatesOf, scanGatesOf } from './cell';
import { gruNewAfter, gruNewBefore, gruState } from './gru';
import { lstmCell, lstmState } from './lstm';
import { rnnState } from './rnn';
import { minGruState, minLstmState } from './scan';

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
  /** [G * H, H], or 0: gates see the input only. */
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
  resetState: usize;
  /** GRU, reset before: 0 makes r h, 1 makes n, z and h'. Other cells: 0. */
  pass: i32;
  /** 1: the weights of the state are a matrix of bytes (int8.ts), and so are those of an input that is not one-hot. */
  int8: i32;
}

export function step(command: StepCommand): void {
  const hiddenSize = command.hiddenSize;
  // Whole vectors of units, and a few tasks per thread.
  const vectors = (hiddenSize + 3) / 4;
  const perTask = max(1, (vectors + participants() * 4 - 1) / (participants() * 4)) * 4;
  command.tasks = (hiddenSize + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    stepUnits(command, task * perTask, min(hiddenSize, (task + 1) * perTask));
    finish(command);
    task = claim(command);
  }
}

function stepUnits(command: StepCommand, from: i32, to: i32): void {
  if (command.int8) takeVectors(command);
  if (command.stateWeights === 0) {
    const gates = scanGatesOf(command.cell);
    for (let gate = 0; gate < gates; gate++) sumInput(command, gate, from, to);
  } else if (command.cell !== Cell.GRU_RESET_BEFORE) {
    const gates = gatesOf(command.cell);
    for (let gate = 0; gate < gates; gate++) sumGate(command, gate, from, to, command.state);
  } else if (command.pass === 0) {
    sumGate(command, 0, from, to, command.state);
    sumGate(command, 1, from, to, command.state);
  } else {
    sumGate(command, 2, from, to, command.resetState);
  }
  for (let unit = from; unit < to; unit += 4) stepVector(command, unit);
}

/** Every task by itself: rounding two vectors costs little beside a task's products, and waiting for another more. */
function takeVectors(command: StepCommand): void {
  if (command.input) takeVector(command.input, command.inputSize, scratch);
  const state = command.pass ? command.resetState : command.state;
  if (command.stateWeights) takeVector(state, command.hiddenSize, scratch + INT8_VECTOR_BYTES);
}

/** A gate's sums from the input. */
function sumInput(command: StepCommand, gate: i32, from: i32, to: i32): void {
  const row = <usize>gate * command.hiddenSize;
  const inputSums = inputSum(command, gate);
  const inputBias = command.inputBias ? command.inputBias + (row << 2) : 0;
  if (command.input && command.int8) {
    const offset = <usize>from << 2;
    const bias = inputBias ? inputBias + offset : 0;
    const first = <i32>row + from;
    multiplyInt8Rows(first, to - from, command.inputSize, command.inputWeights, bias, scratch, inputSums + offset);
  } else if (command.input) {
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
}

/** Both sums of one gate. */
function sumGate(command: StepCommand, gate: i32, from: i32, to: i32, state: usize): void {
  const hiddenSize = command.hiddenSize;
  const row = <usize>gate * hiddenSize;
  sumInput(command, gate, from, to);
  if (command.int8) {
    const offset = <usize>from << 2;
    multiplyInt8Rows(
      <i32>row + from,
      to - from,
      hiddenSize,
      command.stateWeights,
      command.stateBias ? command.stateBias + (row << 2) + offset : 0,
      scratch + INT8_VECTOR_BYTES,
      stateSum(command, gate) + offset,
    );
    return;
  }
  multiplyRows(
    from,
    to,
    hiddenSize,
    command.stateWeights + ((row * hiddenSize) << 2),
    command.stateBias ? command.stateBias + (row << 2) : 0,
    state,
    stateSum(command, gate),
  );
}

/** The address of a gate's sums from the input: W x + b. */
// @ts-ignore: decorator
@inline
function inputSum(command: StepCommand, gate: i32): usize {
  return command.sums + ((<usize>gate * ((command.hiddenSize + 3) & ~3)) << 2);
}

/** The address of a gate's sums from the state: U h + d. */
// @ts-ignore: decorator
@inline
function stateSum(command: StepCommand, gate: i32): usize {
  return inputSum(command, gatesOf(command.cell) + gate);
}

/** W x + b + U h + d of four units. */
// @ts-ignore: decorator
@inline
function sum(command: StepCommand, gate: i32, offset: usize): v128 {
  return f32x4.add(
    v128.load(inputSum(command, gate) + offset),
    v128.load(stateSum(command, gate) + offset),
  );
}

/** Four units, of which the last may lie in the padding. */
function stepVector(command: StepCommand, unit: i32): void {
  const offset = <usize>unit << 2;
  const next = command.nextState + offset;
  const h = v128.load(command.state + offset);
  switch (command.cell) {
    case Cell.TANH:
    case Cell.RELU:
      v128.store(next, rnnState(sum(command, 0, offset), command.cell));
      break;
    case Cell.LSTM: {
      const i = sigmoid(sum(command, 0, offset));
      const f = sigmoid(sum(command, 1, offset));
      const g = tanh(sum(command, 2, offset));
      const o = sigmoid(sum(command, 3, offset));
      const c = lstmCell(i, f, g, v128.load(command.cellState + offset));
      v128.store(command.nextCellState + offset, c);
      v128.store(next, lstmState(o, c));
      break;
    }
    case Cell.GRU: {
      const r = sigmoid(sum(command, 0, offset));
      const z = sigmoid(sum(command, 1, offset));
      const x = v128.load(inputSum(command, 2) + offset);
      const n = gruNewAfter(x, r, v128.load(stateSum(command, 2) + offset));
      v128.store(next, gruState(n, z, h));
      break;
    }
    case Cell.MIN_GRU: {
      const n = v128.load(inputSum(command, 1) + offset);
      v128.store(next, minGruState(v128.load(inputSum(command, 0) + offset), n, h));
      break;
    }
    case Cell.MIN_LSTM: {
      const i = v128.load(inputSum(command, 1) + offset);
      const n = v128.load(inputSum(command, 2) + offset);
      v128.store(next, minLstmState(v128.load(inputSum(command, 0) + offset), i, n, h));
      break;
    }
    default: {
      if (command.pass === 0) {
        const r = sigmoid(sum(command, 0, offset));
        v128.store(command.resetState + offset, f32x4.mul(r, h));
        break;
      }
      const z = sigmoid(sum(command, 1, offset));
      const x = v128.load(inputSum(command, 2) + offset);
      const n = gruNewBefore(x, v128.load(stateSum(command, 2) + offset));
      v128.store(next, gruState(n, z, h));
    }
  }
}
