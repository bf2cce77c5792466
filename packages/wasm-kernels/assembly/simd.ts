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

/** The largest of `count` numbers, one or more; NaN where there is one. */
export function largest(source: usize, count: i32): f32 {
  return largestMasked(source, count, -1);
}

/** The largest magnitude of `count` numbers, one or more; NaN where there is one. */
export function largestMagnitude(source: usize, count: i32): f32 {
  return largestMasked(source, count, i32.MAX_VALUE);
}

/**
 * Of every number the bits of `mask`. `pmax` is one instruction where `max` is ten, each of which waits for the one before, but lets NaN slip: NaN
 * is watched for apart.
 */
function largestMasked(source: usize, count: i32, mask: i32): f32 {
  const masks = i32x4.splat(mask);
  const end = source + (<usize>count << 2);
  const first = v128.and(v128.load32_splat(source), masks);
  let m0 = first;
  let m1 = first;
  let numbers = f32x4.eq(first, first);
  for (; source + 2 * VECTOR_BYTES <= end; source += 2 * VECTOR_BYTES) {
    const a = v128.and(v128.load(source), masks);
    const b = v128.and(v128.load(source, 16), masks);
    m0 = f32x4.pmax(m0, a);
    m1 = f32x4.pmax(m1, b);
    numbers = v128.and(numbers, v128.and(f32x4.eq(a, a), f32x4.eq(b, b)));
  }
  if (source + VECTOR_BYTES <= end) {
    const a = v128.and(v128.load(source), masks);
    m0 = f32x4.pmax(m0, a);
    numbers = v128.and(numbers, f32x4.eq(a, a));
    source += VECTOR_BYTES;
  }
  // The last ones one by one, in all lanes.
  for (; source < end; source += 4) {
    const a = v128.and(v128.load32_splat(source), masks);
    m1 = f32x4.pmax(m1, a);
    numbers = v128.and(numbers, f32x4.eq(a, a));
  }
  if (!i32x4.all_true(numbers)) return NaN;
  const m = f32x4.pmax(m0, m1);
  return max(
    max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
    max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
  );
}
