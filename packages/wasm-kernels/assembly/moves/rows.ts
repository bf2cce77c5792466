// Whole rows between the layers of a stack: scaled rows of a table, sums of rows, and what large and restless outputs cost.

import { Command, claim, finish, participants } from '../program/command';
import { madd } from '../simd';

/** How many of `count` rows a task gets: a few tasks for each thread. */
// @ts-ignore: decorator
@inline
function rowsPerTask(count: i32): i32 {
  const tasks = participants() * 4;
  return max(16, (count + tasks - 1) / tasks);
}

@unmanaged
export class ScaleRowsCommand extends Command {
  /** [rows, sourceStride] */
  source: usize;
  sourceStride: i32;
  /** [count], which row of the source; 0: row i. */
  ids: usize;
  /** [count] */
  factors: usize;
  /** [width], added to each row, or 0. */
  bias: usize;
  /** [count, targetStride]; may be the source where there are no ids. */
  target: usize;
  targetStride: i32;
  /** A multiple of 4. */
  width: i32;
  count: i32;
}

/** target[i] = factors[i] * source[ids[i]] + bias */
export function scaleRows(command: ScaleRowsCommand): void {
  const perTask = rowsPerTask(command.count);
  command.tasks = (command.count + perTask - 1) / perTask;
  const bytes = <usize>command.width << 2;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(command.count, (task + 1) * perTask);
    for (let i = task * perTask; i < end; i++) {
      const line = <usize>(command.ids ? load<i32>(command.ids + (<usize>i << 2)) : i);
      const source = command.source + ((line * command.sourceStride) << 2);
      const target = command.target + ((<usize>i * command.targetStride) << 2);
      const factor = v128.load32_splat(command.factors + (<usize>i << 2));
      for (let j: usize = 0; j < bytes; j += 16) {
        const scaled = f32x4.mul(factor, v128.load(source + j));
        v128.store(target + j, command.bias ? f32x4.add(scaled, v128.load(command.bias + j)) : scaled);
      }
    }
    finish(command);
    task = claim(command);
  }
}

@unmanaged
export class PenaltyCommand extends Command {
  /** [steps, batch, row]: the outputs h. */
  outputs: usize;
  /** The same: receives what is added to their gradient. */
  gradients: usize;
  /** [steps, batch]; a step with a negative target does not count. */
  targets: usize;
  /** A multiple of 4. */
  row: i32;
  batch: i32;
  steps: i32;
  /** 0: the cost of size, h^2; 1: that of change, (h_t - h_(t-1))^2, which counts with its later step. */
  ofChange: i32;
  /** Twice the penalty's factor, divided by how many numbers its mean is over. */
  factor: f32;
}

/** gradients += factor * (h_t where t counts), or factor * ((h_t - h_(t-1) where t counts) - (h_(t+1) - h_t where t + 1 counts)) */
export function penalty(command: PenaltyCommand): void {
  const count = command.steps * command.batch;
  const perTask = rowsPerTask(count);
  command.tasks = (count + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(count, (task + 1) * perTask);
    for (let i = task * perTask; i < end; i++) {
      if (command.ofChange) penaltyOfChange(command, i);
      else penaltyOfSize(command, i);
    }
    finish(command);
    task = claim(command);
  }
}

/** The factor where a position counts, else 0. */
// @ts-ignore: decorator
@inline
function factorAt(command: PenaltyCommand, position: i32): v128 {
  return f32x4.splat(load<i32>(command.targets + (<usize>position << 2)) < 0 ? 0 : command.factor);
}

function penaltyOfSize(command: PenaltyCommand, position: i32): void {
  const bytes = <usize>command.row << 2;
  const from = bytes * position;
  const factor = factorAt(command, position);
  for (let j = from; j < from + bytes; j += 16) {
    v128.store(command.gradients + j, madd(factor, v128.load(command.outputs + j), v128.load(command.gradients + j)));
  }
}

function penaltyOfChange(command: PenaltyCommand, position: i32): void {
  const bytes = <usize>command.row << 2;
  const from = bytes * position;
  const step = bytes * command.batch;
  const zero = f32x4.splat(0);
  const arrives = position >= command.batch;
  const leaves = position < (command.steps - 1) * command.batch;
  const arriving = arrives ? factorAt(command, position) : zero;
  const leaving = leaves ? factorAt(command, position + command.batch) : zero;
  for (let j = from; j < from + bytes; j += 16) {
    const outputs = command.outputs + j;
    const h = v128.load(outputs);
    let gradient = v128.load(command.gradients + j);
    if (arrives) gradient = madd(arriving, f32x4.sub(h, v128.load(outputs - step)), gradient);
    if (leaves) gradient = madd(leaving, f32x4.sub(h, v128.load(outputs + step)), gradient);
    v128.store(command.gradients + j, gradient);
  }
}

@unmanaged
export class BlendCommand extends Command {
  /** [count] each; the target is also read. */
  source: usize;
  target: usize;
  factor: f32;
  /** A multiple of 4. */
  count: i32;
}

/** target += factor * (source - target) */
export function blend(command: BlendCommand): void {
  command.tasks = 1;
  if (claim(command) > 0) return;
  const factor = f32x4.splat(command.factor);
  for (let j: usize = 0; j < <usize>command.count << 2; j += 16) {
    const value = v128.load(command.target + j);
    v128.store(command.target + j, madd(factor, f32x4.sub(v128.load(command.source + j), value), value));
  }
  finish(command);
}

@unmanaged
export class AddRowsCommand extends Command {
  /** [count, stride] each. */
  a: usize;
  b: usize;
  /** May be `a` or `b`. */
  target: usize;
  /** A multiple of 4. */
  stride: i32;
  count: i32;
}

/** target = a + b */
export function addRows(command: AddRowsCommand): void {
  const perTask = rowsPerTask(command.count);
  command.tasks = (command.count + perTask - 1) / perTask;
  const bytes = <usize>command.stride << 2;
  let task = claim(command);
  while (task < command.tasks) {
    const end = bytes * min(command.count, (task + 1) * perTask);
    for (let j = bytes * (task * perTask); j < end; j += 16) {
      v128.store(command.target + j, f32x4.add(v128.load(command.a + j), v128.load(command.b + j)));
    }
    finish(command);
    task = claim(command);
  }
}
