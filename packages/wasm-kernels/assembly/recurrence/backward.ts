// The backward pass of one recurrent layer: for a task's rows, step by step from the last, the cell's gradient in place over
// the kept gates, then the product with the recurrent weights. Gradients of the weights are products over all steps, made
// afterwards.

import { awaitSteps, beat, claim, finish, finishStep, participants } from '../program/command';
import { madd, TILE_COLUMNS, TILE_ROW_BYTES } from '../simd';
import { blocksOf, Cell, gatesOf } from './cell';
import { gruAfterBackwardRow, gruBeforeNewBackwardRow, gruBeforeResetBackwardRow } from './gru';
import { clearCellGradient, normedCellGradient, normOf, productGradients } from './layer-norm';
import { lstmBackwardRow } from './lstm';
import { projectGradient } from './projection';
import { rnnBackwardRow } from './rnn';
import {
  enteringStates,
  gateAddress,
  isActive,
  partStart,
  rowOffset,
  rowsPerTask,
  scaleCarried,
  SequenceCommand,
  sharesUnits,
  stepBytes,
} from './sequence';
import { stepProduct } from './step-product';
import { addPast, candidateCell, candidateState, putAside } from './zoneout';

export function sequenceBackward(command: SequenceCommand): void {
  if (sharesUnits(command)) backwardByUnits(command);
  else backwardByRows(command);
}

/**
 * A task is a part of the units of all rows: the product of the step after, whose gates' gradients are all there, then the gradients of this
 * step's gates.
 */
function backwardByUnits(command: SequenceCommand): void {
  const parts = participants();
  const rows = command.batch;
  const units = command.paddedHiddenSize;
  command.tasks = parts * (command.steps + 1);
  let task = claim(command);
  while (task < command.tasks) {
    const done = task / parts;
    const part = task - done * parts;
    const t = command.steps - 1 - done;
    const begin = partStart(units, part);
    const end = partStart(units, part + 1);
    if (!awaitSteps(command, done * parts)) return;
    if (done > 0) {
      recurrentGradients(command, t + 1, 0, rows, begin, end);
      if (command.zoneout) addPast(command, 0, rows, begin, end);
      if (t >= 0 && command.carriedScale !== 1) scaleRows(command, 0, rows, begin, end);
    }
    if (t >= 0) {
      if (command.zoneout) putAside(command, t, 0, rows, begin, end);
      for (let row = 0; row < rows; row++) gateGradients(command, t, row, begin, end);
    }
    beat(done);
    finishStep(command, parts);
    task = claim(command);
  }
}

function backwardByRows(command: SequenceCommand): void {
  const rows = rowsPerTask(command);
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  command.tasks = (command.batch + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    const count = min(rows, command.batch - first);
    for (let t = command.steps - 1; t >= 0; t--) {
      if (command.zoneout) putAside(command, t, first, count, 0, blocks);
      if (command.projection) projectGradient(command, t, first, count);
      stepBackward(command, t, first, count);
      if (command.zoneout) addPast(command, first, count, 0, blocks);
      if (t > 0 && command.carriedScale !== 1) scaleRows(command, first, count, 0, blocks);
      beat(t);
    }
    finish(command);
    task = claim(command);
  }
}

function scaleRows(command: SequenceCommand, first: i32, rows: i32, begin: i32, end: i32): void {
  for (let row = first; row < first + rows; row++) {
    scaleCarried(command, row, <usize>begin * TILE_ROW_BYTES, <usize>end * TILE_ROW_BYTES);
  }
}

