// Products of matrices in any orientation, on the engine's tiles.

import { gemm } from '../products/gemm';
import { pack } from '../products/pack';
import { DEPTH } from '../products/packed-rows';
import { TILE_COLUMNS } from '../simd';
import { gemmCommand, PANEL_BYTES, PANELS, packCommand } from './workspace';
import { multiplyVector } from './vector';

/**
 * C [m, n] = A [m, k] B [k, n], plus bias [n] to each row when `bias` is not 0; C has no gaps. A's and B's elements lie
 * `aRow` and `aStep`, `bStep` and `bColumn` apart, along rows or columns of C and along k.
 */
export function multiply(
  a: usize,
  aRow: i32,
  aStep: i32,
  b: usize,
  bStep: i32,
  bColumn: i32,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  if (m === 0 || n === 0) return;
  if (m === 1) {
    multiplyVector(b, bColumn, bStep, a, aStep, bias, c, n, k);
    return;
  }
  if (n === 1) {
    multiplyVector(a, aRow, aStep, b, bStep, 0, c, m, k);
    if (bias) for (let i = 0; i < m; i++) store<f32>(c + (i << 2), load<f32>(c + (i << 2)) + load<f32>(bias));
    return;
  }
  const depth = max(1, min(DEPTH, k));
  const width = <i32>(PANEL_BYTES / (<usize>(depth * TILE_COLUMNS) << 2)) * TILE_COLUMNS;
  for (let column = 0; column < n; column += width) {
    const columns = min(width, n - column);
    const offset = <usize>column << 2;
    let first = 0;
    do {
      const steps = min(depth, k - first);
      packBlock(b + (<usize>first * bStep + <usize>column * bColumn << 2), bStep, bColumn, steps, columns);
      const command = gemmCommand;
      command.claimed = 0;
      command.finished = 0;
      command.a = a + ((<usize>first * aStep) << 2);
      command.aRow = aRow;
      command.aStep = aStep;
      command.b = PANELS;
      command.bias = bias && first === 0 ? bias + offset : 0;
      command.c = c + offset;
      command.cRow = n;
      command.m = m;
      command.n = columns;
      command.k = steps;
      command.alpha = 1;
      command.beta = first === 0 ? 0 : 1;
      command.rowSums = 0;
      gemm(command);
      first += steps;
    } while (first < k);
  }
}

/** Part of B, [k, n], into panels. */
function packBlock(source: usize, step: i32, column: i32, k: i32, n: i32): void {
  const command = packCommand;
  command.claimed = 0;
  command.finished = 0;
  command.source = source;
  command.target = PANELS;
  command.k = k;
  command.n = n;
  command.kStride = step;
  command.nStride = column;
  command.kGroup = max(1, k);
  command.kPadded = max(1, k);
  command.kGroups = 1;
  command.kRotation = 0;
  command.nGroup = n;
  command.nPadded = (n + TILE_COLUMNS - 1) & ~(TILE_COLUMNS - 1);
  command.nGroups = 1;
  command.nRotation = 0;
  pack(command);
}
