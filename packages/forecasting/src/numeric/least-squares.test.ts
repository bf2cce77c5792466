import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot, LeastSquares } from './least-squares.js';

// Whole numbers: columns are clearly dependent or clearly not.
const entry = fc.integer({ min: -5, max: 5 });
const problem = fc.integer({ min: 1, max: 4 }).chain((columns) =>
  fc.integer({ min: columns + 1, max: 12 }).chain((rows) =>
    fc.record({
      design: fc.array(entry, { minLength: rows * columns, maxLength: rows * columns }),
      targets: fc.array(entry, { minLength: rows, maxLength: rows }),
    }),
  ),
);

describe('LeastSquares', () => {
  it('leaves residuals orthogonal to every column, for every number of columns', () => {
    fc.assert(
      fc.property(problem, ({ design, targets }) => {
        const columns = design.length / targets.length;
        const squares = new LeastSquares(Float64Array.from(design), Float64Array.from(targets));
        for (let used = 1; used <= columns; used++) {
          const coefficients = squares.coefficients(used);
          const residuals = targets.map((y, row) => y - dot(design, row * columns, coefficients));
          for (let column = 0; column < used; column++) {
            const inner = residuals.reduce((sum, r, row) => sum + r * design[row * columns + column], 0);
            expect(Math.abs(inner)).toBeLessThan(1e-8 * 25 * targets.length);
          }
          const sum = residuals.reduce((total, r) => total + r * r, 0);
          expect(squares.residualSumOfSquares(used)).toBeCloseTo(sum, 7);
        }
      }),
    );
  });

  it('takes the shortest solution where columns are equal', () => {
    const design = Float64Array.of(1, 1, 2, 2, 3, 3);
    const coefficients = new LeastSquares(design, Float64Array.of(2, 4, 6)).coefficients();
    expect(coefficients[0]).toBeCloseTo(1, 12);
    expect(coefficients[1]).toBeCloseTo(1, 12);
  });
});
