// A matrix of bytes times a vector, for generation, whose speed is that of reading weights: a quarter of the bytes.
//
// A weight is a byte from -127 to 127 times a scale of its row. The vector x becomes whole numbers of 14 bits, -8191 to 8191, times
// one scale. Their products are added as whole numbers, exactly, so that any order, any number of threads and both variants of the
// engine give the same bits. The relaxed dot product takes seven bits without a sign: there x + 8191 is cut into two halves, and 8191
// times the sum of the row's bytes, which the matrix has, is taken off again.

import { largestMagnitude, VECTOR_BYTES } from '../simd';

/** What a row of the matrix starts with: its scale (f32), the sum of its bytes (i32), and room up to a whole vector. */
const HEADER: usize = 16;
/** The most columns: the scratch memory of a thread has room for two vectors x. */
export const MOST_INT8_COLUMNS: i32 = 65520;
/** Bytes that `takeVector` may write. */
export const INT8_VECTOR_BYTES: usize = 131072;
/** The largest magnitude of x. */
const MOST: i32 = 8191;
/** Columns whose sums fit into 32 bits: 127 * 16382 * 4096 / 4 lanes. */
const SPAN: usize = 4096;
/** What upper and lower halves of a number count. From memory: V8 builds a vector constant again each time. */
const PLACES = memory.data<i16>([128, 128, 128, 128, 128, 128, 128, 128, 1, 1, 1, 1, 1, 1, 1, 1], 16);

// @ts-ignore: decorator
@inline
function paddedColumns(columns: i32): usize {
  return (<usize>columns + 15) & ~15;
}

/** Four elements as whole numbers in 32 bits. */
// @ts-ignore: decorator
@inline
function whole(x: v128, factor: v128): v128 {
  return i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(x, factor)));
}

/** Rounds x [columns] into `target`: its scale, then its numbers as `multiplyInt8Rows` reads them, with any in the padding. */
export function takeVector(x: usize, columns: i32, target: usize): void {
  const most = largestMagnitude(x, columns);
  // NaN and infinity come out by the scale.
  store<f32>(target, most / <f32>MOST);
  const factor = f32x4.splat(most > 0 ? min<f32>(<f32>MOST / most, f32.MAX_VALUE) : 0);
  const stride = paddedColumns(columns);
  const numbers = target + HEADER;
  const vectors = <usize>columns & ~15;
  for (let i: usize = 0; i < vectors; i += 16) {
    const source = x + (i << 2);
    storeNumbers(
      numbers,
      stride,
      i,
      i16x8.narrow_i32x4_s(whole(v128.load(source), factor), whole(v128.load(source, 16), factor)),
      i16x8.narrow_i32x4_s(whole(v128.load(source, 32), factor), whole(v128.load(source, 48), factor)),
    );
  }
  for (let i = vectors; i < <usize>columns; i++) {
    const value = <i32>i32x4.extract_lane(whole(v128.load32_splat(x + (i << 2)), factor), 0);
    if (ASC_FEATURE_RELAXED_SIMD) {
      store<u8>(numbers + i, (value + MOST) >> 7);
      store<u8>(numbers + stride + i, (value + MOST) & 127);
    } else store<i16>(numbers + (i << 1), value);
  }
}

/** Sixteen numbers from i on: as they are, or the upper and the lower seven bits of x + 8191 apart. */
// @ts-ignore: decorator
@inline
function storeNumbers(numbers: usize, stride: usize, i: usize, first: v128, second: v128): void {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const shift = i16x8.splat(<i16>MOST);
    const low = i16x8.splat(127);
    const a = i16x8.add(first, shift);
    const b = i16x8.add(second, shift);
    v128.store(numbers + i, i8x16.narrow_i16x8_u(i16x8.shr_u(a, 7), i16x8.shr_u(b, 7)));
    v128.store(numbers + stride + i, i8x16.narrow_i16x8_u(v128.and(a, low), v128.and(b, low)));
  } else {
    v128.store(numbers + (i << 1), first);
    v128.store(numbers + (i << 1), second, 16);
  }
}

