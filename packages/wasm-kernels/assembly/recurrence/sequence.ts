// The data of one recurrent layer during a pass over a sequence, and how its batch rows or its units are cut into tasks.
//
// Inside the engine sequences are time-major and H is padded to a multiple of eight (`paddedHiddenSize`), with zeros in
// the padding of every weight; states stay zero there. Only the host's borders see [N, T, ...].

import { Command, participants } from '../program/command';
import { TILE_COLUMNS } from '../simd';
import { Cell, gatesOf } from './cell';

/** Rows of a task: enough to reuse a panel of weights often, few enough that a task's tiles stay in cache. */
const MOST_ROWS: i32 = 64;

@unmanaged
export class SequenceCommand extends Command {
  /** One of `Cell`. */
  cell: i32;
  /** N */
  batch: i32;
  /** T */
  steps: i32;
  /** H */
  hiddenSize: i32;
  /** H padded to a multiple of 8. */
  paddedHiddenSize: i32;
  /** [T + 1, N, stateStride]: h before every step; the first is the initial state. */
  states: usize;
  stateStride: i32;
  /** LSTM: [T + 1, N, stateStride], c. */
  cells: usize;
  /** [T, N, gateStride]: in, the input's contribution (unless `table`); out, gate activations; after backward, gradients. */
  gates: usize;
  gateStride: i32;
  /** 0: evaluation only; gates need not be kept. */
  keepGates: i32;
  /** [V, gateStride]: each one-hot input's contribution, with ids [T, N]; or 0. */
  table: usize;
  ids: usize;
  /** Forward: W_hh^T, panels gate by gate. Backward: W_hh, panels over all gates. */
  weights: usize;
  /** GRU, reset after: [paddedHiddenSize], the bias of the new gate's recurrent product. */
  newBias: usize;
  /** [N] or 0: valid steps of each row. Beyond them the state stays. */
  lengths: usize;
  /** [N, stateStride] or 0: multiplies h where it enters the recurrent product. */
  mask: usize;
  /** With mask: [T + 1, N, stateStride], mask * h. */
  maskedStates: usize;
  /** Backward, GRU reset before: panels of the new gate's W_hh; `weights` then holds those of r and z. */
  newWeights: usize;
  /** [N, stateStride], for a product whose place is not free yet: backward, and with a projection. */
  product: usize;
  /** Backward: [T, N, stateStride], gradient of the outputs, or 0. */
  outputGradients: usize;
  /** Backward: [N, stateStride]; in, gradient of the final state; out, of the initial state, if wanted. */
  stateGradient: usize;
  /** Backward, LSTM: the same for c. */
  cellGradient: usize;
  /** Backward: factor of the gradients of the states between two steps (randomized truncation). 1 as a rule. */
  carriedScale: f32;
  /** Backward: 0: nobody asks for the gradient of the initial state, whose product is left out. */
  toInitialState: i32;
  /** A `Zoneout`, or 0. */
  zoneout: usize;
  /** The size of h, the depth of the recurrent product: H, or P where there is a projection; and padded to a multiple of 8. */
  stateSize: i32;
  paddedStateSize: i32;
  /** LSTM: panels of W_hr^T, backward of W_hr; or 0: h is what the cell makes. */
  projection: usize;
  /** With a projection: [T, N, stateStride], what the cell made. */
  unprojected: usize;
  /** With a projection, backward: [T, N, stateStride], the gradients of h. */
  projectedGradients: usize;
  /** LSTM: [3, paddedHiddenSize], the weights of c in the gates i, f and o; or 0. */
  peepholes: usize;
  /** With peepholes, backward: [T, N, gateStride], what their gradients are sums of. */
  peepholeGradients: usize;
  /** A `LayerNorm`, or 0. */
  norm: usize;
}

// The offset of an element in a sequence of states is that of its step plus that of its row; in a mask it is the row's alone.

/** Bytes from the states of one step to those of the next. */
// @ts-ignore: decorator
@inline
export function stepBytes(command: SequenceCommand): usize {
  return (<usize>command.batch * command.stateStride) << 2;
}

/** Bytes from the first row's state to that of `row`. */
// @ts-ignore: decorator
@inline
export function rowOffset(command: SequenceCommand, row: i32): usize {
  return (<usize>row * command.stateStride) << 2;
}

