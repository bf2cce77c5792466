// Functions of one number, over whole tensors.

import { exp, sigmoid, tanh } from '../math';
import { log } from './log';

/** Functions by number. The host takes the numbers from here. */
export namespace Unary {
  export const EXP: i32 = 0;
  export const SIGMOID: i32 = 1;
  export const TANH: i32 = 2;
  export const RELU: i32 = 3;
  export const RELU6: i32 = 4;
  export const ELU: i32 = 5;
  /** `parameter`: the slope below 0 */
  export const LEAKY_RELU: i32 = 6;
  export const SQRT: i32 = 7;
  export const SQUARE: i32 = 8;
  export const NEGATE: i32 = 9;
  export const LOG: i32 = 10;
  /** times `parameter` */
  export const SCALE: i32 = 11;
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
  if (operation === Unary.LOG) return log(x);
  const zero = f32x4.splat(0);
  if (operation === Unary.RELU) return f32x4.max(x, zero);
  if (operation === Unary.RELU6) return f32x4.min(f32x4.max(x, zero), f32x4.splat(6));
  if (operation === Unary.ELU) return v128.bitselect(x, expm1(f32x4.min(x, zero)), f32x4.ge(x, zero));
  if (operation === Unary.LEAKY_RELU) return v128.bitselect(f32x4.mul(x, parameter), x, f32x4.lt(x, zero));
  if (operation === Unary.SQRT) return f32x4.sqrt(x);
  if (operation === Unary.SQUARE) return f32x4.mul(x, x);
  if (operation === Unary.NEGATE) return f32x4.neg(x);
  return f32x4.mul(x, parameter);
}

/**
 * target[i] = f(source[i]), i < count; `target` may be `source`. scripts/assembly-variants.mjs makes a function of each
 * operation, and `unary`, which chooses among them.
 */
// @ts-ignore: decorator
@inline
export function unaryOf(operation: i32, source: usize, target: usize, count: i32, parameter: f32): void {
  const parameters = f32x4.splat(parameter);
  const end = source + (<usize>count << 2);
  // Operations of a few instructions are bound by the loop's own: those go four vectors at a time.
  const short = operation >= Unary.RELU && operation !== Unary.ELU && operation !== Unary.LOG;
  if (short) {
    for (; source + 64 <= end; source += 64) {
      const a = v128.load(source);
      const b = v128.load(source, 16);
      const c = v128.load(source, 32);
      const d = v128.load(source, 48);
      v128.store(target, value(operation, a, parameters));
      v128.store(target, value(operation, b, parameters), 16);
      v128.store(target, value(operation, c, parameters), 32);
      v128.store(target, value(operation, d, parameters), 48);
      target += 64;
    }
  }
  for (; source + 16 <= end; source += 16) {
    v128.store(target, value(operation, v128.load(source), parameters));
    target += 16;
  }
  for (; source < end; source += 4) {
    store<f32>(target, f32x4.extract_lane(value(operation, v128.load32_splat(source), parameters), 0));
    target += 4;
  }
}
