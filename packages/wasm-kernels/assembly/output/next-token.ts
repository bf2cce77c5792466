// The output of one position of each sequence, as generation runs it: a linear layer, then the logarithm of softmax.

import { exp } from '../math';
import { multiplyInt8Rows, takeVector } from '../products/int8';
import { multiplyRows } from '../products/matrix-vector';
import { Command, claim, finish, participants, scratch } from '../program/command';
import { horizontalSum, largest } from '../simd';

@unmanaged
export class LinearCommand extends Command {
  /** [rows, depth] */
  weights: usize;
  /** [rows] or 0 */
  bias: usize;
  /** [count, depth padded to 4] */
  input: usize;
  /** [count, outputStride] */
  output: usize;
  outputStride: i32;
  /** The sequences. */
  count: i32;
  rows: i32;
  depth: i32;
  /** 1: the weights are a matrix of bytes (int8.ts). */
  int8: i32;
}

@unmanaged
export class LogSoftmaxCommand extends Command {
  /** [count, size], in place. */
  values: usize;
  size: i32;
  count: i32;
}

export function linear(command: LinearCommand): void {
  const groups = (command.rows + 3) / 4;
  const perTask = max(1, (groups + participants() * 4 - 1) / (participants() * 4)) * 4;
  command.tasks = (command.rows + perTask - 1) / perTask;
  let task = claim(command);
  while (task < command.tasks) {
    const from = task * perTask;
    const to = min(command.rows, (task + 1) * perTask);
    linearRows(command, from, to);
    finish(command);
    task = claim(command);
  }
}

/** Four rows at a time for several sequences, which then find them in the cache. */
function linearRows(command: LinearCommand, from: i32, to: i32): void {
  const depth = command.depth;
  const count = command.count;
  const step = command.int8 || count === 1 ? to - from : 4;
  for (let row = from; row < to; row += step) {
    const end = min(to, row + step);
    for (let s = 0; s < count; s++) {
      const input = command.input + ((<usize>(((depth + 3) & ~3) * s)) << 2);
      const output = command.output + ((<usize>command.outputStride * s) << 2);
      if (command.int8) int8Rows(command, row, end, input, output);
      else multiplyRows(row, end, depth, command.weights, command.bias, input, output);
    }
  }
}

function int8Rows(command: LinearCommand, from: i32, to: i32, input: usize, output: usize): void {
  const offset = <usize>from << 2;
  const bias = command.bias ? command.bias + offset : 0;
  takeVector(input, command.depth, scratch);
  multiplyInt8Rows(from, to - from, command.depth, command.weights, bias, scratch, output + offset);
}

/** values -= log(sum(exp(values))) of each sequence. */
export function logSoftmax(command: LogSoftmaxCommand): void {
  command.tasks = command.count;
  let task = claim(command);
  while (task < command.tasks) {
    logSoftmaxRow(command.values + ((<usize>command.size * task) << 2), command.size);
    finish(command);
    task = claim(command);
  }
}

function logSoftmaxRow(values: usize, size: i32): void {
  const end = values + (<usize>size << 2);
  const most = largest(values, size);
  let sums = f32x4.splat(0);
  let address = values;
  for (; address + 16 <= end; address += 16) {
    sums = f32x4.add(sums, exp(f32x4.sub(v128.load(address), f32x4.splat(most))));
  }
  let total = horizontalSum(sums);
  for (; address < end; address += 4) {
    total += f32x4.extract_lane(exp(f32x4.splat(load<f32>(address) - most)), 0);
  }
  const shift = most + Mathf.log(total);
  for (address = values; address + 16 <= end; address += 16) {
    v128.store(address, f32x4.sub(v128.load(address), f32x4.splat(shift)));
  }
  for (; address < end; address += 4) store<f32>(address, load<f32>(address) - shift);
}
