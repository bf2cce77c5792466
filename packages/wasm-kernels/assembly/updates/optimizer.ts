// Global norm, clipping and updates over all tensors at once, cut into chunks of fixed size, so that the order of every sum
// is the same for any number of threads. Update rules are PyTorch's.

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
export class OptimizerCommand extends Command {
  /** List of tensors. */
  tensors: usize;
  count: i32;
  /** Chunks in all. */
  chunks: i32;
  /** [chunks] float64: sums of squares. */
  partials: usize;
  /** One of `Rule`. */
  rule: i32;
  /** Gradients are scaled by min(1, clip / norm) first; 0: no clipping. */
  clip: f32;
  /** Factor on the gradients besides. */
  scale: f32;
  /** 1: a norm that is not finite leaves everything as it is. */
  guard: i32;
  rate: f32;
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
  /** Receives the norm (float64). */
  norm: usize;
}

/** The tensor that chunk number `chunk` belongs to. */
function tensorOf(command: OptimizerCommand, chunk: i32): Tensor {
  let low = 0;
  let high = command.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    const tensor = changetype<Tensor>(command.tensors + <usize>middle * offsetof<Tensor>());
    if (tensor.chunk <= chunk) low = middle;
    else high = middle - 1;
  }
  return changetype<Tensor>(command.tensors + <usize>low * offsetof<Tensor>());
}

/** Sums of squares of every chunk's gradients. */
export function squares(command: OptimizerCommand): void {
  command.tasks = command.chunks;
  let task = claim(command);
  while (task < command.tasks) {
    const tensor = tensorOf(command, task);
    const first = (task - tensor.chunk) * UPDATE_CHUNK;
    const address = tensor.gradient + (<usize>first << 2);
    store<f64>(command.partials + (<usize>task << 3), sumOfSquares(address, min(UPDATE_CHUNK, tensor.length - first)));
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

export function totalNorm(command: OptimizerCommand): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < command.chunks; i++) sum += load<f64>(command.partials + (<usize>i << 3));
  return sqrt<f64>(sum);
}

/** Writes the norm, clips, updates. Runs after `squares` when it is to clip, guard or report. */
export function update(command: OptimizerCommand): void {
  command.tasks = command.chunks;
  let scale = command.scale;
  let skip = false;
  if (command.norm) {
    const norm = totalNorm(command);
    store<f64>(command.norm, norm); // every thread writes the same
    // PyTorch's clip_grad_norm_ adds 1e-6 to the norm.
    if (command.clip > 0) scale *= <f32>min(1.0, <f64>command.clip / (norm + 1e-6));
    skip = command.guard !== 0 && !(norm < Infinity);
  }
  let task = claim(command);
  while (task < command.tasks) {
    if (!skip) updateChunk(command, task, scale);
    finish(command);
    task = claim(command);
  }
}

function updateChunk(command: OptimizerCommand, task: i32, scale: f32): void {
  const tensor = tensorOf(command, task);
  const first = (task - tensor.chunk) * UPDATE_CHUNK;
  const offset = <usize>first << 2;
  const count = min(UPDATE_CHUNK, tensor.length - first);
  const parameter = tensor.parameter + offset;
  const gradient = tensor.gradient + offset;
  const moment = tensor.first ? tensor.first + offset : 0;
  const square = tensor.second ? tensor.second + offset : 0;
  const bytes = <usize>(count & ~3) << 2;
  span(command, bytes, parameter, gradient, moment, square, scale);
  const rest = (<usize>count << 2) - bytes;
  if (!rest) return;
  // The last one to three elements are updated in a vector of their own.
  memory.copy(scratch, parameter + bytes, rest);
  memory.copy(scratch + 16, gradient + bytes, rest);
  if (moment) memory.copy(scratch + 32, moment + bytes, rest);
  if (square) memory.copy(scratch + 48, square + bytes, rest);
  span(command, 16, scratch, scratch + 16, moment ? scratch + 32 : 0, square ? scratch + 48 : 0, scale);
  memory.copy(parameter + bytes, scratch, rest);
  if (moment) memory.copy(moment + bytes, scratch + 32, rest);
  if (square) memory.copy(square + bytes, scratch + 48, rest);
}

