import type { HeapKernels } from './heap-kernels.js';

/** A copy of numbers from anywhere in the heap to a target without gaps. */
export interface StridedCopy {
  /** Address of the first number copied. */
  readonly source: number;
  readonly target: number;
  /** Of the target, outermost axis first. */
  readonly sizes: readonly number[];
  /** Bytes of the source from one index to the next, by axis: 0 repeats, less than 0 runs backwards. */
  readonly strides: readonly number[];
  /** Bytes of a number: 4, or 1 for booleans. */
  readonly bytes: number;
}

interface Axis {
  readonly size: number;
  readonly stride: number;
}

/** Copies in as few and as large pieces as the strides allow. */
export function stridedCopy(heap: HeapKernels, copy: StridedCopy): void {
  const { source, target, bytes } = copy;
  if (copy.sizes.includes(0)) return;
  const axes = mergeAxes(copy);
  const inner = axes.at(-1) ?? { size: 1, stride: bytes };
  if (inner.stride === bytes) {
    const piece = inner.size * bytes;
    const rows = axes.at(-2) ?? { size: 1, stride: piece };
    forEachBlock(axes.slice(0, -2), source, target, rows.size * piece, (from, to) =>
      heap.copyRows(from, rows.stride, to, piece, rows.size, piece),
    );
    return;
  }
  const rows = axes.at(-2) ?? { size: 1, stride: 0 };
  const isTransposed = bytes === 4 && rows.stride === bytes && inner.stride === rows.size * bytes;
  forEachBlock(axes.slice(0, -2), source, target, rows.size * inner.size * bytes, (from, to) => {
    if (isTransposed) heap.transpose(from, to, inner.size, rows.size);
    else heap.copyElements(from, rows.stride, inner.stride, to, rows.size, inner.size, bytes);
  });
}

/** The fewest axes that say the same. */
function mergeAxes({ sizes, strides }: StridedCopy): Axis[] {
  const axes: Axis[] = [];
  for (const [i, size] of sizes.entries()) {
    if (size === 1) continue;
    const stride = strides[i];
    const last = axes.at(-1);
    if (last && last.stride === size * stride) axes[axes.length - 1] = { size: last.size * size, stride };
    else axes.push({ size, stride });
  }
  return axes;
}

function forEachBlock(
  axes: readonly Axis[],
  source: number,
  target: number,
  block: number,
  visit: (from: number, to: number) => void,
): void {
  const run = (depth: number, from: number, to: number): number => {
    if (depth === axes.length) {
      visit(from, to);
      return to + block;
    }
    const { size, stride } = axes[depth];
    for (let i = 0; i < size; i++) to = run(depth + 1, from + i * stride, to);
    return to;
  };
  run(0, source, target);
}
