// A matrix times a vector: each element of the matrix is used once, so it is read where it is.

import { horizontalSum, madd } from '../simd';

/** y [rows] = M [rows, k] x [k], plus bias [rows] unless it is 0; strides in elements. */
export function multiplyVector(
  matrix: usize,
  rowStride: i32,
  stepStride: i32,
  x: usize,
  xStride: i32,
  bias: usize,
  y: usize,
  rows: i32,
  k: i32,
): void {
  if (rowStride === 1 && rows >= 4) addColumns(matrix, stepStride, x, xStride, bias, y, rows, k);
  else if (stepStride === 1 && xStride === 1) dotRows(matrix, rowStride, x, bias, y, rows, k);
  else dotStrided(matrix, rowStride, stepStride, x, xStride, bias, y, rows, k);
}

/** Columns lie contiguous: y += x[k] times each. Sixteen results at a time stay in registers. */
function addColumns(
  matrix: usize,
  stepStride: i32,
  x: usize,
  xStride: i32,
  bias: usize,
  y: usize,
  rows: i32,
  k: i32,
): void {
  const step = <usize>stepStride << 2;
  const xStep = <usize>xStride << 2;
  let row = 0;
  for (; row + 16 <= rows; row += 16) {
    const offset = <usize>row << 2;
    const start = bias + offset;
    let s0 = bias ? v128.load(start) : f32x4.splat(0);
    let s1 = bias ? v128.load(start, 16) : f32x4.splat(0);
    let s2 = bias ? v128.load(start, 32) : f32x4.splat(0);
    let s3 = bias ? v128.load(start, 48) : f32x4.splat(0);
    let source = matrix + offset;
    let factor = x;
    for (let i = 0; i < k; i++) {
      const f = v128.load32_splat(factor);
      s0 = madd(f, v128.load(source), s0);
      s1 = madd(f, v128.load(source, 16), s1);
      s2 = madd(f, v128.load(source, 32), s2);
      s3 = madd(f, v128.load(source, 48), s3);
      source += step;
      factor += xStep;
    }
    v128.store(y + offset, s0);
    v128.store(y + offset, s1, 16);
    v128.store(y + offset, s2, 32);
    v128.store(y + offset, s3, 48);
  }
  // The last vector may overlap the one before: its sums are the same again.
  for (; row < rows; row += 4) {
    const offset = <usize>min(row, rows - 4) << 2;
    let s = bias ? v128.load(bias + offset) : f32x4.splat(0);
    let source = matrix + offset;
    let factor = x;
    for (let i = 0; i < k; i++) {
      s = madd(v128.load32_splat(factor), v128.load(source), s);
      source += step;
      factor += xStep;
    }
    v128.store(y + offset, s);
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
  stepStride: i32,
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
      source += <usize>stepStride << 2;
      factor += <usize>xStride << 2;
    }
    store<f32>(y + (<usize>row << 2), sum);
  }
}
