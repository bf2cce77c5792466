// The gradients' norm and the updates, over all tensors at once. Tensors are cut into chunks of fixed size, so that the order of
// every sum is the same for any number of threads. Update rules are PyTorch's.

import { Command, claim, finish, scratch } from '../program/command';
import { madd } from '../simd';

/** Update rules by number. The host takes the numbers from here. */
export namespace Rule {
  export const SGD: i32 = 0;
  export const ADAM: i32 = 1;
  /** Adam whose decay shrinks the weights, and does not touch the gradient. */
  export const ADAMW: i32 = 2;
  export const RMSPROP: i32 = 3;
}

/** Elements of a chunk: 64 KiB per tensor. */
export const UPDATE_CHUNK: i32 = 16384;

/** One tensor of the list. */
@unmanaged
export class Tensor {
  parameter: usize;
  gradient: usize;
  /** Momentum, or Adam's first moment; 0 where the rule has none. */
  first: usize;
  /** Squared gradients' average. */
  second: usize;
  length: i32;
  /** Chunks of the tensors before. */
  chunk: i32;
}

@unmanaged
export class NormCommand extends Command {
  /** List of tensors; only their gradients count. */
  tensors: usize;
  count: i32;
  /** Chunks in all. */
  chunks: i32;
  /** [chunks] float64: receives the sum of squares of each chunk. */
  squares: usize;
}

@unmanaged
export class UpdateCommand extends Command {
  /** List of tensors. */
  tensors: usize;
  count: i32;
  /** Chunks in all. */
  chunks: i32;
  /** One of `Rule`. */
  rule: i32;
  /** Factor on the gradients: this is how they are clipped. */
  gradientScale: f32;
  learningRate: f32;
  /** SGD and RMSProp: momentum; Adam: beta 1. */
  momentum: f32;
  /** Adam: beta 2; RMSProp: alpha. */
  decay: f32;
  /** 1 - momentum and 1 - decay, from the numbers before rounding: this matters for a decay near 1. */
  momentumRest: f32;
  decayRest: f32;
  epsilon: f32;
  weightDecay: f32;
  nesterov: i32;
  /** Adam: 1 - beta1^t and sqrt(1 - beta2^t). */
  correction1: f32;
  correction2: f32;
}

/** The tensor that chunk number `chunk` belongs to, by binary search. */
function tensorOf(tensors: usize, count: i32, chunk: i32): Tensor {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const tensor = changetype<Tensor>(tensors + <usize>middle * offsetof<Tensor>());
    if (tensor.chunk <= chunk) low = middle;
    else high = middle - 1;
  }
  return changetype<Tensor>(tensors + <usize>low * offsetof<Tensor>());
}

/** Sums of squares of every chunk's gradients: the host adds them up and takes the root. */
export function norm(command: NormCommand): void {
  command.tasks = command.chunks;
  let task = claim(command);
  while (task < command.tasks) {
    const tensor = tensorOf(command.tensors, command.count, task);
    const first = (task - tensor.chunk) * UPDATE_CHUNK;
    const address = tensor.gradient + (<usize>first << 2);
    const squares = sumOfSquares(address, min(UPDATE_CHUNK, tensor.length - first));
    store<f64>(command.squares + (<usize>task << 3), squares);
    finish(command);
    task = claim(command);
  }
}

/** In double precision: a norm beyond float32's range is still a number. */
function sumOfSquares(address: usize, count: i32): f64 {
  let a = f64x2.splat(0);
  let b = f64x2.splat(0);
  const end = address + (<usize>count << 2);
  for (; address + 16 <= end; address += 16) {
    const low = v128.load64_zero(address);
    const high = v128.load64_zero(address, 8);
    const x = f64x2.promote_low_f32x4(low);
    const y = f64x2.promote_low_f32x4(high);
    a = f64x2.add(a, f64x2.mul(x, x));
    b = f64x2.add(b, f64x2.mul(y, y));
  }
  const sum = f64x2.add(a, b);
  let result = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  for (; address < end; address += 4) {
    const value = <f64>load<f32>(address);
    result += value * value;
  }
  return result;
}

export function update(command: UpdateCommand): void {
  command.tasks = command.chunks;
  let task = claim(command);
  while (task < command.tasks) {
    updateChunk(command, task);
    finish(command);
    task = claim(command);
  }
}

