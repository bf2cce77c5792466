// A product of a step's rows, for what does not go tile by tile.

import { multiply } from '../products/gemm';
import { product } from '../products/matrix';
import { SequenceCommand } from './sequence';

/**
 * target [rows, columns] = (or += with `accumulate`) source [rows, depth] times panels `from` to `to`. The target's rows lie as states do.
 */
export function stepProduct(
  command: SequenceCommand,
  rows: i32,
  source: usize,
  stride: i32,
  depth: i32,
  panels: usize,
  target: usize,
  columns: i32,
  accumulate: bool,
  from: i32,
  to: i32,
): void {
  const part = product();
  part.plain();
  part.a = source;
  part.aRowStride = stride;
  part.aKStride = 1;
  part.b = panels;
  part.c = target;
  part.cRowStride = command.stateStride;
  part.rows = rows;
  part.columns = columns;
  part.k = depth;
  part.accumulate = accumulate;
  multiply(part, from, to);
}