/** Step t of `rows` rows from `first` on. */
function stepBackward(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const cell = command.cell;
  const paddedHiddenSize = command.paddedHiddenSize;
  const block = <usize>paddedHiddenSize << 2;
  const begin = rowOffset(command, first);
  const gates = gateAddress(command, t, first);
  const stateBlocks = command.paddedStateSize / TILE_COLUMNS;
  const blocks = paddedHiddenSize / TILE_COLUMNS;
  for (let row = first; row < first + rows; row++) gateGradients(command, t, row, 0, blocks);
  if (cell === Cell.GRU_RESET_BEFORE) {
    const candidates = command.norm ? productGradients(command, t, first, rows, 0, 2, 1) : gates;
    const product = command.product + begin;
    multiplyGates(command, rows, candidates, paddedHiddenSize, command.newWeights, product, false, 0, stateBlocks);
    const states = enteringStates(command) + stepBytes(command) * t;
    for (let row = first; row < first + rows; row++) {
      const offset = rowOffset(command, row);
      gruBeforeResetBackwardRow(command, gateAddress(command, t, row), states + offset, command.product + offset);
    }
    const depth = 2 * paddedHiddenSize;
    const both = command.norm ? productGradients(command, t, first, rows, 1, 0, 2) : gates + block;
    if (t === 0 && !command.toInitialState) return;
    multiplyGates(command, rows, both, depth, command.weights, product, true, 0, stateBlocks);
    addMaskedProduct(command, first, rows, 0, stateBlocks);
    return;
  }
  recurrentGradients(command, t, first, rows, 0, stateBlocks);
}

/** The gradients of the states that entered step t, if wanted, of the blocks `begin` to `end`, from those of its gates. */
function recurrentGradients(command: SequenceCommand, t: i32, first: i32, rows: i32, begin: i32, end: i32): void {
  const cell = command.cell;
  const lead = cell === Cell.GRU ? 1 : 0;
  let gates = gateAddress(command, t, first) + ((<usize>command.paddedHiddenSize * lead) << 2);
  if (command.norm) gates = productGradients(command, t, first, rows, lead, 0, gatesOf(cell));
  if (t === 0 && !command.toInitialState) return;
  const depth = command.paddedHiddenSize * gatesOf(cell);
  const target = (command.mask ? command.product : command.stateGradient) + rowOffset(command, first);
  multiplyGates(command, rows, gates, depth, command.weights, target, !command.mask, begin, end);
  if (command.mask) addMaskedProduct(command, first, rows, begin, end);
}

/**
 * Gradients of the gates' sums of one row, in place, units of the blocks `begin` to `end`; zero where its sequence has ended, whose state's
 * gradient stays.
 */
function gateGradients(command: SequenceCommand, t: i32, row: i32, begin: i32, end: i32): void {
  const gates = gateAddress(command, t, row);
  const from = <usize>begin * TILE_ROW_BYTES;
  const to = <usize>end * TILE_ROW_BYTES;
  if (!isActive(command, row, t)) {
    const gate = <usize>command.paddedHiddenSize << 2;
    const last = from + gate * blocksOf(command.cell);
    for (let i = from; i < last; i += gate) {
      memory.fill(gates + i, 0, to - from);
      if (command.peepholes) memory.fill(command.peepholeGradients + (gates - command.gates) + i, 0, to - from);
    }
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
      rnnBackwardRow(command, gates, candidateState(command, now), output, carried, from, to);
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
        from,
        to,
      );
      break;
    case Cell.GRU:
      gruAfterBackwardRow(command, gates, command.states + now, output, carried, from, to);
      break;
    default:
      gruBeforeNewBackwardRow(command, gates, command.states + now, output, carried);
  }
}

/** target [rows, H] = (or += with `accumulate`) gates [rows, depth] times W_hh, columns of the blocks `begin` to `end`. */
function multiplyGates(
  command: SequenceCommand,
  rows: i32,
  gates: usize,
  depth: i32,
  weights: usize,
  target: usize,
  accumulate: bool,
  begin: i32,
  end: i32,
): void {
  const columns = command.paddedStateSize;
  stepProduct(command, rows, gates, command.gateStride, depth, weights, target, columns, accumulate, begin, end);
}

/** stateGradient += mask * product */
function addMaskedProduct(command: SequenceCommand, first: i32, rows: i32, begin: i32, end: i32): void {
  for (let row = first; row < first + rows; row++) {
    const offset = rowOffset(command, row);
    const last = offset + <usize>end * TILE_ROW_BYTES;
    for (let i = offset + <usize>begin * TILE_ROW_BYTES; i < last; i += 16) {
      const gradient = v128.load(command.product + i);
      const sum = v128.load(command.stateGradient + i);
      v128.store(
        command.stateGradient + i,
        command.mask ? madd(gradient, v128.load(command.mask + i), sum) : f32x4.add(sum, gradient),
      );
    }
  }
}