function updateChunk(command: UpdateCommand, task: i32): void {
  const tensor = tensorOf(command.tensors, command.count, task);
  const first = (task - tensor.chunk) * UPDATE_CHUNK;
  const offset = <usize>first << 2;
  const count = min(UPDATE_CHUNK, tensor.length - first);
  const parameter = tensor.parameter + offset;
  const gradient = tensor.gradient + offset;
  const moment = tensor.first ? tensor.first + offset : 0;
  const square = tensor.second ? tensor.second + offset : 0;
  const bytes = <usize>(count & ~3) << 2;
  applyRule(command, bytes, parameter, gradient, moment, square);
  const rest = (<usize>count << 2) - bytes;
  if (!rest) return;
  // The last one to three elements are updated in a vector of their own.
  memory.copy(scratch, parameter + bytes, rest);
  memory.copy(scratch + 16, gradient + bytes, rest);
  if (moment) memory.copy(scratch + 32, moment + bytes, rest);
  if (square) memory.copy(scratch + 48, square + bytes, rest);
  applyRule(command, 16, scratch, scratch + 16, moment ? scratch + 32 : 0, square ? scratch + 48 : 0);
  memory.copy(parameter + bytes, scratch, rest);
  if (moment) memory.copy(moment + bytes, scratch + 32, rest);
  if (square) memory.copy(square + bytes, scratch + 48, rest);
}

// @ts-ignore: decorator
@inline
function applyRule(
  command: UpdateCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
): void {
  switch (command.rule) {
    case Rule.SGD:
      sgd(command, bytes, parameter, gradient, moment);
      break;
    case Rule.RMSPROP:
      rmsprop(command, bytes, parameter, gradient, moment, square);
      break;
    default:
      adam(command, bytes, parameter, gradient, moment, square);
  }
}

/** g, scaled, plus L2 decay: PyTorch adds the decay after clipping. */
// @ts-ignore: decorator
@inline
function decayed(gradient: v128, parameter: v128, scale: v128, weightDecay: v128): v128 {
  return madd(weightDecay, parameter, f32x4.mul(gradient, scale));
}

function sgd(
  command: UpdateCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
): void {
  const scale = f32x4.splat(command.gradientScale);
  const weightDecay = f32x4.splat(command.weightDecay);
  const rate = f32x4.splat(-command.learningRate);
  const momentum = f32x4.splat(command.momentum);
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = v128.load(parameter + i);
    let change = decayed(v128.load(gradient + i), p, scale, weightDecay);
    if (moment) {
      const buffer = madd(momentum, v128.load(moment + i), change);
      v128.store(moment + i, buffer);
      change = command.nesterov ? madd(momentum, buffer, change) : buffer;
    }
    v128.store(parameter + i, madd(rate, change, p));
  }
}

/** The quotient; 0 where there was no gradient yet, so that 0 over 0, without epsilon, is no step. NaN stays what it is. */
// @ts-ignore: decorator
@inline
function step(numerator: v128, denominator: v128): v128 {
  const moves = f32x4.ne(numerator, f32x4.splat(0));
  return v128.and(f32x4.div(numerator, denominator), moves);
}

/** Adam and AdamW. */
function adam(
  command: UpdateCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
): void {
  const scale = f32x4.splat(command.gradientScale);
  const decoupled = command.rule === Rule.ADAMW;
  const weightDecay = f32x4.splat(decoupled ? 0 : command.weightDecay);
  const shrink = f32x4.splat(decoupled ? 1 - command.learningRate * command.weightDecay : 1);
  const beta1 = f32x4.splat(command.momentum);
  const beta2 = f32x4.splat(command.decay);
  const rest1 = f32x4.splat(command.momentumRest);
  const rest2 = f32x4.splat(command.decayRest);
  const rate = f32x4.splat(-command.learningRate / command.correction1);
  const correction = f32x4.splat(1 / command.correction2);
  const epsilon = f32x4.splat(command.epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    let p = v128.load(parameter + i);
    const g = decayed(v128.load(gradient + i), p, scale, weightDecay);
    const m = madd(beta1, v128.load(moment + i), f32x4.mul(rest1, g));
    const v = madd(beta2, v128.load(square + i), f32x4.mul(f32x4.mul(rest2, g), g));
    v128.store(moment + i, m);
    v128.store(square + i, v);
    const denominator = madd(f32x4.sqrt(v), correction, epsilon);
    p = f32x4.mul(p, shrink);
    v128.store(parameter + i, madd(rate, step(m, denominator), p));
  }
}

function rmsprop(
  command: UpdateCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
): void {
  const scale = f32x4.splat(command.gradientScale);
  const weightDecay = f32x4.splat(command.weightDecay);
  const alpha = f32x4.splat(command.decay);
  const rest = f32x4.splat(command.decayRest);
  const rate = f32x4.splat(-command.learningRate);
  const momentum = f32x4.splat(command.momentum);
  const epsilon = f32x4.splat(command.epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = v128.load(parameter + i);
    const g = decayed(v128.load(gradient + i), p, scale, weightDecay);
    const v = madd(alpha, v128.load(square + i), f32x4.mul(f32x4.mul(rest, g), g));
    v128.store(square + i, v);
    let change = step(g, f32x4.add(f32x4.sqrt(v), epsilon));
    if (moment) {
      change = madd(momentum, v128.load(moment + i), change);
      v128.store(moment + i, change);
    }
    v128.store(parameter + i, madd(rate, change, p));
  }
}
