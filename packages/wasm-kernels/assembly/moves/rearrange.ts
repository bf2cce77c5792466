// Between the caller's batch-first sequences and the engine's time-major ones; rows of embeddings; masks.

import { Command, claim, finish, participants } from '../program/command';
import { fetch } from '../program/fetch';
import { addRow } from '../simd';

/** How many of `count` items a task gets, so that each thread gets a few tasks of at least `least` items. */
// @ts-ignore: decorator
@inline
function itemsPerTask(count: i32, least: i32): i32 {
  const tasks = participants() * 4;
  return max(least, (count + tasks - 1) / tasks);
}

@unmanaged
export class RearrangeCommand extends Command {
  /** [N, T, width] */
  external: usize;
  /** [T, N, internalStride] */
  internal: usize;
  internalStride: i32;
  width: i32;
  batch: i32;
  steps: i32;
  /** [N] or 0. Steps beyond become zeros on the receiving side. */
  lengths: usize;
  /** 1: each row's valid steps are reversed. */
  reverse: i32;
  /** 0: external to internal; 1: back. */
  outward: i32;
}

export function rearrange(command: RearrangeCommand): void {
  const perTask = itemsPerTask(command.batch, 1);
  command.tasks = (command.batch + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(command.batch, (task + 1) * perTask);
    for (let row = task * perTask; row < end; row++) rearrangeRow(command, row);
    finish(command);
    task = claim(command);
  }
}

function rearrangeRow(command: RearrangeCommand, row: i32): void {
  const steps = command.steps;
  const length = command.lengths ? load<i32>(command.lengths + (<usize>row << 2)) : steps;
  const bytes = <usize>command.width << 2;
  for (let t = 0; t < steps; t++) {
    const valid = t < length;
    const outer = command.reverse && valid ? length - 1 - t : t;
    const external = command.external + bytes * (<usize>row * steps + outer);
    const internal =
      command.internal + (((<usize>t * command.batch + row) * command.internalStride) << 2);
    const target = command.outward ? external : internal;
    if (valid) memory.copy(target, command.outward ? internal : external, bytes);
    else memory.fill(target, 0, bytes);
  }
}

@unmanaged
export class GatherCommand extends Command {
  /** [rows of the table, width] */
  table: usize;
  /** [count] */
  ids: usize;
  /** [count, targetStride] */
  target: usize;
  targetStride: i32;
  width: i32;
  count: i32;
}

/** target[i] = table[ids[i]] */
export function gather(command: GatherCommand): void {
  const perTask = itemsPerTask(command.count, 16);
  command.tasks = (command.count + perTask - 1) / perTask;
  const bytes = <usize>command.width << 2;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(command.count, (task + 1) * perTask);
    for (let i = task * perTask; i < end; i++) {
      const id = <usize>load<i32>(command.ids + (<usize>i << 2));
      memory.copy(command.target + ((<usize>i * command.targetStride) << 2), command.table + bytes * id, bytes);
    }
    finish(command);
    task = claim(command);
  }
}

@unmanaged
export class ScatterAddCommand extends Command {
  /** [rows of the table, tableStride] */
  table: usize;
  tableStride: i32;
  /** [count]; a negative id is skipped. */
  ids: usize;
  /** [count, sourceStride] */
  source: usize;
  sourceStride: i32;
  width: i32;
  count: i32;
}

/** Bytes of the source that are fetched before they are added: a quarter of the first-level cache. */
const FETCHED_AHEAD: i32 = 8192;

/** table[ids[i]] += source[i], i ascending. Tasks share the columns, so that each sum has one owner and one order. */
export function scatterAdd(command: ScatterAddCommand): void {
  // One task per thread: the wider its part of a row, the better the rows stream in.
  const blocks = (command.width + 15) / 16;
  const perTask = (blocks + participants() - 1) / participants();
  command.tasks = (blocks + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const from = task * perTask * 16;
    scatterColumns(command, from, min(command.width, from + perTask * 16) - from);
    finish(command);
    task = claim(command);
  }
}

function scatterColumns(command: ScatterAddCommand, from: i32, count: i32): void {
  const bytes = <usize>count << 2;
  const stride = <usize>command.sourceStride << 2;
  const ahead = max(1, FETCHED_AHEAD / <i32>bytes);
  let source = command.source + (<usize>from << 2) - stride;
  for (let i = 0; i < command.count; i++) {
    source += stride;
    if (i % ahead === 0) fetch(source, min(ahead, command.count - i), bytes, stride);
    const id = load<i32>(command.ids + (<usize>i << 2));
    if (id < 0) continue;
    const target = command.table + ((<usize>id * command.tableStride + from) << 2);
    addRow(target, source, bytes);
  }
}

@unmanaged
export class MaskCommand extends Command {
  /** [steps, batch, row] */
  source: usize;
  /** The same; may be the source. */
  target: usize;
  /** [batch, row], the same at every step, or [steps, batch, row]. */
  mask: usize;
  /** Elements from one step's mask to the next: 0 or batch * row. */
  maskStride: i32;
  /** A multiple of 4. */
  row: i32;
  batch: i32;
  steps: i32;
}

/** target = mask * source */
export function applyMask(command: MaskCommand): void {
  command.tasks = command.steps;
  const bytes = (<usize>command.batch * command.row) << 2;
  let task = claim(command);
  while (task < command.tasks) {
    const source = command.source + bytes * task;
    const target = command.target + bytes * task;
    const mask = command.mask + ((<usize>task * command.maskStride) << 2);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(target + i, f32x4.mul(v128.load(source + i), v128.load(mask + i)));
    }
    finish(command);
    task = claim(command);
  }
}

@unmanaged
export class FillCommand extends Command {
  target: usize;
  /** Elements. */
  count: i32;
  value: f32;
}

export function fill(command: FillCommand): void {
  const perTask = itemsPerTask((command.count + 3) / 4, 4096) * 4;
  command.tasks = (command.count + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    let address = command.target + (<usize>(task * perTask) << 2);
    const end = command.target + (<usize>min(command.count, (task + 1) * perTask) << 2);
    const value = f32x4.splat(command.value);
    for (; address + 16 <= end; address += 16) v128.store(address, value);
    for (; address < end; address += 4) store<f32>(address, command.value);
    finish(command);
    task = claim(command);
  }
}
