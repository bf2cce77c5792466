// Programs: which operation a command's number names, and the run through the list.

import { sequenceBackward } from '../recurrence/backward';
import { awaitTasks, awaitWorkers, Command, Control, control, enter, leave } from './command';
import { CrossEntropyCommand, crossEntropy } from '../output/cross-entropy';
import { LinearCommand, LogSoftmaxCommand, linear, logSoftmax } from '../output/next-token';
import { DropCommand, DropoutCommand, drop, dropout } from '../moves/dropout';
import { MapCommand, map } from '../moves/elementwise';
import { sequenceForward } from '../recurrence/forward';
import { GemmCommand, gemm } from '../products/gemm';
import { TableCommand, table } from '../recurrence/one-hot-table';
import { NormCommand, norm, UpdateCommand, update } from '../updates/optimizer';
import { PackCommand, pack } from '../products/pack';
import {
  applyMask,
  FillCommand,
  fill,
  GatherCommand,
  gather,
  MaskCommand,
  RearrangeCommand,
  rearrange,
  ScatterAddCommand,
  scatterAdd,
} from '../moves/rearrange';
import {
  AddRowsCommand,
  addRows,
  BlendCommand,
  blend,
  PenaltyCommand,
  penalty,
  ScaleRowsCommand,
  scaleRows,
} from '../moves/rows';
import { NormRowsCommand, normRows } from '../recurrence/layer-norm';
import { scanBackward, scanForward } from '../recurrence/scan';
import { SequenceCommand } from '../recurrence/sequence';
import { StepCommand, step } from '../recurrence/one-step';

/** Operations by number; the host takes the numbers from here. */
export namespace Operation {
  export const PACK: i32 = 1;
  export const GEMM: i32 = 2;
  export const SEQUENCE_FORWARD: i32 = 3;
  export const SEQUENCE_BACKWARD: i32 = 4;
  export const REARRANGE: i32 = 5;
  export const GATHER: i32 = 6;
  export const SCATTER_ADD: i32 = 7;
  export const MASK: i32 = 8;
  export const FILL: i32 = 9;
  export const TABLE: i32 = 10;
  export const CROSS_ENTROPY: i32 = 11;
  export const NORM: i32 = 12;
  export const UPDATE: i32 = 13;
  export const MAP: i32 = 14;
  export const DROPOUT: i32 = 15;
  export const STEP: i32 = 16;
  export const LINEAR: i32 = 17;
  export const LOG_SOFTMAX: i32 = 18;
  export const SCAN_FORWARD: i32 = 19;
  export const SCAN_BACKWARD: i32 = 20;
  export const DROP: i32 = 21;
  export const SCALE_ROWS: i32 = 22;
  export const PENALTY: i32 = 23;
  export const ADD_ROWS: i32 = 24;
  export const BLEND: i32 = 25;
  export const NORM_ROWS: i32 = 26;
}

function dispatch(command: Command): void {
  const address = changetype<usize>(command);
  switch (command.operation) {
    case Operation.PACK:
      pack(changetype<PackCommand>(address));
      break;
    case Operation.GEMM:
      gemm(changetype<GemmCommand>(address));
      break;
    case Operation.SEQUENCE_FORWARD:
      sequenceForward(changetype<SequenceCommand>(address));
      break;
    case Operation.SEQUENCE_BACKWARD:
      sequenceBackward(changetype<SequenceCommand>(address));
      break;
    case Operation.REARRANGE:
      rearrange(changetype<RearrangeCommand>(address));
      break;
    case Operation.GATHER:
      gather(changetype<GatherCommand>(address));
      break;
    case Operation.SCATTER_ADD:
      scatterAdd(changetype<ScatterAddCommand>(address));
      break;
    case Operation.MASK:
      applyMask(changetype<MaskCommand>(address));
      break;
    case Operation.FILL:
      fill(changetype<FillCommand>(address));
      break;
    case Operation.TABLE:
      table(changetype<TableCommand>(address));
      break;
    case Operation.CROSS_ENTROPY:
      crossEntropy(changetype<CrossEntropyCommand>(address));
      break;
    case Operation.NORM:
      norm(changetype<NormCommand>(address));
      break;
    case Operation.UPDATE:
      update(changetype<UpdateCommand>(address));
      break;
    case Operation.MAP:
      map(changetype<MapCommand>(address));
      break;
    case Operation.DROPOUT:
      dropout(changetype<DropoutCommand>(address));
      break;
    case Operation.STEP:
      step(changetype<StepCommand>(address));
      break;
    case Operation.LINEAR:
      linear(changetype<LinearCommand>(address));
      break;
    case Operation.LOG_SOFTMAX:
      logSoftmax(changetype<LogSoftmaxCommand>(address));
      break;
    case Operation.SCAN_FORWARD:
      scanForward(changetype<SequenceCommand>(address));
      break;
    case Operation.SCAN_BACKWARD:
      scanBackward(changetype<SequenceCommand>(address));
      break;
    case Operation.DROP:
      drop(changetype<DropCommand>(address));
      break;
    case Operation.SCALE_ROWS:
      scaleRows(changetype<ScaleRowsCommand>(address));
      break;
    case Operation.PENALTY:
      penalty(changetype<PenaltyCommand>(address));
      break;
    case Operation.ADD_ROWS:
      addRows(changetype<AddRowsCommand>(address));
      break;
    case Operation.BLEND:
      blend(changetype<BlendCommand>(address));
      break;
    case Operation.NORM_ROWS:
      normRows(changetype<NormRowsCommand>(address));
      break;
    default:
      unreachable();
  }
}

/** A program in memory: the number of commands, then their addresses. */
// @ts-ignore: decorator
@inline
function commandAt(program: usize, index: i32): Command {
  return changetype<Command>(load<usize>(program + (<usize>(index + 1) << 2)));
}

/** Runs every command. False: another thread failed. */
function runCommands(program: usize): bool {
  const count = load<i32>(program);
  let first = 0;
  for (let i = 0; i < count; i++) {
    const command = commandAt(program, i);
    dispatch(command);
    if (!command.join) continue;
    for (; first <= i; first++) if (!awaitTasks(commandAt(program, first))) return false;
  }
  return true;
}

/** The host's part in a program; returns when all is done. False: a worker failed. */
export function execute(program: usize): bool {
  const count = load<i32>(program);
  for (let i = 0; i < count; i++) {
    const command = commandAt(program, i);
    command.claimed = 0;
    command.finished = 0;
  }
  control.program = <i32>program;
  const base = changetype<usize>(control);
  atomic.store<i32>(base + offsetof<Control>('open'), 1);
  if (control.participants > 1) {
    const doorbell = base + offsetof<Control>('doorbell');
    atomic.add<i32>(doorbell, 1);
    atomic.notify(doorbell, -1);
  }
  const done = runCommands(program);
  atomic.store<i32>(base + offsetof<Control>('open'), 0);
  return awaitWorkers() && done;
}

/** A worker's part in whatever program is open. */
export function participate(): void {
  if (!enter()) return;
  runCommands(control.program);
  leave();
}
