import type { Dtype, DtypeArrays } from './dtype.js';

/** A tensor of one data type: `data` holds the product of `shape` values, row-major. A scalar has the shape []. */
export interface TensorOf<D extends Dtype> {
  /** What each value is, and so which typed array holds the data. */
  readonly dtype: D;
  /** Sizes of its axes, outermost first; empty for a single number. */
  readonly shape: readonly number[];
  /** The values, row-major: as many as the product of the shape. */
  readonly data: DtypeArrays[D];
}

/** A tensor of any data type; comparing `dtype` narrows the type of `data`. */
export type Tensor = { [D in Dtype]: TensorOf<D> }[Dtype];

/** Where a BOOL tensor holds a byte other than 0 and 1: the index of the first, or -1. Other data types hold what they hold. */
export function indexOfNoBoolean({ dtype, data }: Tensor): number {
  return dtype === 'BOOL' ? data.findIndex((byte) => byte > 1) : -1;
}

/** How many values a shape holds; NaN when it is no shape or the count is beyond 2^53. */
export function elementCount(shape: readonly unknown[]): number {
  let count = 1;
  for (const size of shape) {
    if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0) return Number.NaN;
    count *= size;
    if (!Number.isSafeInteger(count)) return Number.NaN;
  }
  return count;
}
