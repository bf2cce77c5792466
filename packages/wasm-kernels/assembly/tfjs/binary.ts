// Functions of two numbers with broadcasting. The host has the same numbers (src/tfjs/instance.ts).

namespace Binary {
  export const ADD: i32 = 0;
  export const SUBTRACT: i32 = 1;
  export const MULTIPLY: i32 = 2;
  export const DIVIDE: i32 = 3;
  /** a where a >= 0, else a * b */
  export const PRELU: i32 = 4;
  /** The gradient through tanh: b * (1 - a^2), a being the result of tanh */
  export const TANH_GRADIENT: i32 = 5;
  /** The gradient through the sigmoid: b * a * (1 - a) */
  export const SIGMOID_GRADIENT: i32 = 6;
}

// @ts-ignore: decorator
@inline
function value(operation: i32, a: v128, b: v128): v128 {
  if (operation === Binary.ADD) return f32x4.add(a, b);
  if (operation === Binary.SUBTRACT) return f32x4.sub(a, b);
  if (operation === Binary.MULTIPLY) return f32x4.mul(a, b);
  if (operation === Binary.DIVIDE) return f32x4.div(a, b);
  if (operation === Binary.PRELU) return v128.bitselect(f32x4.mul(a, b), a, f32x4.lt(a, f32x4.splat(0)));
  const one = f32x4.splat(1);
  if (operation === Binary.TANH_GRADIENT) return f32x4.mul(b, f32x4.sub(one, f32x4.mul(a, a)));
  return f32x4.mul(b, f32x4.mul(a, f32x4.sub(one, a)));
}

/** Steps are 0 (one number for the whole row) or 1. */
// @ts-ignore: decorator
@inline
function row(operation: i32, a: usize, aStep: i32, b: usize, bStep: i32, target: usize, count: i32): void {
  const end = target + (<usize>count << 2);
  const firstA = v128.load32_splat(a);
  const firstB = v128.load32_splat(b);
  for (; target + 16 <= end; target += 16) {
    const x = aStep ? v128.load(a) : firstA;
    const y = bStep ? v128.load(b) : firstB;
    v128.store(target, value(operation, x, y));
    if (aStep) a += 16;
    if (bStep) b += 16;
  }
  for (; target < end; target += 4) {
    const result = value(operation, v128.load32_splat(a), v128.load32_splat(b));
    store<f32>(target, f32x4.extract_lane(result, 0));
    if (aStep) a += 4;
    if (bStep) b += 4;
  }
}

// @ts-ignore: decorator
@inline
function matrix(
  operation: i32,
  a: usize,
  aRow: i32,
  aStep: i32,
  b: usize,
  bRow: i32,
  bStep: i32,
  target: usize,
  rows: i32,
  columns: i32,
): void {
  for (let i = 0; i < rows; i++) {
    if (aStep === 0) row(operation, a, 0, b, bStep, target, columns);
    else if (bStep === 0) row(operation, a, 1, b, 0, target, columns);
    else row(operation, a, 1, b, 1, target, columns);
    a += <usize>aRow << 2;
    b += <usize>bRow << 2;
    target += <usize>columns << 2;
  }
}

/**
 * target [rows, columns] = f(a, b). Row strides in elements, 0 to use one row for all; steps along a row are 0 or 1.
 * `target` may be `a` where that is not broadcast.
 */
export function binary(
  operation: i32,
  a: usize,
  aRow: i32,
  aStep: i32,
  b: usize,
  bRow: i32,
  bStep: i32,
  target: usize,
  rows: i32,
  columns: i32,
): void {
  switch (operation) {
    case Binary.ADD:
      matrix(Binary.ADD, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    case Binary.SUBTRACT:
      matrix(Binary.SUBTRACT, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    case Binary.MULTIPLY:
      matrix(Binary.MULTIPLY, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    case Binary.DIVIDE:
      matrix(Binary.DIVIDE, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    case Binary.PRELU:
      matrix(Binary.PRELU, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    case Binary.TANH_GRADIENT:
      matrix(Binary.TANH_GRADIENT, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
      break;
    default:
      matrix(Binary.SIGMOID_GRADIENT, a, aRow, aStep, b, bRow, bStep, target, rows, columns);
  }
}
