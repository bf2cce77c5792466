import { util } from '@tensorflow/tfjs-core';

/** How two operands are laid over a result: axes that behave alike are one. */
export interface BroadcastPlan {
  /** Of the result, outermost axis first. */
  readonly sizes: readonly number[];
  /** By axis: elements from one index to the next, 0 along what is broadcast. */
  readonly aStrides: readonly number[];
  readonly bStrides: readonly number[];
}

/**
 * The fewest axes that describe a broadcast of shapes `a` and `b` to `shape`. Axes of size 1 are left out; axes beside
 * each other along which the same operands are broadcast become one.
 */
export function planBroadcast(
  a: readonly number[],
  b: readonly number[],
  shape: readonly number[],
): BroadcastPlan {
  const sizes: number[] = [];
  const [aSpans, bSpans]: [boolean[], boolean[]] = [[], []];
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const inA = spans(a, axis - shape.length + a.length);
    const inB = spans(b, axis - shape.length + b.length);
    const last = sizes.length - 1;
    if (last >= 0 && aSpans[last] === inA && bSpans[last] === inB) {
      sizes[last] *= size;
    } else {
      sizes.push(size);
      aSpans.push(inA);
      bSpans.push(inB);
    }
  }
  return { sizes, aStrides: strides(sizes, aSpans), bStrides: strides(sizes, bSpans) };
}

/** Whether an operand has elements of its own along an axis whose size is not 1. */
function spans(shape: readonly number[], axis: number): boolean {
  return axis >= 0 && shape[axis] !== 1;
}

function strides(sizes: readonly number[], spanned: readonly boolean[]): number[] {
  const result = new Array<number>(sizes.length).fill(0);
  let elements = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    if (!spanned[axis]) continue;
    result[axis] = elements;
    elements *= sizes[axis];
  }
  return result;
}

/** A kernel on [rows, columns]: row strides in elements, steps along a row 0 or 1. */
export type MatrixKernel = (
  a: number,
  aRow: number,
  aStep: number,
  b: number,
  bRow: number,
  bStep: number,
  target: number,
  rows: number,
  columns: number,
) => void;

export interface BroadcastOperands {
  /** Addresses and shapes of two float32 tensors. */
  readonly a: number;
  readonly aShape: readonly number[];
  readonly b: number;
  readonly bShape: readonly number[];
  /** The result's. */
  readonly target: number;
  readonly shape: readonly number[];
  /** Bytes of an element of the result. */
  readonly bytes: number;
}

/** Runs `kernel` over all of a broadcast, two axes at a time. */
export function broadcast(kernel: MatrixKernel, operands: BroadcastOperands): void {
  const { a, aShape, b, bShape, target, shape, bytes } = operands;
  const count = util.sizeFromShape([...shape]);
  if (count === 0) return;
  if (util.arraysEqual([...aShape], [...bShape])) {
    kernel(a, 0, 1, b, 0, 1, target, 1, count);
    return;
  }
  const { sizes, aStrides, bStrides } = planBroadcast(aShape, bShape, shape);
  const column = sizes.length - 1;
  const row = column - 1;
  const block = (sizes[row] ?? 1) * (sizes[column] ?? 1);
  /** The axes before these two, one after the other. */
  const run = (axis: number, aAt: number, bAt: number, to: number): number => {
    if (axis >= row) {
      const aSides = [aStrides[row] ?? 0, aStrides[column] ?? 0] as const;
      const bSides = [bStrides[row] ?? 0, bStrides[column] ?? 0] as const;
      kernel(aAt, ...aSides, bAt, ...bSides, to, sizes[row] ?? 1, sizes[column] ?? 1);
      return to + block * bytes;
    }
    for (let i = 0; i < sizes[axis]; i++) {
      to = run(axis + 1, aAt + i * aStrides[axis] * 4, bAt + i * bStrides[axis] * 4, to);
    }
    return to;
  };
  run(0, a, b, target);
}