/** The states that enter the recurrent product. */
// @ts-ignore: decorator
@inline
export function enteringStates(command: SequenceCommand): usize {
  return command.mask ? command.maskedStates : command.states;
}

/** Stores a vector of h', and mask * h' where there is a mask. `next`, `unit`: its offsets in the states, and in the mask. */
// @ts-ignore: decorator
@inline
export function storeState(command: SequenceCommand, next: usize, unit: usize, h: v128): void {
  v128.store(command.states + next, h);
  if (command.mask) v128.store(command.maskedStates + next, f32x4.mul(h, v128.load(command.mask + unit)));
}

/** Multiplies by `carriedScale` what one row hands to the step before: the bytes from `from` to `to` of its gradients. */
export function scaleCarried(command: SequenceCommand, row: i32, from: usize, to: usize): void {
  const factor = f32x4.splat(command.carriedScale);
  const begin = rowOffset(command, row);
  for (let i = begin + from; i < begin + to; i += 16) {
    const h = command.stateGradient + i;
    v128.store(h, f32x4.mul(factor, v128.load(h)));
    if (!command.cellGradient) continue;
    const c = command.cellGradient + i;
    v128.store(c, f32x4.mul(factor, v128.load(c)));
  }
}

// @ts-ignore: decorator
@inline
export function isActive(command: SequenceCommand, row: i32, t: i32): bool {
  return command.lengths === 0 || t < load<i32>(command.lengths + (<usize>row << 2));
}

/**
 * Batch rows of a task that has the rows' whole sequence. Rows do not meet during the recurrence, so threads need no barrier from
 * step to step, and a row's results do not depend on who shares its task.
 */
export function rowsPerTask(command: SequenceCommand): i32 {
  const threads = participants();
  const tasks = threads * ((command.batch + threads * MOST_ROWS - 1) / (threads * MOST_ROWS));
  return max(1, (command.batch + tasks - 1) / tasks);
}

// Measured, with what came of it: docs/decisions/0021-the-recurrence.md.
/** Rows that make no whole tile: every thread reads all weights for them. */
const FEW_ROWS: i32 = 3;
/** Multiplications of a step that are worth a wait at its end. */
const LEAST_MULTIPLICATIONS: i32 = 8192;
/** Bytes of recurrent weights that do not stay in the cache from one step to the next. */
const LARGE_WEIGHTS: i32 = 16_000_000;
/** Rows that do not hide the time that large weights take to come. */
const FEW_ROWS_OF_LARGE: i32 = 10;

/**
 * Whether the threads share a step's units, of all rows, and wait for one another at each step. Else they share the rows, and do
 * not wait. A sum has the same order in both. What needs the units of a whole row within a step shares rows: norms, projections,
 * and a reset gate before the product.
 */
export function sharesUnits(command: SequenceCommand): bool {
  const threads = participants();
  const needsWholeRows =
    command.cell === Cell.GRU_RESET_BEFORE || command.norm !== 0 || command.projection !== 0;
  if (threads === 1 || command.batch > MOST_ROWS || needsWholeRows) return false;
  const weights = gatesOf(command.cell) * command.paddedHiddenSize * command.stateSize;
  const rows = (command.batch + threads - 1) / threads;
  if (rows <= FEW_ROWS) return command.batch * weights >= LEAST_MULTIPLICATIONS;
  return rows <= FEW_ROWS_OF_LARGE && weights * 4 >= LARGE_WEIGHTS;
}

/** The first block of eight units of part number `part`, in twos: two blocks go together with wide vectors. */
export function partStart(units: i32, part: i32): i32 {
  const blocks = units / TILE_COLUMNS;
  const twos = (blocks + 1) / 2;
  return min(blocks, 2 * ((twos * part) / participants()));
}

/** The address of row (t, row)'s input contribution: made by a product beforehand, or a row of the one-hot table. */
// @ts-ignore: decorator
@inline
export function inputAddress(command: SequenceCommand, t: i32, row: i32): usize {
  const position = <usize>t * command.batch + row;
  const line = command.table ? <usize>load<i32>(command.ids + (position << 2)) : position;
  return (command.table ? command.table : command.gates) + ((line * command.gateStride) << 2);
}

/** The address of row (t, row) of the gates. */
// @ts-ignore: decorator
@inline
export function gateAddress(command: SequenceCommand, t: i32, row: i32): usize {
  return command.gates + (((<usize>t * command.batch + row) * command.gateStride) << 2);
}
