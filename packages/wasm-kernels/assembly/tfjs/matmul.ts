// Products of matrices in any orientation, on the engine's tiles.

import { multiply as multiplyProduct } from '../products/gemm';
import { product } from '../products/matrix';
import { pack } from '../products/pack';
import { DEPTH, HEIGHT } from '../products/packed-rows';
import { TILE_COLUMNS } from '../simd';
import { PANEL_BYTES, PANELS, packCommand } from './workspace';
import { multiplyVector } from './vector';

/**
 * C [m, n] = A [m, k] B [k, n], plus bias [n] to each row when `bias` is not 0; C has no gaps. A's and B's elements lie
 * `aRowStride` and `aKStride`, `bKStride` and `bColumnStride` apart, along rows or columns of C and along k.
 */
export function multiply(
  a: usize,
  aRowStride: i32,
  aKStride: i32,
  b: usize,
  bKStride: i32,
  bColumnStride: i32,
  bias: usize,
  c: usize,
  m: i32,
  n: i32,
  k: i32,
): void {
  if (m === 0 || n === 0) return;
  if (m === 1) {
    multiplyVector(b, bColumnStride, bKStride, a, aKStride, bias, c, n, k);
    return;
  }
  if (n === 1) {
    multiplyVector(a, aRowStride, aKStride, b, bKStride, 0, c, m, k);
    if (bias) for (let i = 0; i < m; i++) store<f32>(c + (i << 2), load<f32>(c + (i << 2)) + load<f32>(bias));
    return;
  }
  const depth = max(1, min(DEPTH, k));
  // Equal strips of rows that fit the cache.
  const strips = (m + HEIGHT - 1) / HEIGHT;
  const height = (m + strips - 1) / strips;
  const width = <i32>(PANEL_BYTES / (<usize>(depth * TILE_COLUMNS) << 2)) * TILE_COLUMNS;
  for (let column = 0; column < n; column += width) {
    const columns = min(width, n - column);
    const offset = <usize>column << 2;
    let first = 0;
    do {
      const steps = min(depth, k - first);
      packBlock(b + (<usize>first * bKStride + <usize>column * bColumnStride << 2), bKStride, bColumnStride, steps, columns);
      const part = product();
      part.plain();
      part.aRowStride = aRowStride;
      part.aKStride = aKStride;
      part.b = PANELS;
      part.bias = bias && first === 0 ? bias + offset : 0;
      part.cRowStride = n;
      part.columns = columns;
      part.k = steps;
      part.accumulate = first > 0;
      for (let row = 0; row < m; row += height) {
        part.rows = min(height, m - row);
        part.a = a + ((<usize>row * aRowStride + <usize>first * aKStride) << 2);
        part.c = c + ((<usize>row * n) << 2) + offset;
        multiplyProduct(part, 0, (columns + TILE_COLUMNS - 1) / TILE_COLUMNS);
      }
      first += steps;
    } while (first < k);
  }
}

/** Part of B, [k, n], into panels. */
function packBlock(source: usize, kStride: i32, nStride: i32, k: i32, n: i32): void {
  const command = packCommand;
  command.claimed = 0;
  command.finished = 0;
  command.source = source;
  command.target = PANELS;
  command.k = k;
  command.n = n;
  command.kStride = kStride;
  command.nStride = nStride;
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
