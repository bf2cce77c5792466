// The output of one position, as generation runs it: a linear layer, then the logarithm of softmax.

import { exp } from '../math';
import { multiplyInt8Rows, takeVector } from '../products/int8';
import { multiplyRows } from '../products/matrix-vector';
import { Command, claim, finish, participants, scratch } from '../program/command';
import { horizontalSum } from '../simd';

@unmanaged
export class LinearCommand extends Command {
  /** [rows, depth] */
  weights: usize;
  /** [rows] or 0 */
  bias: usize;
  /** [depth] */
  input: usize;
  /** [rows] */
  output: usize;
  rows: i32;
  depth: i32;
  /** 1: the weights are a matrix of bytes (int8.ts). */
  int8: i32;
}

@unmanaged
export class LogSoftmaxCommand extends Command {
  /** [count], in place. */
  values: usize;
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
    if (command.int8) int8Rows(command, from, to);
    else multiplyRows(from, to, command.depth, command.weights, command.bias, command.input, command.output);
    finish(command);
    task = claim(command);
  }
}

function int8Rows(command: LinearCommand, from: i32, to: i32): void {
  const offset = <usize>from << 2;
  const bias = command.bias ? command.bias + offset : 0;
  takeVector(command.input, command.depth, scratch);
  multiplyInt8Rows(from, to - from, command.depth, command.weights, bias, scratch, command.output + offset);
}

/** values -= log(sum(exp(values))), by one thread. */
export function logSoftmax(command: LogSoftmaxCommand): void {
  command.tasks = 1;
  if (claim(command) !== 0) return;
  const end = command.values + (<usize>command.count << 2);
  let most: f32 = -Infinity;
  for (let i = command.values; i < end; i += 4) most = max(most, load<f32>(i));
  let sums = f32x4.splat(0);
  let address = command.values;
  for (; address + 16 <= end; address += 16) {
    sums = f32x4.add(sums, exp(f32x4.sub(v128.load(address), f32x4.splat(most))));
  }
  let total = horizontalSum(sums);
  for (; address < end; address += 4) {
    total += f32x4.extract_lane(exp(f32x4.splat(load<f32>(address) - most)), 0);
  }
  const shift = most + Mathf.log(total);
  for (let i = command.values; i < end; i += 4) store<f32>(i, load<f32>(i) - shift);
  finish(command);
}
