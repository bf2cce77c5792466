// The natural logarithm on four lanes.
//
// x = 2^e m with m in [sqrt(1/2), sqrt 2), r = m - 1, s = r / (2 + r): log m = 2 atanh s = 2 s + s^3 q(s^2). Written as
// r - r^2 / 2 + s (r^2 / 2 + s^2 q), so that the largest terms are exact (the form of FDLIBM's log1p).

/** Least-squares fit of (2 atanh s - 2 s) / s^3 over |s| <= 3 - 2 sqrt 2, weighted for relative error: log m is within 1e-10. */
const Q3: f32 = 0.23511173;
const Q2: f32 = 0.28540904;
const Q1: f32 = 0.40000281;
const Q0: f32 = 0.66666666;
const LN2_HIGH: f32 = 0.693359375; // nine bits: its product with an exponent is exact
const LN2_LOW: f32 = -0.00021219444170128554;
const SQRT_HALF_BITS: i32 = 0x3f3504f3;
const SMALLEST_NORMAL: f32 = 1.17549435e-38;

// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  const zero = f32x4.splat(0);
  // Numbers below the normal range are scaled into it.
  const tiny = f32x4.lt(x, f32x4.splat(SMALLEST_NORMAL));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(8388608)), x, tiny);
  const shifted = i32x4.sub(scaled, i32x4.splat(SQRT_HALF_BITS));
  let exponent = i32x4.shr_s(shifted, 23);
  const mantissa = i32x4.sub(scaled, i32x4.shl(exponent, 23));
  exponent = i32x4.sub(exponent, v128.and(tiny, i32x4.splat(23)));
  const e = f32x4.convert_i32x4_s(exponent);
  const r = f32x4.sub(mantissa, f32x4.splat(1));
  const s = f32x4.div(r, f32x4.add(r, f32x4.splat(2)));
  const z = f32x4.mul(s, s);
  let q = f32x4.add(f32x4.mul(f32x4.splat(Q3), z), f32x4.splat(Q2));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(Q1));
  q = f32x4.add(f32x4.mul(q, z), f32x4.splat(Q0));
  const half = f32x4.mul(f32x4.mul(r, r), f32x4.splat(0.5));
  const correction = f32x4.mul(s, f32x4.add(half, f32x4.mul(z, q)));
  const low = f32x4.add(correction, f32x4.mul(e, f32x4.splat(LN2_LOW)));
  const result = f32x4.add(f32x4.mul(e, f32x4.splat(LN2_HIGH)), f32x4.sub(r, f32x4.sub(half, low)));
  // 0: minus infinity; below 0 and NaN: NaN; infinity stays.
  const infinity = f32x4.splat(Infinity);
  const ordinary = v128.and(f32x4.gt(x, zero), f32x4.lt(x, infinity));
  const special = v128.bitselect(f32x4.neg(infinity), f32x4.sqrt(x), f32x4.eq(x, zero));
  return v128.bitselect(result, special, ordinary);
}
