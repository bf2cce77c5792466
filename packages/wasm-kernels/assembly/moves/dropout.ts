// Dropout masks from a counter and a key: any element's value is a function of its index. So threads need no order, and a mask that
// is needed twice (for weights, and for their gradients) need not be kept.

import { Command, claim, finish } from '../program/command';

@unmanaged
export class DropoutCommand extends Command {
  /** Receives 0, or 1 / (1 - rate). */
  mask: usize;
  count: i32;
  rate: f32;
  key: i32;
  stream: i32;
}

@unmanaged
export class DropCommand extends Command {
  source: usize;
  /** Receives mask * source, the mask that DROPOUT would draw; may be the source. */
  target: usize;
  count: i32;
  rate: f32;
  key: i32;
  stream: i32;
}

const CHUNK: i32 = 16384;

/** The generator's words are compared with rate * 2^32, as signed numbers. */
// @ts-ignore: decorator
@inline
function limitOf(rate: f32): v128 {
  const threshold = <i32>(<u32>min<f64>(<f64>rate * 4294967296.0, 4294967295.0));
  return i32x4.splat(threshold ^ i32.MIN_VALUE);
}

// The key shifts the counter. Alone, that would make one key's mask a shifted copy of another's, so the key enters once more.

// @ts-ignore: decorator
@inline
function startOf(key: i32): v128 {
  return mix(i32x4.splat(key));
}

// @ts-ignore: decorator
@inline
function betweenOf(start: v128, stream: i32): v128 {
  return mix(i32x4.add(start, i32x4.splat(stream + 1)));
}

/** Elements `i` to `i + 3` of a mask. */
// @ts-ignore: decorator
@inline
function maskAt(i: i32, start: v128, between: v128, limit: v128, kept: v128): v128 {
  const counter = i32x4.add(i32x4.splat(i), i32x4(0, 1, 2, 3));
  const word = mix(v128.xor(mix(i32x4.add(counter, start)), between));
  return v128.andnot(kept, i32x4.lt_s(v128.xor(word, i32x4.splat(i32.MIN_VALUE)), limit));
}

export function dropout(command: DropoutCommand): void {
  command.tasks = (command.count + CHUNK - 1) / CHUNK;
  const kept = f32x4.splat(1 / (1 - command.rate));
  const limit = limitOf(command.rate);
  const start = startOf(command.key);
  const between = betweenOf(start, command.stream);
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * CHUNK;
    const last = min(command.count, first + CHUNK);
    for (let i = first; i < last; i += 4) {
      const value = maskAt(i, start, between, limit, kept);
      const address = command.mask + (<usize>i << 2);
      if (i + 4 <= last) v128.store(address, value);
      else storePart(address, value, last - i);
    }
    finish(command);
    task = claim(command);
  }
}

/** target = mask * source */
export function drop(command: DropCommand): void {
  command.tasks = (command.count + CHUNK - 1) / CHUNK;
  const kept = f32x4.splat(1 / (1 - command.rate));
  const limit = limitOf(command.rate);
  const start = startOf(command.key);
  const between = betweenOf(start, command.stream);
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * CHUNK;
    const last = min(command.count, first + CHUNK);
    for (let i = first; i < last; i += 4) {
      const mask = maskAt(i, start, between, limit, kept);
      const source = command.source + (<usize>i << 2);
      const target = command.target + (<usize>i << 2);
      if (i + 4 <= last) v128.store(target, f32x4.mul(v128.load(source), mask));
      else storePart(target, f32x4.mul(loadPart(source, last - i), mask), last - i);
    }
    finish(command);
    task = claim(command);
  }
}

function loadPart(address: usize, count: i32): v128 {
  let value = v128.load32_zero(address);
  if (count > 1) value = f32x4.replace_lane(value, 1, load<f32>(address, 4));
  if (count > 2) value = f32x4.replace_lane(value, 2, load<f32>(address, 8));
  return value;
}

function storePart(address: usize, value: v128, count: i32): void {
  store<f32>(address, f32x4.extract_lane(value, 0));
  if (count > 1) store<f32>(address, f32x4.extract_lane(value, 1), 4);
  if (count > 2) store<f32>(address, f32x4.extract_lane(value, 2), 8);
}

/** lowbias32, a bijection of 32-bit words that spreads every bit (C. Wellons, public domain). */
// @ts-ignore: decorator
@inline
function mix(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x7feb352d));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x846ca68b));
  return v128.xor(x, i32x4.shr_u(x, 16));
}
