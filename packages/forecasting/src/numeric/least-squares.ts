import { Matrix, SVD } from 'ml-matrix';

/**
 * Least squares of targets y [n] on the columns of a design X [n, P], and on its first p columns for every p. One Householder QR
 * factorization of [X y] serves all of them. The singular values of its triangle show which columns depend on others (four lags of
 * a noise-free sine have rank two).
 *
 * Where the first column is constant, the others are centered first, and every column is scaled to a length near 1. Otherwise a
 * constant beside values of 1e9 would be lost below their rounding.
 */
export class LeastSquares {
  /** n */
  readonly rows: number;
  /** P */
  readonly columns: number;
  readonly #triangle: Float64Array; // [P + 1, P + 1]: R, and in its last column Q^T y, of the centered and scaled problem
  readonly #scales: Float64Array; // [P + 1]: what each column of the problem was multiplied by
  readonly #centers: Float64Array; // [P + 1]: what was taken from each column before; 0 without a constant
  readonly #constant: number; // the first column's value; 0 if it is not constant
  readonly #total: number; // ||y||^2 of the scaled targets, not centered

  /** @param design X [n, P], row-major */
  constructor(design: Float64Array, targets: Float64Array) {
    this.rows = targets.length;
    this.columns = design.length / this.rows;
    const columns = Array.from({ length: this.columns + 1 }, (_, column) =>
      column === this.columns
        ? Float64Array.from(targets)
        : Float64Array.from({ length: this.rows }, (_, row) => design[row * this.columns + column]),
    );
    const [first] = columns;
    this.#constant = this.columns > 0 && first.every((value) => value === first[0]) ? first[0] : 0;
    this.#centers = new Float64Array(columns.length);
    const whole = columns[this.columns].slice();
    for (let column = 1; column < columns.length && this.#constant !== 0; column++) {
      const values = columns[column];
      const center = carefulMean(values);
      this.#centers[column] = center;
      for (let row = 0; row < values.length; row++) values[row] -= center;
    }
    this.#scales = Float64Array.from(columns, scaleOf);
    columns.forEach((values, column) => {
      const scale = this.#scales[column];
      for (let row = 0; row < values.length; row++) values[row] *= scale;
    });
    const last = this.#scales[this.columns];
    this.#total = whole.reduce((sum, value) => sum + (value * last) ** 2, 0);
    this.#triangle = triangularize(columns);
  }

  /** ||y - X b||^2 at the best b for the first `columns` columns (default: all). */
  residualSumOfSquares(columns: number = this.columns): number {
    const scale = this.#scales[this.columns];
    return this.#scaledSquares(columns) / scale / scale;
  }

  /** The best b for the first `columns` columns (default: all); where they are dependent, the shortest of the best. */
  coefficients(columns: number = this.columns): Float64Array {
    const scaled = this.#scaledCoefficients(columns);
    const last = this.#scales[this.columns];
    const result = scaled.map((value, column) => (value * this.#scales[column]) / last);
    if (columns > 0 && this.#constant !== 0) {
      let center = this.#centers[this.columns];
      for (let column = 1; column < columns; column++) center -= result[column] * this.#centers[column];
      result[0] += center / this.#constant;
    }
    return result;
  }

  #scaledSquares(columns: number): number {
    if (columns === 0) return this.#total;
    const width = this.columns + 1;
    let sum = 0;
    for (let row = columns; row < width; row++) sum += this.#triangle[row * width + this.columns] ** 2;
    if (!this.#dependent(columns)) return sum;
    // A dependent column leaves a part of y in its row that no column explains.
    const best = this.#scaledCoefficients(columns);
    for (let row = 0; row < columns; row++) {
      const explained = dot(this.#triangle, row * width, best);
      sum += (this.#triangle[row * width + this.columns] - explained) ** 2;
    }
    return sum;
  }

  #scaledCoefficients(columns: number): Float64Array {
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

/** The mean, corrected by the mean of what is left: exact to rounding however far the values lie from zero. */
function carefulMean(values: Float64Array): number {
  const first = values[0];
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] - first;
  return first + sum / values.length;
}

/** A power of two (multiplying by it rounds nothing) that brings a column's length near 1; 1 for zeros. */
function scaleOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  if (largest === 0 || !Number.isFinite(largest)) return 1;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] / largest) ** 2;
  const exponent = Math.round(-Math.log2(largest) - Math.log2(sum) / 2);
  return 2 ** Math.max(-1000, Math.min(1000, exponent));
}

/** R of the QR factorization of a matrix given by its columns, [P + 1, P + 1], by Householder reflections that write into it. */
function triangularize(work: readonly Float64Array[]): Float64Array {
  // Column by column in memory: a reflection runs down columns.
  const width = work.length;
  const rows = work[0].length;
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
