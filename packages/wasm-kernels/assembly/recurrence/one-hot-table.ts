// One-hot inputs never become a product: the input weights' transpose, biases added, is a table with one row per token.

import { Command, claim, finish, participants } from '../program/command';

@unmanaged
export class TableCommand extends Command {
  /** W_ih [groups * hiddenSize, tokens] */
  weights: usize;
  /** [tokens, tableStride]; element (group, unit) of a row stands at group * paddedHiddenSize + unit. */
  table: usize;
  tableStride: i32;
  tokens: i32;
  groups: i32;
  /** H */
  hiddenSize: i32;
  paddedHiddenSize: i32;
  /** Group g of the table is group (g + rotation) mod groups of the weights. */
  rotation: i32;
  /** [groups * paddedHiddenSize] in the table's order, added to each row, or 0. */
  bias: usize;
  /** 0: weights to table; 1: table (a gradient) to weights. */
  backward: i32;
}

const BLOCK: i32 = 8;

export function table(command: TableCommand): void {
  const blocks = (command.hiddenSize + BLOCK - 1) / BLOCK;
  command.tasks = min(participants() * 4, blocks * command.groups);
  const total = blocks * command.groups;
  const perTask = (total + command.tasks - 1) / command.tasks;
  let task = claim(command);
  while (task < command.tasks) {
    const end = min(total, (task + 1) * perTask);
    for (let i = task * perTask; i < end; i++) {
      const group = i / blocks;
      columns(command, group, (i - group * blocks) * BLOCK);
    }
    finish(command);
    task = claim(command);
  }
}

/** Up to eight units of one group, all tokens. */
function columns(command: TableCommand, group: i32, unit: i32): void {
  let source = group + command.rotation;
  if (source >= command.groups) source -= command.groups;
  const count = min(BLOCK, command.hiddenSize - unit);
  const row = (<usize>command.tokens) << 2;
  const weights = command.weights + row * (source * command.hiddenSize + unit);
  const column = (<usize>(group * command.paddedHiddenSize + unit)) << 2;
  const bias = command.bias + column;
  let line = command.table + column;
  for (let token: usize = 0; token < row; token += 4) {
    let address = weights + token;
    for (let j: usize = 0; j < (<usize>count) << 2; j += 4) {
      if (command.backward) store<f32>(address, load<f32>(line + j));
      else store<f32>(line + j, load<f32>(address) + (command.bias ? load<f32>(bias + j) : 0));
      address += row;
    }
    line += (<usize>command.tableStride) << 2;
  }
}
