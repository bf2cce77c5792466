// Matrices and products as records in memory, in place of calls with nine to fifteen numbers. A thread keeps those that it
// works on in its scratch memory.

import { view } from '../program/scratch';

@unmanaged
export class Matrix {
  address: usize;
  /** Bytes from one row to the next. */
  rowStride: usize;
  /** Bytes from one column to the next; PACKED: `packRows` made it. Of a left side only: elsewhere columns are contiguous. */
  columnStride: usize;

  // @ts-ignore: decorator
  @inline
  set(address: usize, rowStride: usize): void {
    this.address = address;
    this.rowStride = rowStride;
  }
}

/** This thread's view of a product's left side. */
// @ts-ignore: decorator
@inline
export function left(): Matrix {
  return changetype<Matrix>(view(0));
}

/** This thread's view of what a product's sums start from: rows of a matrix, or with a row stride of 0 one row for all. */
// @ts-ignore: decorator
@inline
export function start(): Matrix {
  return changetype<Matrix>(view(1));
}

/** This thread's view of a product's result. */
// @ts-ignore: decorator
@inline
export function result(): Matrix {
  return changetype<Matrix>(view(2));
}

/** A product by one thread: C [rows, columns] = alpha A [rows, k] B [k, columns]. Strides in elements. */
@unmanaged
export class Product {
  a: usize;
  aRowStride: i32;
  aKStride: i32;
  /** Packed panels. */
  b: usize;
  /** Rows of a panel, k or more; 0: k. */
  panelRows: i32;
  /** [columns padded to 8] or 0: where sums start. Needs alpha = 1. */
  bias: usize;
  c: usize;
  cRowStride: i32;
  rows: i32;
  columns: i32;
  k: i32;
  alpha: f32;
  /** Whether sums start from C itself. */
  accumulate: bool;
  /** [rows] or 0: sums of A's rows are added here. */
  rowSums: usize;

  /** What most products have: all rows of B, no bias, alpha 1, C overwritten, no sums of rows. */
  // @ts-ignore: decorator
  @inline
  plain(): void {
    this.panelRows = 0;
    this.bias = 0;
    this.alpha = 1;
    this.accumulate = false;
    this.rowSums = 0;
  }
}

/** This thread's product. Whoever calls `multiply` sets every field before. */
// @ts-ignore: decorator
@inline
export function product(): Product {
  return changetype<Product>(view(3));
}
