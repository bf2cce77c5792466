import { Matrix, SVD } from 'ml-matrix';

/**
 * Least squares of targets y [n] on the columns of a design X [n, P], and on its first p columns for every p. One Householder QR
 * factorization of [X y] serves all of them. The singular values of its triangle show which columns depend on others (four lags of
 * a noise-free sine have rank two).
 */
export class LeastSquares {
  readonly rows: number; // n
  readonly columns: number; // P
  readonly #triangle: Float64Array; // [P + 1, P + 1]: R, and in its last column Q^T y

  /** @param design X [n, P], row-major */
  constructor(design: Float64Array, targets: Float64Array) {
    this.rows = targets.length;
    this.columns = design.length / this.rows;
    this.#triangle = triangularize(design, targets, this.columns);
  }

  /** ||y - X b||^2 at the best b for the first `columns` columns (default: all). */
  residualSumOfSquares(columns: number = this.columns): number {
    const width = this.columns + 1;
    let sum = 0;
    for (let row = columns; row < width; row++) sum += this.#triangle[row * width + this.columns] ** 2;
    if (!this.#dependent(columns)) return sum;
    // A dependent column leaves a part of y in its row that no column explains.
    const best = this.coefficients(columns);
    for (let row = 0; row < columns; row++) {
      const explained = dot(this.#triangle, row * width, best);
      sum += (this.#triangle[row * width + this.columns] - explained) ** 2;
    }
    return sum;
  }

  /** The best b for the first `columns` columns (default: all); where they are dependent, the shortest of the best. */
  coefficients(columns: number = this.columns): Float64Array {
    const width = this.columns + 1;
    const triangle = Matrix.zeros(columns, columns);
    const right = Matrix.zeros(columns, 1);
    for (let row = 0; row < columns; row++) {
      right.set(row, 0, this.#triangle[row * width + this.columns]);
      for (let column = row; column < columns; column++) {
        triangle.set(row, column, this.#triangle[row * width + column]);
      }
    }
    return Float64Array.from(new SVD(triangle).solve(right).getColumn(0));
  }

  /** Whether some column depends on those before it, up to rounding. */
  #dependent(columns: number): boolean {
    const diagonal = Array.from({ length: columns }, (_, i) =>
      Math.abs(this.#triangle[i * (this.columns + 2)]),
    );
    return Math.min(...diagonal) <= 1e-7 * Math.max(...diagonal);
  }
}

/** R of the QR factorization of [X y], [P + 1, P + 1], by Householder reflections. */
function triangularize(design: Float64Array, targets: Float64Array, columns: number): Float64Array {
  const rows = targets.length;
  const width = columns + 1;
  // Column by column in memory: a reflection runs down columns.
  const work = Array.from({ length: width }, (_, column) =>
    column === columns
      ? Float64Array.from(targets)
      : Float64Array.from({ length: rows }, (_, row) => design[row * columns + column]),
  );
  const triangle = new Float64Array(width * width);
  for (let pivot = 0; pivot < Math.min(width, rows); pivot++) {
    const reflector = work[pivot];
    const norm = Math.sqrt(productBelow(reflector, reflector, pivot));
    const diagonal = reflector[pivot] > 0 ? -norm : norm;
    reflector[pivot] -= diagonal;
    const squared = productBelow(reflector, reflector, pivot);
    for (let column = pivot + 1; column < width && squared > 0; column++) {
      const scale = (2 * productBelow(reflector, work[column], pivot)) / squared;
      for (let row = pivot; row < rows; row++) work[column][row] -= scale * reflector[row];
    }
    triangle[pivot * width + pivot] = diagonal;
    for (let column = pivot + 1; column < width; column++) {
      triangle[pivot * width + column] = work[column][pivot];
    }
  }
  return triangle;
}

function productBelow(a: Float64Array, b: Float64Array, start: number): number {
  let sum = 0;
  for (let i = start; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The inner product of `weights` with as many values from `start` on. */
export function dot(values: ArrayLike<number>, start: number, weights: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += values[start + i] * weights[i];
  return sum;
}
