// The forward pass of one recurrent layer over a whole sequence: for a task's rows, step after step, the recurrent product
// tile by tile, each tile followed at once by the cell's arithmetic while it is in cache.

import { left, Matrix, result, start } from '../products/matrix';
import { fitsScratch, PACKED, packingPays, packRows } from '../products/packed-rows';
import { multiplyPanel, ZEROS } from '../products/tile';
import { goesByPairs, multiplyPair } from '../products/tile-pair';
import { awaitSteps, beat, claim, finish, finishStep, participants, scratch } from '../program/command';
import { tiles } from '../program/scratch';
import { TILE_COLUMNS, TILE_ROW_BYTES } from '../simd';
import { Cell, Gates, gatesOf } from './cell';
import { gruAfterTile, gruBeforeNewTile, gruBeforeResetTile } from './gru';
import { lstmTile } from './lstm';
import { rnnTile } from './rnn';
import {
  enteringStates,
  gateAddress,
  isActive,
  partStart,
  rowOffset,
  rowsPerTask,
  SequenceCommand,
  sharesUnits,
  stepBytes,
} from './sequence';
import { normalizeProducts, normedStates, normOf } from './layer-norm';
import { project } from './projection';
import { keepValues } from './zoneout';

export function sequenceForward(command: SequenceCommand): void {
  if (sharesUnits(command)) forwardByUnits(command);
  else forwardByRows(command);
}

/** A task is a part of the units of all rows in one step, once the step before is finished. */
function forwardByUnits(command: SequenceCommand): void {
  const parts = participants();
  const rows = command.batch;
  command.tasks = parts * command.steps;
  let task = claim(command);
  while (task < command.tasks) {
    const t = task / parts;
    const part = task - t * parts;
    if (!awaitSteps(command, t * parts)) return;
    // Every part needs all of them, and makes the same.
    if (t === 0 && command.mask) maskInitialStates(command, 0, rows);
    const begin = partStart(command.paddedHiddenSize, part);
    const end = partStart(command.paddedHiddenSize, part + 1);
    stepForward(command, t, 0, rows, begin, end);
    if (command.zoneout) keepValues(command, t, 0, rows, begin, end);
    beat(t);
    finishStep(command, parts);
    task = claim(command);
  }
}

function forwardByRows(command: SequenceCommand): void {
  const rows = rowsPerTask(command);
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  command.tasks = (command.batch + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    const count = min(rows, command.batch - first);
    if (command.mask) maskInitialStates(command, first, count);
    for (let t = 0; t < command.steps; t++) {
      stepForward(command, t, first, count, 0, blocks);
      if (command.projection) project(command, t, first, count);
      if (command.zoneout) keepValues(command, t, first, count, 0, blocks);
      beat(t);
    }
    finish(command);
    task = claim(command);
  }
}

