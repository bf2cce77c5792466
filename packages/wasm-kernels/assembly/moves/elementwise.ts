// exp, sigmoid, tanh over whole arrays.

import { Command, claim, finish, participants } from '../program/command';
import { exp, sigmoid, tanh } from '../math';

/** Functions by number. The host takes the numbers from here. */
export namespace Elementwise {
  export const EXP: i32 = 0;
  export const SIGMOID: i32 = 1;
  export const TANH: i32 = 2;
}

@unmanaged
export class MapCommand extends Command {
  /** One of `Elementwise`. */
  map: i32;
  source: usize;
  /** May be the source. */
  target: usize;
  count: i32;
}

const CHUNK: i32 = 8192;

export function map(command: MapCommand): void {
  command.tasks = (command.count + CHUNK - 1) / CHUNK;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * CHUNK;
    const offset = <usize>first << 2;
    mapSpan(command.map, command.source + offset, command.target + offset, min(CHUNK, command.count - first));
    finish(command);
    task = claim(command);
  }
}

// @ts-ignore: decorator
@inline
function value(map: i32, x: v128): v128 {
  return map === Elementwise.EXP ? exp(x) : map === Elementwise.SIGMOID ? sigmoid(x) : tanh(x);
}

function mapSpan(map: i32, source: usize, target: usize, count: i32): void {
  const end = source + (<usize>count << 2);
  for (; source + 16 <= end; source += 16) {
    v128.store(target, value(map, v128.load(source)));
    target += 16;
  }
  for (; source < end; source += 4) {
    store<f32>(target, f32x4.extract_lane(value(map, v128.load32_splat(source)), 0));
    target += 4;
  }
}
