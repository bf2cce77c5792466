// Where a row's input contribution to the gates stands.

import { SequenceCommand } from './sequence';

/** The address of row (t, row)'s contribution: made by a product beforehand, or a row of the one-hot table. */
// @ts-ignore: decorator
@inline
export function inputAddress(command: SequenceCommand, t: i32, row: i32): usize {
  const position = <usize>t * command.batch + row;
  const line = command.table ? <usize>load<i32>(command.ids + (position << 2)) : position;
  return (command.table ? command.table : command.gates) + ((line * command.gateRow) << 2);
}

/** The address of row (t, row) of the gates. */
// @ts-ignore: decorator
@inline
export function gateAddress(command: SequenceCommand, t: i32, row: i32): usize {
  return command.gates + (((<usize>t * command.batch + row) * command.gateRow) << 2);
}
