// A matrix times a vector: each element of the matrix is used once, so it is read where it is.

import { horizontalSum, madd } from '../simd';

/** y [rows] = M [rows, k] x [k], plus bias [rows] unless it is 0; strides in elements. */
export function multiplyVector(
  matrix: usize,
  rowStride: i32,
  kStride: i32,
  x: usize,
  xStride: i32,
  bias: usize,
  y: usize,
  rows: i32,
  k: i32,
): void {
  if (rowStride === 1) addColumns(matrix, kStride, x, xStride, bias, y, rows, k);
  else if (kStride === 1 && xStride === 1) dotRows(matrix, rowStride, x, bias, y, rows, k);
  else dotStrided(matrix, rowStride, kStride, x, xStride, bias, y, rows, k);
}

/** Columns lie contiguous: x[k] times each is added to y, four columns in one pass over y. */
function addColumns(
  matrix: usize,
  kStride: i32,
  x: usize,
  xStride: i32,
  bias: usize,
  y: usize,
  rows: i32,
  k: i32,
): void {
  const bytes = <usize>rows << 2;
  const kBytes = <usize>kStride << 2;
  const xBytes = <usize>xStride << 2;
  if (bias) memory.copy(y, bias, bytes);
  else memory.fill(y, 0, bytes);
  let i = 0;
  for (; i + 4 <= k; i += 4) {
    const f0 = v128.load32_splat(x);
    const f1 = v128.load32_splat(x + xBytes);
    const f2 = v128.load32_splat(x + xBytes * 2);
    const f3 = v128.load32_splat(x + xBytes * 3);
    let c0 = matrix;
    let c1 = matrix + kBytes;
    let c2 = matrix + kBytes * 2;
    let c3 = matrix + kBytes * 3;
    let to = y;
    const end = y + bytes;
    for (; to + 16 <= end; to += 16) {
      let sum = madd(f0, v128.load(c0), v128.load(to));
      sum = madd(f1, v128.load(c1), sum);
      sum = madd(f2, v128.load(c2), sum);
      v128.store(to, madd(f3, v128.load(c3), sum));
      c0 += 16;
      c1 += 16;
      c2 += 16;
      c3 += 16;
    }
    for (; to < end; to += 4) {
      let sum = madd(f0, v128.load32_splat(c0), v128.load32_splat(to));
      sum = madd(f1, v128.load32_splat(c1), sum);
      sum = madd(f2, v128.load32_splat(c2), sum);
      store<f32>(to, f32x4.extract_lane(madd(f3, v128.load32_splat(c3), sum), 0));
      c0 += 4;
      c1 += 4;
      c2 += 4;
      c3 += 4;
    }
    matrix += kBytes * 4;
    x += xBytes * 4;
  }
  for (; i < k; i++) {
    const factor = v128.load32_splat(x);
    for (let at: usize = 0; at < bytes; at += 4) {
      const sum = madd(factor, v128.load32_splat(matrix + at), v128.load32_splat(y + at));
      store<f32>(y + at, f32x4.extract_lane(sum, 0));
    }
    matrix += kBytes;
    x += xBytes;
  }
}

/** Rows lie contiguous, and so does x. */
function dotRows(matrix: usize, rowStride: i32, x: usize, bias: usize, y: usize, rows: i32, k: i32): void {
  for (let row = 0; row < rows; row++) {
    const source = matrix + ((<usize>row * rowStride) << 2);
    let s0 = f32x4.splat(0);
    let s1 = f32x4.splat(0);
    let i = 0;
    for (; i + 8 <= k; i += 8) {
      const offset = <usize>i << 2;
      s0 = madd(v128.load(source + offset), v128.load(x + offset), s0);
      s1 = madd(v128.load(source + offset, 16), v128.load(x + offset, 16), s1);
    }
    let sum = horizontalSum(f32x4.add(s0, s1));
    for (; i < k; i++) sum += load<f32>(source + (<usize>i << 2)) * load<f32>(x + (<usize>i << 2));
    if (bias) sum += load<f32>(bias + (<usize>row << 2));
    store<f32>(y + (<usize>row << 2), sum);
  }
}

function dotStrided(
  matrix: usize,
  rowStride: i32,
  kStride: i32,
  x: usize,
  xStride: i32,
  bias: usize,
  y: usize,
  rows: i32,
  k: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let sum: f32 = bias ? load<f32>(bias + (<usize>row << 2)) : 0;
    let source = matrix + ((<usize>row * rowStride) << 2);
    let factor = x;
    for (let i = 0; i < k; i++) {
      sum += load<f32>(source) * load<f32>(factor);
      source += <usize>kStride << 2;
      factor += <usize>xStride << 2;
    }
    store<f32>(y + (<usize>row << 2), sum);
  }
}