/** Step t of `rows` rows from `first` on, units of the blocks `begin` to `end`; all of them with a norm or the reset gate before. */
function stepForward(command: SequenceCommand, t: i32, first: i32, rows: i32, begin: i32, end: i32): void {
  const k = command.stateSize;
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  const panelBytes = <usize>k * TILE_ROW_BYTES;
  const gateBytes = panelBytes * blocks;
  const resetsBefore = command.cell === Cell.GRU_RESET_BEFORE;
  const gates = resetsBefore ? Gates.GRU - 1 : gatesOf(command.cell);
  const biasedGate = command.cell === Cell.GRU ? 2 : -1;
  const slot = <usize>rows * TILE_ROW_BYTES;
  const from = start();
  const to = result();
  from.rowStride = 0;
  to.rowStride = TILE_ROW_BYTES;
  if (command.lengths) keepEndedStates(command, t, first, rows, begin, end);
  const h = enteringStates(command) + stepBytes(command) * t + rowOffset(command, first);
  takeLeft(command, rows, gates, h, command.stateStride);
  if (command.norm) {
    normedGates(command, t, first, rows, gates);
    return;
  }
  const tileBytes = slot * gates;
  // By twos: two blocks fill the cache lines of the gates and states that they write.
  for (let block = begin; block < end; block += 2) {
    const areTwo = block + 1 < end;
    let weights = command.weights + panelBytes * block;
    to.address = tiles();
    for (let gate = 0; gate < gates; gate++) {
      from.address = gate === biasedGate ? command.newBias + <usize>block * TILE_ROW_BYTES : ZEROS;
      multiplyBlocks(areTwo, rows, k, weights, panelBytes, from, to, tileBytes);
      weights += gateBytes;
      to.address += slot;
    }
    cellTile(command, t, first, rows, block, tiles());
    if (areTwo) cellTile(command, t, first, rows, block + 1, tiles() + tileBytes);
  }
  if (!resetsBefore) return;
  // The last block of gates has r h now, and the weights' last gate multiplies it.
  const resetStates = gateAddress(command, t, first) + ((<usize>command.paddedHiddenSize * 3) << 2);
  takeLeft(command, rows, 1, resetStates, command.gateStride);
  from.address = ZEROS;
  to.address = tiles();
  let weights = command.weights + gateBytes * 2;
  for (let block = 0; block < blocks; block += 2) {
    const areTwo = block + 1 < blocks;
    multiplyBlocks(areTwo, rows, k, weights, panelBytes, from, to, slot);
    gruBeforeNewTile(command, t, first, rows, block, tiles());
    if (areTwo) gruBeforeNewTile(command, t, first, rows, block + 1, tiles() + slot);
    weights += panelBytes * 2;
  }
}

/** A step's rows times one panel or two, `panelBytes` apart. As `multiplyPair`, sums start 32 bytes apart, results lie `tileBytes` apart. */
// @ts-ignore: decorator
@inline
function multiplyBlocks(
  areTwo: bool,
  rows: i32,
  k: i32,
  weights: usize,
  panelBytes: usize,
  from: Matrix,
  to: Matrix,
  tileBytes: usize,
): void {
  if (areTwo && goesByPairs(left())) {
    multiplyPair(rows, k, left(), weights, panelBytes, from, to, tileBytes);
    return;
  }
  multiplyPanel(rows, k, left(), weights, from, to);
  if (!areTwo) return;
  from.address += TILE_ROW_BYTES;
  to.address += tileBytes;
  multiplyPanel(rows, k, left(), weights + panelBytes, from, to);
  from.address -= TILE_ROW_BYTES;
  to.address -= tileBytes;
}

/** A step with layer norm: the rows' products are normalized once all of them are there. */
function normedGates(command: SequenceCommand, t: i32, first: i32, rows: i32, gates: i32): void {
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  normedProducts(command, t, first, rows, 0, gates);
  for (let block = 0; block < blocks; block++) {
    for (let gate = 0; gate < gates; gate++) fillTile(command, first, rows, gate, block, tiles(), gate);
    cellTile(command, t, first, rows, block, tiles());
  }
  if (command.cell === Cell.LSTM) normedStates(command, t, first, rows);
  if (command.cell !== Cell.GRU_RESET_BEFORE) return;
  const resetStates = gateAddress(command, t, first) + ((<usize>command.paddedHiddenSize * 3) << 2);
  takeLeft(command, rows, 1, resetStates, command.gateStride);
  normedProducts(command, t, first, rows, gates, 1);
  for (let block = 0; block < blocks; block++) {
    fillTile(command, first, rows, gates, block, tiles(), 0);
    gruBeforeNewTile(command, t, first, rows, block, tiles());
  }
}

