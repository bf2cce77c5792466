// exp, tanh and the logistic sigmoid on four lanes, within 4 units in the last place over all of float32.
//
// All three reduce to e^r - 1 on |r| <= ln 2 / 2, as r + r^2 q(r), q interpolated at Chebyshev nodes (relative error of
// e^r - 1: 0.03 ulp before rounding), and scale by a power of two made from the exponent's bits.

import { madd, nmadd } from './simd';

// Constants come from memory: a broadcast load is one instruction, whereas V8 builds a vector constant from four.
const TABLE = memory.data<f32>(
  [
    1.44269504, // log2(e)
    12582912.0, // 1.5 * 2^23: adding it leaves round(x) in the low bits of the sum
    0.693359375, // ln 2, high part: exact in 9 bits, so its product with an exponent is exact
    -0.00021219444170128554, // ln 2, low part
    0.00019892991751394493, // q, highest degree first
    0.0013935451842453173,
    0.008333309086530788,
    0.04166644836573088,
    0.16666666683501152,
    0.5000000015156811,
    1.0,
    2.0,
    -104.0, // e^x rounds to 0 below
    89.0, // e^x overflows above
    -20.0, // tanh(10) rounds to 1
    -2.0,
  ],
  16,
);

/** round(x / ln 2) + 1.5 * 2^23: the exponent n, in the low bits of the float. */
// @ts-ignore: decorator
@inline
function shiftedExponent(x: v128): v128 {
  return madd(x, v128.load32_splat(TABLE, 0), v128.load32_splat(TABLE, 4));
}

/** e^r - 1 for r = x - n ln 2. */
// @ts-ignore: decorator
@inline
function reducedExpm1(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, v128.load32_splat(TABLE, 4));
  let r = nmadd(n, v128.load32_splat(TABLE, 8), x);
  r = nmadd(n, v128.load32_splat(TABLE, 12), r);
  let q = madd(v128.load32_splat(TABLE, 16), r, v128.load32_splat(TABLE, 20));
  q = madd(q, r, v128.load32_splat(TABLE, 24));
  q = madd(q, r, v128.load32_splat(TABLE, 28));
  q = madd(q, r, v128.load32_splat(TABLE, 32));
  q = madd(q, r, v128.load32_splat(TABLE, 36));
  return madd(f32x4.mul(r, r), q, r);
}

/** e^x. Scales in two halves, so that results below the normal range round once and overflow becomes infinity. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // The order of pmin's and pmax's operands lets NaN through.
  const clamped = f32x4.pmin(f32x4.pmax(x, v128.load32_splat(TABLE, 48)), v128.load32_splat(TABLE, 52));
  const shifted = shiftedExponent(clamped);
  const one = v128.load32_splat(TABLE, 40);
  const mantissa = f32x4.add(reducedExpm1(clamped, shifted), one);
  const n = i32x4.sub(shifted, v128.load32_splat(TABLE, 4));
  const half = i32x4.shr_s(n, 1);
  const scale1 = i32x4.add(i32x4.shl(half, 23), one); // the bits of 1.0 are an exponent of 0
  const scale2 = i32x4.add(i32x4.shl(i32x4.sub(n, half), 23), one);
  return f32x4.mul(f32x4.mul(mantissa, scale1), scale2);
}

/** 1 / (1 + e^-x), from e^-|x| on both sides, so that small results keep their digits. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = v128.load32_splat(TABLE, 40);
  const z = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(z, one, i32x4.shr_s(x, 31));
  return f32x4.div(numerator, f32x4.add(one, z));
}

/** tanh |x| = -m / (m + 2) with m = e^(-2|x|) - 1: exact for small x, no cancellation anywhere. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const y = f32x4.pmax(f32x4.mul(magnitude, v128.load32_splat(TABLE, 60)), v128.load32_splat(TABLE, 56));
  const shifted = shiftedExponent(y);
  const p = reducedExpm1(y, shifted);
  const one = v128.load32_splat(TABLE, 40);
  const scale = i32x4.add(i32x4.shl(shifted, 23), one); // n > -30: one scale will do
  const m = madd(scale, p, f32x4.sub(scale, one));
  const result = f32x4.div(f32x4.neg(m), f32x4.add(m, v128.load32_splat(TABLE, 44)));
  return v128.or(f32x4.abs(result), v128.xor(x, magnitude));
}
