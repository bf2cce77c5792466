// exp, tanh and the logistic sigmoid on four lanes, within 4 units in the last place over all of float32.
//
// All three reduce to e^r - 1 on |r| <= ln 2 / 2, as r + r^2 q(r), q interpolated at Chebyshev nodes (relative error of
// e^r - 1: half a unit in the last place before rounding), and scale by a power of two made from the exponent's bits.

import { madd, nmadd } from './simd';

// Constants come from memory, one whole vector each: V8 builds a vector constant from four instructions, and does not fold
// the address of a broadcast load.
const TABLE = memory.data<f32>(
  [
    1.44269504, 1.44269504, 1.44269504, 1.44269504, // log2(e)
    12582912, 12582912, 12582912, 12582912, // 1.5 * 2^23: adding it leaves round(x) in the low bits of the sum
    0.693359375, 0.693359375, 0.693359375, 0.693359375, // ln 2, high part: its product with an exponent is exact
    -0.00021219444170128554, -0.00021219444170128554, -0.00021219444170128554, -0.00021219444170128554, // low part
    0.5, 0.5, 0.5, 0.5, // q, lowest degree first
    0.16666569628115468, 0.16666569628115468, 0.16666569628115468, 0.16666569628115468,
    0.04166654542110649, 0.04166654542110649, 0.04166654542110649, 0.04166654542110649,
    0.008364380693291852, 0.008364380693291852, 0.008364380693291852, 0.008364380693291852,
    0.001392768461555149, 0.001392768461555149, 0.001392768461555149, 0.001392768461555149,
    1, 1, 1, 1,
    2, 2, 2, 2,
    -104, -104, -104, -104, // e^x rounds to 0 below
    89, 89, 89, 89, // e^x overflows above
    -20, -20, -20, -20, // tanh(10) rounds to 1
    -2, -2, -2, -2,
    -87, -87, -87, -87, // e^x is a normal number above, e^-x finite
    87, 87, 87, 87,
    -1.44269504, -1.44269504, -1.44269504, -1.44269504,
  ],
  16,
);

// Byte offsets into the table. V8 folds them into the loads.
const LOG2_E: usize = 0;
const SHIFT: usize = 16;
const LN2_HIGH: usize = 32;
const LN2_LOW: usize = 48;
const Q0: usize = 64;
const Q1: usize = 80;
const Q2: usize = 96;
const Q3: usize = 112;
const Q4: usize = 128;
const ONE: usize = 144;
const TWO: usize = 160;
const EXP_LOWEST: usize = 176;
const EXP_HIGHEST: usize = 192;
const TANH_LOWEST: usize = 208;
const MINUS_TWO: usize = 224;
const GATE_LOWEST: usize = 240;
const GATE_HIGHEST: usize = 256;
const MINUS_LOG2_E: usize = 272;

/** e^r - 1, by Estrin's scheme: three dependent steps instead of five. */
// @ts-ignore: decorator
@inline
function smallExpm1(r: v128): v128 {
  const square = f32x4.mul(r, r);
  const low = madd(v128.load(TABLE, Q1), r, v128.load(TABLE, Q0));
  const middle = madd(v128.load(TABLE, Q3), r, v128.load(TABLE, Q2));
  const high = madd(v128.load(TABLE, Q4), square, middle);
  return madd(square, madd(high, square, low), r);
}

/** x - n ln 2, where `shifted` is n + 1.5 * 2^23. */
// @ts-ignore: decorator
@inline
function reduce(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, v128.load(TABLE, SHIFT));
  return nmadd(n, v128.load(TABLE, LN2_LOW), nmadd(n, v128.load(TABLE, LN2_HIGH), x));
}

/** e^x. Scales in two halves, so that results below the normal range round once and overflow becomes infinity. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // The order of pmin's and pmax's operands lets NaN through.
  const clamped = f32x4.pmin(f32x4.pmax(x, v128.load(TABLE, EXP_LOWEST)), v128.load(TABLE, EXP_HIGHEST));
  const shifted = madd(clamped, v128.load(TABLE, LOG2_E), v128.load(TABLE, SHIFT));
  const one = v128.load(TABLE, ONE);
  const mantissa = f32x4.add(smallExpm1(reduce(clamped, shifted)), one);
  const n = i32x4.sub(shifted, v128.load(TABLE, SHIFT));
  const half = i32x4.shr_s(n, 1);
  const scale1 = i32x4.add(i32x4.shl(half, 23), one); // the bits of 1.0 are an exponent of 0
  const scale2 = i32x4.add(i32x4.shl(i32x4.sub(n, half), 23), one);
  return f32x4.mul(f32x4.mul(mantissa, scale1), scale2);
}

/** 1 / (1 + e^-x), from e^-|x| on both sides, so that small results keep their digits. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = v128.load(TABLE, ONE);
  const z = exp(f32x4.neg(f32x4.abs(x)));
  const numerator = v128.bitselect(z, one, i32x4.shr_s(x, 31));
  return f32x4.div(numerator, f32x4.add(one, z));
}

/**
 * The sigmoid of a gate: half the work of `sigmoid`, and the same but for results below e^-87 (1.6e-38), which come out as
 * that.
 */
// @ts-ignore: decorator
@inline
export function gateSigmoid(x: v128): v128 {
  const y = f32x4.pmin(f32x4.pmax(x, v128.load(TABLE, GATE_LOWEST)), v128.load(TABLE, GATE_HIGHEST));
  const shifted = madd(y, v128.load(TABLE, MINUS_LOG2_E), v128.load(TABLE, SHIFT));
  const n = f32x4.sub(shifted, v128.load(TABLE, SHIFT));
  // r = -y - n ln 2; the signs are those of the constants, to save a negation.
  const minusR = madd(n, v128.load(TABLE, LN2_LOW), madd(n, v128.load(TABLE, LN2_HIGH), y));
  const one = v128.load(TABLE, ONE);
  const scale = i32x4.add(i32x4.shl(shifted, 23), one);
  const square = f32x4.mul(minusR, minusR);
  const low = nmadd(v128.load(TABLE, Q1), minusR, v128.load(TABLE, Q0));
  const middle = nmadd(v128.load(TABLE, Q3), minusR, v128.load(TABLE, Q2));
  const high = madd(v128.load(TABLE, Q4), square, middle);
  const mantissa = madd(square, madd(high, square, low), f32x4.sub(one, minusR));
  return f32x4.div(one, madd(scale, mantissa, one));
}

/** tanh |x| = -m / (m + 2) with m = e^(-2|x|) - 1: exact for small x, no cancellation anywhere. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const magnitude = f32x4.abs(x);
  const y = f32x4.pmax(f32x4.mul(magnitude, v128.load(TABLE, MINUS_TWO)), v128.load(TABLE, TANH_LOWEST));
  const shifted = madd(y, v128.load(TABLE, LOG2_E), v128.load(TABLE, SHIFT));
  const p = smallExpm1(reduce(y, shifted));
  const one = v128.load(TABLE, ONE);
  const scale = i32x4.add(i32x4.shl(shifted, 23), one); // n > -30: one scale will do
  const m = madd(scale, p, f32x4.sub(scale, one));
  const result = f32x4.div(m, f32x4.add(m, v128.load(TABLE, TWO)));
  return v128.or(f32x4.abs(result), v128.xor(x, magnitude));
}
