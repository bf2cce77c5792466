import { ArgumentError } from '@throughtime/errors';
import type { Random } from '@throughtime/random';

/** A matrix in double precision, row-major. */
export interface Matrix {
  /** How many rows it has. */
  readonly rows: number;
  /** How many columns it has. */
  readonly columns: number;
  /** [rows, columns], row-major. */
  readonly values: Float64Array;
}

/** @throws ArgumentError when there are not rows * columns values */
export function matrix(rows: number, columns: number, values: ArrayLike<number>): Matrix {
  if (values.length !== rows * columns) {
    throw new ArgumentError('values.length', `${rows} x ${columns} = ${rows * columns}`, values.length);
  }
  return { rows, columns, values: Float64Array.from(values) };
}

/** Normal entries of mean 0 and deviation 1 / sqrt(columns): the spectral radius is near 1. */
export function randomMatrix(rows: number, columns: number, random: Random): Matrix {
  const scale = 1 / Math.sqrt(columns);
  return {
    rows,
    columns,
    values: Float64Array.from({ length: rows * columns }, () => scale * random.normal()),
  };
}

export function identity(size: number): Matrix {
  const values = new Float64Array(size * size);
  for (let i = 0; i < size; i++) values[i * size + i] = 1;
  return { rows: size, columns: size, values };
}

export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows)
    throw new ArgumentError('b.rows', `${a.columns}, as many as a has columns`, b.rows);
  const values = new Float64Array(a.rows * b.columns);
  for (let i = 0; i < a.rows; i++) {
    for (let k = 0; k < a.columns; k++) {
      const factor = a.values[i * a.columns + k];
      for (let j = 0; j < b.columns; j++) values[i * b.columns + j] += factor * b.values[k * b.columns + j];
    }
  }
  return { rows: a.rows, columns: b.columns, values };
}

export function transpose({ rows, columns, values }: Matrix): Matrix {
  const swapped = Float64Array.from(values, (_, at) => values[(at % rows) * columns + Math.floor(at / rows)]);
  return { rows: columns, columns: rows, values: swapped };
}

export function scaled({ rows, columns, values }: Matrix, factor: number): Matrix {
  return { rows, columns, values: values.map((value) => factor * value) };
}

/** M x */
export function apply({ rows, columns, values }: Matrix, x: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += values[i * columns + j] * x[j];
    return sum;
  });
}

/** Euclidean; of a matrix's values it is the Frobenius norm. */
export function norm(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt(squares);
}

/** The largest factor by which a vector is lengthened: the largest singular value, by power iteration on M^T M. */
export function spectralNorm(m: Matrix, iterations = 200): number {
  const back = transpose(m);
  // Not orthogonal to any likely singular vector, and the same every time.
  let x: Float64Array = Float64Array.from({ length: m.columns }, (_, i) => 1 + Math.sin(i + 1));
  let length = 0;
  for (let i = 0; i < iterations; i++) {
    const size = norm(x);
    if (size === 0) return 0;
    const forward = apply(
      m,
      x.map((value) => value / size),
    );
    length = norm(forward);
    x = apply(back, forward);
  }
  return length;
}

/**
 * The largest absolute eigenvalue, by Gelfand's formula: the limit of ||M^k||^(1/k), at k = 2^30 by repeated squaring, with
 * each power scaled so that nothing overflows.
 *
 * @example
 * ```ts
 * import { matrix, spectralNorm, spectralRadius } from '@throughtime/gradient-flow';
 * const m = matrix(2, 2, [0.9, 10, 0, 0.9]);
 * console.log(spectralRadius(m).toFixed(1), spectralNorm(m) > 10); // 0.9 true
 * ```
 */
export function spectralRadius(m: Matrix): number {
  let power = m;
  let logarithm = 0;
  for (let doubling = 0; doubling < 30; doubling++) {
    const size = norm(power.values);
    if (size === 0) return 0;
    logarithm += Math.log(size) / 2 ** doubling;
    const unit = scaled(power, 1 / size);
    power = multiply(unit, unit);
  }
  return Math.exp(logarithm);
}
