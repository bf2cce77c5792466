// Functions of two numbers with broadcasting.

/** Functions by number. The host takes the numbers from here. */
export namespace Binary {
  export const ADD: i32 = 0;
  export const SUBTRACT: i32 = 1;
  export const MULTIPLY: i32 = 2;
  export const DIVIDE: i32 = 3;
  export const MAXIMUM: i32 = 4;
  export const MINIMUM: i32 = 5;
  /** a where a >= 0, else a * b */
  export const PRELU: i32 = 6;
  /** The gradient through tanh: b * (1 - a^2), a being the result of tanh */
  export const TANH_GRADIENT: i32 = 7;
  /** The gradient through the sigmoid: b * a * (1 - a) */
  export const SIGMOID_GRADIENT: i32 = 8;
}

// @ts-ignore: decorator
@inline
function value(operation: i32, a: v128, b: v128): v128 {
  if (operation === Binary.ADD) return f32x4.add(a, b);
  if (operation === Binary.SUBTRACT) return f32x4.sub(a, b);
  if (operation === Binary.MULTIPLY) return f32x4.mul(a, b);
  if (operation === Binary.DIVIDE) return f32x4.div(a, b);
  if (operation === Binary.MAXIMUM) return f32x4.max(a, b);
  if (operation === Binary.MINIMUM) return f32x4.min(a, b);
  if (operation === Binary.PRELU) return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (operation === Binary.TANH_GRADIENT) return f32x4.mul(b, f32x4.sub(one, f32x4.mul(a, a)));
  return f32x4.mul(b, f32x4.mul(a, f32x4.sub(one, a)));
}

/** Strides are 0 (one number for the whole row) or 1. Four vectors at a time, for the loop costs as much as the work. */
// @ts-ignore: decorator
@inline
function row(operation: i32, a: usize, aStride: i32, b: usize, bStride: i32, target: usize, count: i32): void {
  const end = target + (<usize>count << 2);
  const firstA = v128.load32_splat(a);
  const firstB = v128.load32_splat(b);
  for (; target + 64 <= end; target += 64) {
    // All loads before the stores: memory that is 4 KiB apart looks the same to the processor for a moment.
    const a0 = aStride ? v128.load(a) : firstA;
    const a1 = aStride ? v128.load(a, 16) : firstA;
    const a2 = aStride ? v128.load(a, 32) : firstA;
    const a3 = aStride ? v128.load(a, 48) : firstA;
    const b0 = bStride ? v128.load(b) : firstB;
    const b1 = bStride ? v128.load(b, 16) : firstB;
    const b2 = bStride ? v128.load(b, 32) : firstB;
    const b3 = bStride ? v128.load(b, 48) : firstB;
    v128.store(target, value(operation, a0, b0));
    v128.store(target, value(operation, a1, b1), 16);
    v128.store(target, value(operation, a2, b2), 32);
    v128.store(target, value(operation, a3, b3), 48);
    if (aStride) a += 64;
    if (bStride) b += 64;
  }
  for (; target + 16 <= end; target += 16) {
    const x = aStride ? v128.load(a) : firstA;
    const y = bStride ? v128.load(b) : firstB;
    v128.store(target, value(operation, x, y));
    if (aStride) a += 16;
    if (bStride) b += 16;
  }
  for (; target < end; target += 4) {
    const result = value(operation, v128.load32_splat(a), v128.load32_splat(b));
    store<f32>(target, f32x4.extract_lane(result, 0));
    if (aStride) a += 4;
    if (bStride) b += 4;
  }
}

/**
 * target [rows, columns] = f(a, b). Row strides in elements, 0 to use one row for all; strides along a row are 0 or 1, not
 * both 0 when there is more than one column. `target` may be `a` where that is not broadcast.
 * scripts/assembly-variants.mjs makes a function of each operation, and `binary`, which chooses among them.
 */
// @ts-ignore: decorator
@inline
export function binaryOf(
  operation: i32,
  a: usize,
  aRowStride: i32,
  aStride: i32,
  b: usize,
  bRowStride: i32,
  bStride: i32,
  target: usize,
  rows: i32,
  columns: i32,
): void {
  const commutes =
    operation === Binary.ADD ||
    operation === Binary.MULTIPLY ||
    operation === Binary.MAXIMUM ||
    operation === Binary.MINIMUM;
  const ordered = operation === Binary.SUBTRACT || operation === Binary.DIVIDE || operation === Binary.PRELU;
  // A single number on the left of an operation that commutes goes to the right: there is less code so.
  if (commutes && aStride === 0) {
    matrix(operation, b, bRowStride, a, aRowStride, 0, target, rows, columns);
    return;
  }
  if (ordered && aStride === 0) {
    for (let i = 0; i < rows; i++) {
      row(operation, a, 0, b, 1, target, columns);
      a += <usize>aRowStride << 2;
      b += <usize>bRowStride << 2;
      target += <usize>columns << 2;
    }
    return;
  }
  matrix(operation, a, aRowStride, b, bRowStride, bStride, target, rows, columns);
}

/** As `binaryOf`, when a has a number for each column. */
// @ts-ignore: decorator
@inline
function matrix(
  operation: i32,
  a: usize,
  aRowStride: i32,
  b: usize,
  bRowStride: i32,
  bStride: i32,
  target: usize,
  rows: i32,
  columns: i32,
): void {
  const broadcasts = operation !== Binary.TANH_GRADIENT && operation !== Binary.SIGMOID_GRADIENT;
  for (let i = 0; i < rows; i++) {
    if (broadcasts && bStride === 0) row(operation, a, 1, b, 0, target, columns);
    else row(operation, a, 1, b, 1, target, columns);
    a += <usize>aRowStride << 2;
    b += <usize>bRowStride << 2;
    target += <usize>columns << 2;
  }
}
