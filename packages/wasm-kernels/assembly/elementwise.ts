// exp, sigmoid, tanh over whole arrays.

import { Command, claim, finish, participants } from './command';
import { exp, sigmoid, tanh } from './math';

@unmanaged
export class MapCommand extends Command {
  /** 0 exp, 1 sigmoid, 2 tanh */
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
  return map === 0 ? exp(x) : map === 1 ? sigmoid(x) : tanh(x);
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