// @ts-ignore: decorator
@inline
function span(
  command: OptimizerCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
  scale: f32,
): void {
  if (command.rule === Rule.SGD) sgd(command, bytes, parameter, gradient, moment, scale);
  else if (command.rule === Rule.RMSPROP) rmsprop(command, bytes, parameter, gradient, moment, square, scale);
  else adam(command, bytes, parameter, gradient, moment, square, scale);
}

/** g, clipped, with L2 decay: PyTorch adds the decay after clipping. */
// @ts-ignore: decorator
@inline
function effective(gradient: v128, parameter: v128, scale: v128, weightDecay: v128): v128 {
  return madd(weightDecay, parameter, f32x4.mul(gradient, scale));
}

function sgd(
  command: OptimizerCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  clip: f32,
): void {
  const scale = f32x4.splat(clip);
  const weightDecay = f32x4.splat(command.weightDecay);
  const rate = f32x4.splat(-command.rate);
  const momentum = f32x4.splat(command.momentum);
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = v128.load(parameter + i);
    let step = effective(v128.load(gradient + i), p, scale, weightDecay);
    if (moment) {
      const buffer = madd(momentum, v128.load(moment + i), step);
      v128.store(moment + i, buffer);
      step = command.nesterov ? madd(momentum, buffer, step) : buffer;
    }
    v128.store(parameter + i, madd(rate, step, p));
  }
}

/** Adam and AdamW. */
function adam(
  command: OptimizerCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
  clip: f32,
): void {
  const scale = f32x4.splat(clip);
  const decoupled = command.rule === Rule.ADAMW;
  const weightDecay = f32x4.splat(decoupled ? 0 : command.weightDecay);
  const shrink = f32x4.splat(decoupled ? 1 - command.rate * command.weightDecay : 1);
  const beta1 = f32x4.splat(command.momentum);
  const beta2 = f32x4.splat(command.decay);
  const rest1 = f32x4.splat(command.momentumRest);
  const rest2 = f32x4.splat(command.decayRest);
  const rate = f32x4.splat(-command.rate / command.correction1);
  const correction = f32x4.splat(1 / command.correction2);
  const epsilon = f32x4.splat(command.epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    let p = v128.load(parameter + i);
    const g = effective(v128.load(gradient + i), p, scale, weightDecay);
    const m = madd(beta1, v128.load(moment + i), f32x4.mul(rest1, g));
    const v = madd(beta2, v128.load(square + i), f32x4.mul(f32x4.mul(rest2, g), g));
    v128.store(moment + i, m);
    v128.store(square + i, v);
    const denominator = madd(f32x4.sqrt(v), correction, epsilon);
    p = f32x4.mul(p, shrink);
    v128.store(parameter + i, madd(rate, f32x4.div(m, denominator), p));
  }
}

function rmsprop(
  command: OptimizerCommand,
  bytes: usize,
  parameter: usize,
  gradient: usize,
  moment: usize,
  square: usize,
  clip: f32,
): void {
  const scale = f32x4.splat(clip);
  const weightDecay = f32x4.splat(command.weightDecay);
  const alpha = f32x4.splat(command.decay);
  const rest = f32x4.splat(command.decayRest);
  const rate = f32x4.splat(-command.rate);
  const momentum = f32x4.splat(command.momentum);
  const epsilon = f32x4.splat(command.epsilon);
  for (let i: usize = 0; i < bytes; i += 16) {
    const p = v128.load(parameter + i);
    const g = effective(v128.load(gradient + i), p, scale, weightDecay);
    const v = madd(alpha, v128.load(square + i), f32x4.mul(f32x4.mul(rest, g), g));
    v128.store(square + i, v);
    let step = f32x4.div(g, f32x4.add(f32x4.sqrt(v), epsilon));
    if (moment) {
      step = madd(momentum, v128.load(moment + i), step);
      v128.store(moment + i, step);
    }
    v128.store(parameter + i, madd(rate, step, p));
  }
}
