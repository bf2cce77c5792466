// The forward pass of one recurrent layer over a whole sequence: for a task's rows, step after step, the recurrent product
// tile by tile, each tile followed at once by the cell's arithmetic while it is in cache.

import { beat, claim, finish, scratch } from '../program/command';
import { Cell } from './cell';
import { gruAfterTile, gruBeforeNewTile, gruBeforeResetTile } from './gru';
import { lstmTile } from './lstm';
import { multiplyPanel, ZEROS } from '../products/tile';
import { fits, PACKED, packRows, pays } from '../products/packed-rows';
import { rnnTile } from './rnn';
import { tiles } from '../program/scratch';
import { isActive, rowsPerTask, SequenceCommand, stateStep } from './sequence';
import { TILE_COLUMNS } from '../simd';

export function sequenceForward(command: SequenceCommand): void {
  const rows = rowsPerTask(command);
  command.tasks = (command.batch + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    const count = min(rows, command.batch - first);
    if (command.mask) maskInitial(command, first, count);
    for (let t = 0; t < command.steps; t++) {
      step(command, t, first, count);
      beat(t);
    }
    finish(command);
    task = claim(command);
  }
}

/** Bytes of the tiles of one gate. */
// @ts-ignore: decorator
@inline
function tileBytes(rows: i32): usize {
  return <usize>rows * TILE_COLUMNS * 4;
}

function step(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const cell = command.cell;
  const stateRow = <usize>command.stateRow << 2;
  const offset = stateStep(command) * t + stateRow * first;
  const states = (command.mask ? command.maskedStates : command.states) + offset;
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  if (command.lengths) hold(command, t, first, rows);
  const packed = packs(command, rows, stateGates(cell));
  if (packed) packRows(rows, command.hiddenSize, states, command.stateRow, 1, 1, 0);
  const source = packed ? scratch : states;
  const step = packed ? PACKED : 4;
  if (cell <= Cell.RELU) {
    for (let block = 0; block < blocks; block++) {
      product(command, rows, source, stateRow, step, block, 0, ZEROS, 0);
      rnnTile(command, t, first, rows, block, tiles(), cell === Cell.RELU);
    }
  } else if (cell === Cell.LSTM) {
    for (let block = 0; block < blocks; block++) {
      for (let gate = 0; gate < 4; gate++) {
        product(command, rows, source, stateRow, step, block, gate, ZEROS, gate);
      }
      lstmTile(command, t, first, rows, block, tiles());
    }
  } else if (cell === Cell.GRU) {
    for (let block = 0; block < blocks; block++) {
      product(command, rows, source, stateRow, step, block, 0, ZEROS, 0);
      product(command, rows, source, stateRow, step, block, 1, ZEROS, 1);
      product(command, rows, source, stateRow, step, block, 2, command.newBias + block * TILE_COLUMNS * 4, 2);
      gruAfterTile(command, t, first, rows, block, tiles());
    }
  } else {
    for (let block = 0; block < blocks; block++) {
      product(command, rows, source, stateRow, step, block, 0, ZEROS, 0);
      product(command, rows, source, stateRow, step, block, 1, ZEROS, 1);
      gruBeforeResetTile(command, t, first, rows, block, tiles());
    }
    const gateRow = <usize>command.gateRow << 2;
    const reset =
      command.gates + gateRow * (<usize>t * command.batch + first) + ((<usize>command.paddedHiddenSize * 3) << 2);
    const resetPacked = packs(command, rows, 1);
    if (resetPacked) packRows(rows, command.hiddenSize, reset, command.gateRow, 1, 1, 0);
    for (let block = 0; block < blocks; block++) {
      if (resetPacked) product(command, rows, scratch, 0, PACKED, block, 2, ZEROS, 0);
      else product(command, rows, reset, gateRow, 4, block, 2, ZEROS, 0);
      gruBeforeNewTile(command, t, first, rows, block, tiles());
    }
  }
}

/** Gates of the product with the states; a GRU that resets before makes its third of other rows. */
// @ts-ignore: decorator
@inline
function stateGates(cell: i32): i32 {
  if (cell <= Cell.RELU) return 1;
  if (cell === Cell.LSTM) return 4;
  return cell === Cell.GRU ? 3 : 2;
}

/** Whether to pack the states of `rows` rows before a step's product with `gates` gates. */
// @ts-ignore: decorator
@inline
function packs(command: SequenceCommand, rows: i32, gates: i32): bool {
  return pays((gates * command.paddedHiddenSize) / TILE_COLUMNS) && fits(rows, command.hiddenSize);
}

/** The recurrent product of one gate for eight units, into tile `slot`. */
// @ts-ignore: decorator
@inline
function product(
  command: SequenceCommand,
  rows: i32,
  source: usize,
  sourceRow: usize,
  sourceStep: usize,
  block: i32,
  gate: i32,
  init: usize,
  slot: i32,
): void {
  const panel = <usize>gate * (command.paddedHiddenSize / TILE_COLUMNS) + block;
  multiplyPanel(
    rows,
    command.hiddenSize,
    source,
    sourceRow,
    sourceStep,
    command.weights + panel * command.hiddenSize * TILE_COLUMNS * 4,
    init,
    0,
    tiles() + tileBytes(rows) * slot,
    TILE_COLUMNS * 4,
  );
}

/** Rows whose sequence has ended keep their state. */
function hold(command: SequenceCommand, t: i32, first: i32, rows: i32): void {
  const bytes = <usize>command.stateRow << 2;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) continue;
    const from = stateStep(command) * t + bytes * row;
    const to = from + stateStep(command);
    memory.copy(command.states + to, command.states + from, bytes);
    if (command.cells) memory.copy(command.cells + to, command.cells + from, bytes);
    if (command.mask) memory.copy(command.maskedStates + to, command.maskedStates + from, bytes);
  }
}

function maskInitial(command: SequenceCommand, first: i32, rows: i32): void {
  const bytes = <usize>command.stateRow << 2;
  const end = bytes * (first + rows);
  for (let i = bytes * first; i < end; i += 16) {
    v128.store(
      command.maskedStates + i,
      f32x4.mul(v128.load(command.states + i), v128.load(command.mask + i)),
    );
  }
}
