// Functions of one number, over whole tensors. The host has the same numbers (src/tfjs/instance.ts).

import { exp, sigmoid, tanh } from '../math';

namespace Unary {
  export const EXP: i32 = 0;
  export const SIGMOID: i32 = 1;
  export const TANH: i32 = 2;
  export const RELU: i32 = 3;
  export const RELU6: i32 = 4;
  export const ELU: i32 = 5;
  export const LEAKY_RELU: i32 = 6;
  export const SQRT: i32 = 7;
  export const SQUARE: i32 = 8;
  export const NEGATE: i32 = 9;
}

/** e^x - 1 = 2 t / (1 - t) with t = tanh(x / 2): for x <= 0 nothing cancels. */
// @ts-ignore: decorator
@inline
function expm1(x: v128): v128 {
  const t = tanh(f32x4.mul(x, f32x4.splat(0.5)));
  return f32x4.div(f32x4.add(t, t), f32x4.sub(f32x4.splat(1), t));
}

// @ts-ignore: decorator
@inline
function value(operation: i32, x: v128, parameter: v128): v128 {
  if (operation === Unary.EXP) return exp(x);
  if (operation === Unary.SIGMOID) return sigmoid(x);
  if (operation === Unary.TANH) return tanh(x);
  const zero = f32x4.splat(0);
  if (operation === Unary.RELU) return f32x4.max(x, zero);
  if (operation === Unary.RELU6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (operation === Unary.ELU) return v128.bitselect(x, expm1(f32x4.min(x, zero)), f32x4.gt(x, zero));
  if (operation === Unary.LEAKY_RELU) return v128.bitselect(f32x4.mul(x, parameter), x, f32x4.lt(x, zero));
  if (operation === Unary.SQRT) return f32x4.sqrt(x);
  if (operation === Unary.SQUARE) return f32x4.mul(x, x);
  return f32x4.neg(x);
}

// @ts-ignore: decorator
@inline
function span(operation: i32, source: usize, target: usize, count: i32, parameter: v128): void {
  const end = source + (<usize>count << 2);
  for (; source + 16 <= end; source += 16) {
    v128.store(target, value(operation, v128.load(source), parameter));
    target += 16;
  }
  for (; source < end; source += 4) {
    store<f32>(target, f32x4.extract_lane(value(operation, v128.load32_splat(source), parameter), 0));
    target += 4;
  }
}

/** target[i] = f(source[i]), i < count; `target` may be `source`. `parameter`: the slope of leaky relu. */
export function unary(operation: i32, source: usize, target: usize, count: i32, parameter: f32): void {
  const p = f32x4.splat(parameter);
  switch (operation) {
    case Unary.EXP:
      span(Unary.EXP, source, target, count, p);
      break;
    case Unary.SIGMOID:
      span(Unary.SIGMOID, source, target, count, p);
      break;
    case Unary.TANH:
      span(Unary.TANH, source, target, count, p);
      break;
    case Unary.RELU:
      span(Unary.RELU, source, target, count, p);
      break;
    case Unary.RELU6:
      span(Unary.RELU6, source, target, count, p);
      break;
    case Unary.ELU:
      span(Unary.ELU, source, target, count, p);
      break;
    case Unary.LEAKY_RELU:
      span(Unary.LEAKY_RELU, source, target, count, p);
      break;
    case Unary.SQRT:
      span(Unary.SQRT, source, target, count, p);
      break;
    case Unary.SQUARE:
      span(Unary.SQUARE, source, target, count, p);
      break;
    default:
      span(Unary.NEGATE, source, target, count, p);
  }
}