/** sums[i] = bias[i] + row (first + i) of the matrix times x, for `count` rows. x: what `takeVector` made. */
export function multiplyInt8Rows(
  first: i32,
  count: i32,
  columns: i32,
  matrix: usize,
  bias: usize,
  x: usize,
  sums: usize,
): void {
  const stride = paddedColumns(columns);
  const record = HEADER + stride;
  let row = matrix + record * first;
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    fourRows(row, record, stride, x, sums + (<usize>i << 2));
    row += record * 4;
  }
  for (; i < count; i++) {
    oneRow(row, stride, x, sums + (<usize>i << 2));
    row += record;
  }
  if (!bias) return;
  for (i = 0; i < count; i++) {
    const offset = <usize>i << 2;
    store<f32>(sums + offset, load<f32>(sums + offset) + load<f32>(bias + offset));
  }
}

// @ts-ignore: decorator
@inline
function lanes(v: v128): i64 {
  return (
    <i64>i32x4.extract_lane(v, 0) +
    <i64>i32x4.extract_lane(v, 1) +
    <i64>i32x4.extract_lane(v, 2) +
    <i64>i32x4.extract_lane(v, 3)
  );
}

/** Sixteen products added to four sums. x and y: sixteen numbers; relaxed: their upper halves and their lower ones. */
// @ts-ignore: decorator
@inline
function dot(weights: usize, x: v128, y: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const bytes = v128.load(weights);
    const upper = i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(bytes, x), v128.load(PLACES));
    const lower = i32x4.dot_i16x8_s(i16x8.relaxed_dot_i8x16_i7x16_s(bytes, y), v128.load(PLACES, 16));
    return i32x4.add(sum, i32x4.add(upper, lower));
  }
  const low = i32x4.dot_i16x8_s(v128.load8x8_s(weights), x);
  return i32x4.add(sum, i32x4.add(low, i32x4.dot_i16x8_s(v128.load8x8_s(weights, 8), y)));
}

/** The first vector of sixteen numbers from i on. */
// @ts-ignore: decorator
@inline
function firstOf(numbers: usize, i: usize): v128 {
  return v128.load(numbers + (ASC_FEATURE_RELAXED_SIMD ? i : i << 1));
}

/** The second one. */
// @ts-ignore: decorator
@inline
function secondOf(numbers: usize, stride: usize, i: usize): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? v128.load(numbers + stride + i) : v128.load(numbers + (i << 1), 16);
}

/** A row's sum as a number. `row`: its header. */
// @ts-ignore: decorator
@inline
function finishRow(row: usize, x: usize, sum: i64, target: usize): void {
  const exact = ASC_FEATURE_RELAXED_SIMD ? sum - <i64>MOST * <i64>load<i32>(row, 4) : sum;
  store<f32>(target, <f32>(<f64>exact * (<f64>load<f32>(row) * <f64>load<f32>(x))));
}

function oneRow(row: usize, stride: usize, x: usize, target: usize): void {
  const weights = row + HEADER;
  const numbers = x + HEADER;
  let sum: i64 = 0;
  for (let begin: usize = 0; begin < stride; begin += SPAN) {
    const end = min(stride, begin + SPAN);
    let part = i32x4.splat(0);
    for (let i = begin; i < end; i += 16) {
      part = dot(weights + i, firstOf(numbers, i), secondOf(numbers, stride, i), part);
    }
    sum += lanes(part);
  }
  finishRow(row, x, sum, target);
}

function fourRows(row: usize, record: usize, stride: usize, x: usize, target: usize): void {
  const a = row + HEADER;
  const b = a + record;
  const c = b + record;
  const d = c + record;
  const numbers = x + HEADER;
  let sumA: i64 = 0;
  let sumB: i64 = 0;
  let sumC: i64 = 0;
  let sumD: i64 = 0;
  for (let begin: usize = 0; begin < stride; begin += SPAN) {
    const end = min(stride, begin + SPAN);
    let partA = i32x4.splat(0);
    let partB = partA;
    let partC = partA;
    let partD = partA;
    for (let i = begin; i < end; i += 16) {
      const first = firstOf(numbers, i);
      const second = secondOf(numbers, stride, i);
      partA = dot(a + i, first, second, partA);
      partB = dot(b + i, first, second, partB);
      partC = dot(c + i, first, second, partC);
      partD = dot(d + i, first, second, partD);
    }
    sumA += lanes(partA);
    sumB += lanes(partB);
    sumC += lanes(partC);
    sumD += lanes(partD);
  }
  finishRow(row, x, sumA, target);
  finishRow(row + record, x, sumB, target + 4);
  finishRow(row + record * 2, x, sumC, target + 8);
  finishRow(row + record * 3, x, sumD, target + 12);
}
