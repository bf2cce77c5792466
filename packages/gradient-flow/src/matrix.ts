import { ArgumentError, inWords } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { Matrix as Dense, EigenvalueDecomposition, SingularValueDecomposition } from 'ml-matrix';

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
  return plain(Dense.eye(size));
}

export function multiply(a: Matrix, b: Matrix): Matrix {
  if (a.columns !== b.rows)
    throw new ArgumentError('b.rows', `${a.columns}, as many as a has columns`, b.rows);
  return plain(dense(a).mmul(dense(b)));
}

export function transpose(m: Matrix): Matrix {
  return plain(dense(m).transpose());
}

export function scaled({ rows, columns, values }: Matrix, factor: number): Matrix {
  return { rows, columns, values: values.map((value) => factor * value) };
}

/** M x */
export function apply(m: Matrix, x: ArrayLike<number>): Float64Array {
  return plain(dense(m).mmul(Dense.columnVector(Array.from(x)))).values;
}

/** Euclidean; of a matrix's values it is the Frobenius norm. */
export function norm(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt(squares);
}

/** The largest factor by which a vector is lengthened: the largest singular value. NaN where a value is not finite. */
export function spectralNorm(m: Matrix): number {
  // The decompositions would not end.
  if (!m.values.every(Number.isFinite)) return Number.NaN;
  const { diagonal } = new SingularValueDecomposition(dense(m), {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  });
  return Math.max(...diagonal);
}

/**
 * The largest absolute eigenvalue. NaN where a value is not finite.
 * @throws ArgumentError when the matrix is not square
 *
 * @example
 * ```ts
 * import { matrix, spectralNorm, spectralRadius } from '@throughtime/gradient-flow';
 * const m = matrix(2, 2, [0.9, 10, 0, 0.9]);
 * console.log(spectralRadius(m).toFixed(1), spectralNorm(m) > 10); // 0.9 true
 * ```
 */
export function spectralRadius(m: Matrix): number {
  if (m.rows !== m.columns)
    throw new ArgumentError('m', 'a square matrix', inWords(`one of ${m.rows} x ${m.columns}`));
  if (!m.values.every(Number.isFinite)) return Number.NaN;
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(dense(m));
  return Math.max(...realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i])));
}

function dense({ rows, columns, values }: Matrix): Dense {
  return Dense.from1DArray(rows, columns, values);
}

function plain(m: Dense): Matrix {
  return { rows: m.rows, columns: m.columns, values: Float64Array.from(m.to1DArray()) };
}