/** norm(U h) * gain + bias of `gates` gates from number `gate` on, in the norm's rows. */
function normedProducts(command: SequenceCommand, t: i32, first: i32, rows: i32, gate: i32, gates: i32): void {
  const k = command.stateSize;
  const blocks = command.paddedHiddenSize / TILE_COLUMNS;
  const from = start();
  const to = result();
  from.address = ZEROS;
  to.rowStride = <usize>command.gateStride << 2;
  const base = normOf(command).products + <usize>first * to.rowStride;
  const panelBytes = <usize>k * TILE_ROW_BYTES;
  const end = (gate + gates) * blocks;
  const pairs = goesByPairs(left());
  for (let panel = gate * blocks; panel < end; panel++) {
    const weights = command.weights + panelBytes * panel;
    to.address = base + <usize>panel * TILE_ROW_BYTES;
    if (pairs && panel + 1 < end) {
      multiplyPair(rows, k, left(), weights, panelBytes, from, to, TILE_ROW_BYTES);
      panel++;
    } else multiplyPanel(rows, k, left(), weights, from, to);
  }
  normalizeProducts(command, t, first, rows, gate, gates);
}

/** Copies eight units of a gate to where the cell's arithmetic reads tile number `place`. */
function fillTile(
  command: SequenceCommand,
  first: i32,
  rows: i32,
  gate: i32,
  block: i32,
  tile: usize,
  place: i32,
): void {
  const stride = <usize>command.gateStride << 2;
  let source =
    normOf(command).products +
    stride * first +
    ((<usize>(gate * command.paddedHiddenSize + block * TILE_COLUMNS)) << 2);
  let target = tile + <usize>(place * rows) * TILE_ROW_BYTES;
  for (let row = 0; row < rows; row++) {
    memory.copy(target, source, TILE_ROW_BYTES);
    source += stride;
    target += TILE_ROW_BYTES;
  }
}

/** The cell's arithmetic on eight units of a task's rows, whose recurrent products are in `tile` [gates][rows][8]. */
// @ts-ignore: decorator
@inline
function cellTile(command: SequenceCommand, t: i32, first: i32, rows: i32, block: i32, tile: usize): void {
  switch (command.cell) {
    case Cell.TANH:
    case Cell.RELU:
      rnnTile(command, t, first, rows, block, tile);
      break;
    case Cell.LSTM:
      lstmTile(command, t, first, rows, block, tile);
      break;
    case Cell.GRU:
      gruAfterTile(command, t, first, rows, block, tile);
      break;
    default:
      gruBeforeResetTile(command, t, first, rows, block, tile);
  }
}

/** Takes rows [rows, H] as the left side of products with `gates` gates; packs them where that pays. Stride in elements. */
function takeLeft(command: SequenceCommand, rows: i32, gates: i32, source: usize, stride: i32): void {
  const panels = (gates * command.paddedHiddenSize) / TILE_COLUMNS;
  if (packingPays(panels) && fitsScratch(rows, command.stateSize)) {
    packRows(rows, command.stateSize, source, stride, 1, 1, 0);
    left().set(scratch, 0);
    left().columnStride = PACKED;
  } else {
    left().set(source, <usize>stride << 2);
    left().columnStride = 4;
  }
}

/** Rows whose sequence has ended keep their state. */
function keepEndedStates(command: SequenceCommand, t: i32, first: i32, rows: i32, begin: i32, end: i32): void {
  const column = <usize>begin * TILE_ROW_BYTES;
  const bytes = <usize>(end - begin) * TILE_ROW_BYTES;
  for (let row = first; row < first + rows; row++) {
    if (isActive(command, row, t)) continue;
    const from = stepBytes(command) * t + rowOffset(command, row) + column;
    const to = from + stepBytes(command);
    memory.copy(command.states + to, command.states + from, bytes);
    if (command.cells) memory.copy(command.cells + to, command.cells + from, bytes);
    if (command.mask) memory.copy(command.maskedStates + to, command.maskedStates + from, bytes);
  }
}

function maskInitialStates(command: SequenceCommand, first: i32, rows: i32): void {
  const end = rowOffset(command, first + rows);
  for (let i = rowOffset(command, first); i < end; i += 16) {
    v128.store(
      command.maskedStates + i,
      f32x4.mul(v128.load(command.states + i), v128.load(command.mask + i)),
    );
  }
}
