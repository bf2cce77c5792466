import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orthogonalMatrix } from './orthogonal-matrix.js';

/** How far the products of the columns (of the rows, where there are fewer) are from the identity. */
function departure(matrix: Float64Array, rows: number, columns: number): number {
  const tall = rows >= columns;
  const [vectors, length] = tall ? [columns, rows] : [rows, columns];
  const at = (vector: number, i: number) =>
    tall ? matrix[i * columns + vector] : matrix[vector * columns + i];
  let worst = 0;
  for (let a = 0; a < vectors; a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let i = 0; i < length; i++) product += at(a, i) * at(b, i);
      worst = Math.max(worst, Math.abs(product - (a === b ? 1 : 0)));
    }
  }
  return worst;
}

describe('orthogonalMatrix', () => {
  it('has orthonormal columns, or rows, at every size', () => {
    const size = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(size, size, fc.nat(), (rows, columns, seed) => {
        const matrix = orthogonalMatrix(rows, columns, Random.seeded(seed));
        expect(matrix.length).toBe(rows * columns);
        expect(departure(matrix, rows, columns)).toBeLessThan(1e-13);
      }),
      { numRuns: 40 },
    );
  });

  it('is as precise over several blocks and panels', () => {
    expect(departure(orthogonalMatrix(301, 270, Random.seeded(1)), 301, 270)).toBeLessThan(1e-13);
  });

  it('favors no direction: entries of 3 x 3 matrices have mean 0 and variance 1/3, and half of the matrices are rotations', () => {
    const random = Random.seeded(1);
    const count = 4000;
    const sums = new Float64Array(9);
    const squares = new Float64Array(9);
    let rotations = 0;
    for (let i = 0; i < count; i++) {
      const q = orthogonalMatrix(3, 3, random);
      q.forEach((value, j) => {
        sums[j] += value;
        squares[j] += value * value;
      });
      const [a, b, c, d, e, f, g, h, k] = q;
      if (a * (e * k - f * h) - b * (d * k - f * g) + c * (d * h - e * g) > 0) rotations++;
    }
    // An entry is uniform in [-1, 1]: standard errors sqrt(1/3/4000) = 0.0091 and sqrt(4/45/4000) = 0.0047; five of
    // them.
    for (const sum of sums) expect(Math.abs(sum / count)).toBeLessThan(0.046);
    for (const square of squares) expect(Math.abs(square / count - 1 / 3)).toBeLessThan(0.024);
    expect(Math.abs(rotations / count - 0.5)).toBeLessThan(0.04);
  });
});
