// A matrix times a vector, for a few sequences, a token at a time. Bounded by the speed of memory, so the matrix is read where it is, row
// by row, and nothing has to be packed.

import { horizontalSum, madd } from '../simd';

/** sums[i] = bias[i] + weights[i] . x for rows `from` to `to`, four at a time. */
export function multiplyRows(
  from: i32,
  to: i32,
  depth: i32,
  weights: usize,
  bias: usize,
  x: usize,
  sums: usize,
): void {
  const stride = <usize>depth << 2;
  let row = from;
  for (; row + 4 <= to; row += 4) {
    fourRows(depth, weights + stride * row, stride, x, sums + (<usize>row << 2));
  }
  for (; row < to; row++) store<f32>(sums + (<usize>row << 2), oneRow(depth, weights + stride * row, x));
  if (!bias) return;
  for (row = from; row < to; row++) {
    const offset = <usize>row << 2;
    store<f32>(sums + offset, load<f32>(sums + offset) + load<f32>(bias + offset));
  }
}

function fourRows(depth: i32, a: usize, stride: usize, x: usize, target: usize): void {
  const b = a + stride;
  const c = b + stride;
  const d = c + stride;
  let a0 = f32x4.splat(0);
  let b0 = a0;
  let c0 = a0;
  let d0 = a0;
  let a1 = a0;
  let b1 = a0;
  let c1 = a0;
  let d1 = a0;
  const end = <usize>depth << 2;
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const x0 = v128.load(x + i);
    const x1 = v128.load(x + i, 16);
    a0 = madd(v128.load(a + i), x0, a0);
    a1 = madd(v128.load(a + i, 16), x1, a1);
    b0 = madd(v128.load(b + i), x0, b0);
    b1 = madd(v128.load(b + i, 16), x1, b1);
    c0 = madd(v128.load(c + i), x0, c0);
    c1 = madd(v128.load(c + i, 16), x1, c1);
    d0 = madd(v128.load(d + i), x0, d0);
    d1 = madd(v128.load(d + i, 16), x1, d1);
  }
  let sumA = horizontalSum(f32x4.add(a0, a1));
  let sumB = horizontalSum(f32x4.add(b0, b1));
  let sumC = horizontalSum(f32x4.add(c0, c1));
  let sumD = horizontalSum(f32x4.add(d0, d1));
  for (; i < end; i += 4) {
    const value = load<f32>(x + i);
    sumA += load<f32>(a + i) * value;
    sumB += load<f32>(b + i) * value;
    sumC += load<f32>(c + i) * value;
    sumD += load<f32>(d + i) * value;
  }
  store<f32>(target, sumA);
  store<f32>(target, sumB, 4);
  store<f32>(target, sumC, 8);
  store<f32>(target, sumD, 12);
}

/** In the same order as `fourRows`, so that a row's result does not depend on its neighbors. */
function oneRow(depth: i32, a: usize, x: usize): f32 {
  let a0 = f32x4.splat(0);
  let a1 = a0;
  const end = <usize>depth << 2;
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    a0 = madd(v128.load(a + i), v128.load(x + i), a0);
    a1 = madd(v128.load(a + i, 16), v128.load(x + i, 16), a1);
  }
  let sum = horizontalSum(f32x4.add(a0, a1));
  for (; i < end; i += 4) sum += load<f32>(a + i) * load<f32>(x + i);
  return sum;
}
