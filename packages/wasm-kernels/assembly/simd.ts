// Small helpers on f32x4 vectors. One engine source serves two binaries: with relaxed SIMD a * b + c is one instruction.

/** Floats in a vector register. */
export const LANES: i32 = 4;
/** Bytes of a vector register. */
export const VECTOR_BYTES: usize = 16;
/** Output columns of a tile: two vectors. Packed panels have this width; the host packs and pads by it. */
export const TILE_COLUMNS: i32 = 8;
/** Bytes of a tile's row. */
export const TILE_ROW_BYTES: usize = 32;
/**
 * Rows of the largest tile. Each row costs two accumulators; V8 leaves 15 vector registers. Six rows fit when multiply
 * and add are one instruction; two instructions need one register more, and five rows are then fastest.
 */
export const TILE_ROWS: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 5;

/** a * b + c, rounded once with relaxed SIMD where the processor fuses, twice otherwise. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_madd(a, b, c) : f32x4.add(f32x4.mul(a, b), c);
}

/** c - a * b */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f32x4.relaxed_nmadd(a, b, c) : f32x4.sub(c, f32x4.mul(a, b));
}

/** Adds `bytes` bytes of numbers to others, in place. */
export function addRow(target: usize, source: usize, bytes: usize): void {
  const vectors = bytes & ~15;
  let j: usize = 0;
  for (; j < vectors; j += VECTOR_BYTES) {
    v128.store(target + j, f32x4.add(v128.load(target + j), v128.load(source + j)));
  }
  for (; j < bytes; j += 4) store<f32>(target + j, load<f32>(target + j) + load<f32>(source + j));
}

/** The sum of the four lanes, always added in the same order. */
// @ts-ignore: decorator
@inline
export function horizontalSum(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 2) +
    (f32x4.extract_lane(v, 1) + f32x4.extract_lane(v, 3))
  );
}
