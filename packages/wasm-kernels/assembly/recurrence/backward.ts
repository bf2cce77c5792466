// The backward pass of one recurrent layer: for a task's rows, step by step from the last, the cell's gradient in place over
// the kept gates, then the product with the recurrent weights. Gradients of the weights are products over all steps, made
// afterwards.

import { beat, claim, finish } from '../program/command';
import { madd } from '../simd';
import { Cell, gatesOf } from './cell';
import { gruAfterBackwardRow, gruBeforeNewBackwardRow, gruBeforeResetBackwardRow } from './gru';
import { clearCellGradient, normedCellGradient, normOf, productGradients } from './layer-norm';
import { lstmBackwardRow } from './lstm';
import { projectGradient } from './projection';
import { rnnBackwardRow } from './rnn';
import {
  enteringStates,
  gateAddress,
  isActive,
  rowOffset,
  rowsPerTask,
  scaleCarried,
  SequenceCommand,
  stepBytes,
} from './sequence';
import { stepProduct } from './step-product';
import { addPast, candidateCell, candidateState, putAside } from './zoneout';

export function sequenceBackward(command: SequenceCommand): void {
  const rows = rowsPerTask(command);
  command.tasks = (command.batch + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    const count = min(rows, command.batch - first);
    for (let t = command.steps - 1; t >= 0; t--) {
      if (command.zoneout) putAside(command, t, first, count);
      if (command.projection) projectGradient(command, t, first, count);
      stepBackward(command, t, first, count);
      if (command.zoneout) addPast(command, first, count);
      if (t > 0 && command.carriedScale !== 1) scaleRows(command, first, count);
      beat(t);
    }
    finish(command);
    task = claim(command);
  }
}

function scaleRows(command: SequenceCommand, first: i32, rows: i32): void {
  for (let row = first; row < first + rows; row++) {
    scaleCarried(command, row, 0, <usize>command.paddedHiddenSize << 2);
  }
}

/** Step t of `rows` rows from `first` on. */
function stepBackward(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const cell = command.cell;
  const paddedHiddenSize = command.paddedHiddenSize;
  const block = <usize>paddedHiddenSize << 2;
  const begin = rowOffset(command, first);
  const gates = gateAddress(command, t, first);
  for (let row = first; row < first + rows; row++) gateGradients(command, t, row);
  if (cell === Cell.GRU_RESET_BEFORE) {
    const candidates = command.norm ? productGradients(command, t, first, rows, 0, 2, 1) : gates;
    multiplyGates(command, rows, candidates, paddedHiddenSize, command.newWeights, command.product + begin, false);
    const states = enteringStates(command) + stepBytes(command) * t;
    for (let row = first; row < first + rows; row++) {
      const offset = rowOffset(command, row);
      gruBeforeResetBackwardRow(command, gateAddress(command, t, row), states + offset, command.product + offset);
    }
    const depth = 2 * paddedHiddenSize;
    const both = command.norm ? productGradients(command, t, first, rows, 1, 0, 2) : gates + block;
    multiplyGates(command, rows, both, depth, command.weights, command.product + begin, true);
    addMaskedProduct(command, first, rows);
    return;
  }
  let recurrent = cell === Cell.GRU ? gates + block : gates;
  if (command.norm) {
    recurrent = productGradients(command, t, first, rows, cell === Cell.GRU ? 1 : 0, 0, gatesOf(cell));
  }
  const depth = paddedHiddenSize * gatesOf(cell);
  const target = (command.mask ? command.product : command.stateGradient) + begin;
  multiplyGates(command, rows, recurrent, depth, command.weights, target, !command.mask);
  if (command.mask) addMaskedProduct(command, first, rows);
}

/** Gradients of the gates' sums of one row, in place; zero where its sequence has ended, whose state's gradient stays. */
function gateGradients(command: SequenceCommand, t: i32, row: i32): void {
  const gates = gateAddress(command, t, row);
  if (!isActive(command, row, t)) {
    const bytes = <usize>command.gateStride << 2;
    memory.fill(gates, 0, bytes);
    if (command.peepholes) memory.fill(command.peepholeGradients + (gates - command.gates), 0, bytes);
    if (command.norm && command.cell === Cell.LSTM) {
      clearCellGradient(command, stepBytes(command) * t + rowOffset(command, row));
    }
    return;
  }
  const offset = rowOffset(command, row);
  const now = stepBytes(command) * t + offset;
  // With zoneout, or a projection, they are in `carried` already.
  const within = command.zoneout !== 0 || command.projection !== 0;
  const output = command.outputGradients && !within ? command.outputGradients + now : 0;
  const carried = (command.projection ? command.product : command.stateGradient) + offset;
  switch (command.cell) {
    case Cell.TANH:
    case Cell.RELU:
      rnnBackwardRow(command, gates, candidateState(command, now), output, carried);
      break;
    case Cell.LSTM:
      if (command.norm) normedCellGradient(command, t, row, output, carried);
      lstmBackwardRow(
        command,
        gates,
        command.cells + now,
        candidateCell(command, now),
        output,
        carried,
        command.cellGradient + offset,
        command.peepholeGradients + (gates - command.gates),
        command.norm ? normOf(command).shown + offset : 0,
      );
      break;
    case Cell.GRU:
      gruAfterBackwardRow(command, gates, command.states + now, output, carried);
      break;
    default:
      gruBeforeNewBackwardRow(command, gates, command.states + now, output, carried);
  }
}

/** target [rows, H] = (or += with `accumulate`) gates [rows, depth] times W_hh. */
function multiplyGates(
  command: SequenceCommand,
  rows: i32,
  gates: usize,
  depth: i32,
  weights: usize,
  target: usize,
  accumulate: bool,
): void {
  const columns = command.paddedStateSize;
  stepProduct(command, rows, gates, command.gateStride, depth, weights, target, columns, accumulate);
}

/** stateGradient += mask * product */
function addMaskedProduct(command: SequenceCommand, first: i32, rows: i32): void {
  const bytes = <usize>command.paddedStateSize << 2;
  for (let row = first; row < first + rows; row++) {
    const offset = rowOffset(command, row);
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
