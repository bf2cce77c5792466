// The backward pass of one recurrent layer: for a task's rows, step by step from the last, the cell's gradient in place over
// the kept gates, then the product with the recurrent weights. Gradients of the weights are products over all steps, made
// afterwards.

import { beat, claim, finish } from '../program/command';
import { multiplyBlock } from '../products/gemm';
import { Cell, gatesOf } from './cell';
import { gruAfterBackwardRow, gruBeforeNewBackwardRow, gruBeforeResetBackwardRow } from './gru';
import { lstmBackwardRow } from './lstm';
import { rnnBackwardRow } from './rnn';
import { gateAddress, isActive, rowsPerTask, SequenceCommand, stateStep } from './sequence';
import { madd, TILE_COLUMNS } from '../simd';

export function sequenceBackward(command: SequenceCommand): void {
  const rows = rowsPerTask(command);
  command.tasks = (command.batch + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    const count = min(rows, command.batch - first);
    for (let t = command.steps - 1; t >= 0; t--) {
      step(command, t, first, count);
      beat(t);
    }
    finish(command);
    task = claim(command);
  }
}

function step(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const cell = command.cell;
  const paddedHiddenSize = command.paddedHiddenSize;
  const rowBytes = <usize>command.stateRow << 2;
  const begin = rowBytes * first;
  const gates = gateAddress(command, t, first);
  for (let row = first; row < first + rows; row++) cellGradients(command, t, row);
  if (cell === Cell.GRU_RESET_BEFORE) {
    product(command, rows, gates, command.newWeights, paddedHiddenSize, command.product + begin, false);
    const states = (command.mask ? command.maskedStates : command.states) + stateStep(command) * t;
    for (let row = first; row < first + rows; row++) {
      const offset = rowBytes * row;
      gruBeforeResetBackwardRow(
        paddedHiddenSize,
        gateAddress(command, t, row),
        states + offset,
        command.product + offset,
      );
    }
    const resetGates = gates + (<usize>paddedHiddenSize << 2);
    product(command, rows, resetGates, command.weights, 2 * paddedHiddenSize, command.product + begin, true);
    addProduct(command, first, rows);
    return;
  }
  const recurrent = cell === Cell.GRU ? gates + (<usize>paddedHiddenSize << 2) : gates;
  const depth = paddedHiddenSize * gatesOf(cell);
  if (command.mask) {
    product(command, rows, recurrent, command.weights, depth, command.product + begin, false);
    addProduct(command, first, rows);
  } else {
    product(command, rows, recurrent, command.weights, depth, command.stateGradient + begin, true);
  }
}

/** Gradients of the gates' sums of one row, in place; zero where its sequence has ended, whose state's gradient stays. */
function cellGradients(command: SequenceCommand, t: i32, row: i32): void {
  const paddedHiddenSize = command.paddedHiddenSize;
  const gates = gateAddress(command, t, row);
  if (!isActive(command, row, t)) {
    memory.fill(gates, 0, <usize>command.gateRow << 2);
    return;
  }
  const offset = (<usize>row * command.stateRow) << 2;
  const now = stateStep(command) * t + offset;
  const next = now + stateStep(command);
  const output = command.outputGradients ? command.outputGradients + now : 0;
  const carried = command.stateGradient + offset;
  switch (command.cell) {
    case Cell.TANH:
    case Cell.RELU:
      rnnBackwardRow(paddedHiddenSize, gates, command.states + next, output, carried, command.cell === Cell.RELU);
      break;
    case Cell.LSTM:
      lstmBackwardRow(
        paddedHiddenSize,
        gates,
        command.cells + now,
        command.cells + next,
        output,
        carried,
        command.cellGradient + offset,
      );
      break;
    case Cell.GRU:
      gruAfterBackwardRow(paddedHiddenSize, gates, command.states + now, output, carried);
      break;
    default:
      gruBeforeNewBackwardRow(paddedHiddenSize, gates, command.states + now, output, carried);
  }
}

// @ts-ignore: decorator
@inline
function product(
  command: SequenceCommand,
  rows: i32,
  gates: usize,
  weights: usize,
  depth: i32,
  target: usize,
  accumulate: bool,
): void {
  const paddedHiddenSize = command.paddedHiddenSize;
  multiplyBlock(
    rows,
    paddedHiddenSize,
    0,
    paddedHiddenSize / TILE_COLUMNS,
    depth,
    gates,
    command.gateRow,
    1,
    weights,
    0,
    target,
    command.stateRow,
    1,
    accumulate,
    0,
  );
}

/** stateGradient += mask * product */
function addProduct(command: SequenceCommand, first: i32, rows: i32): void {
  const rowBytes = <usize>command.stateRow << 2;
  const bytes = <usize>command.paddedHiddenSize << 2;
  for (let row = first; row < first + rows; row++) {
    const offset = rowBytes * row;
    for (let i = offset; i < offset + bytes; i += 16) {
      const gradient = v128.load(command.product + i);
      const sum = v128.load(command.stateGradient + i);
      v128.store(
        command.stateGradient + i,
        command.mask ? madd(gradient, v128.load(command.mask + i), sum) : f32x4.add(sum, gradient),
      );
    }
  }
}
