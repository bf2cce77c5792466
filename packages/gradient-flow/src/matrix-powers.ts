import { checkOptions, list, number, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import {
  apply,
  identity,
  type Matrix,
  multiply,
  norm,
  randomMatrix,
  scaled,
  spectralNorm,
  spectralRadius,
} from './matrix.js';

/** What repeated multiplication by a matrix does to a vector. */
export interface PowerAlignment {
  /**
   * |M^k x| for k = 0 ... steps: grows or shrinks by the leading eigenvalue each step, once aligned. Infinity or 0 beyond what a double
   * holds.
   */
  readonly norms: readonly number[];
  /** |cos| of the angle between M^k x and M^(k+1) x: 1 where x is an eigenvector. */
  readonly alignment: readonly number[];
}

/**
 * Multiplies a vector by a matrix again and again. M^k x turns towards the leading eigenvector; this is why a gradient that
 * flows back over many steps keeps a single direction and only grows or shrinks. (With a leading pair of complex eigenvalues
 * it rotates instead.)
 */
export function powerAlignment(m: Matrix, x: ArrayLike<number>, steps: number): PowerAlignment {
  whole({ from: 0 })('steps', steps);
  let direction: Float64Array = Float64Array.from(x);
  let length = norm(direction);
  const norms = [length];
  const alignment: number[] = [];
  for (let k = 0; k < steps; k++) {
    const unit = direction.map((value) => value / (norm(direction) || 1));
    const next = apply(m, unit);
    const stretch = norm(next);
    length *= stretch;
    norms.push(length);
    alignment.push(
      stretch === 0 ? 0 : Math.abs(next.reduce((sum, value, i) => sum + value * unit[i], 0)) / stretch,
    );
    direction = next;
  }
  return { norms, alignment };
}

/** The matrices and distances of {@link spectralRadiusSweep}. */
export interface SpectralRadiusSweepOptions {
  /** The spectral radii that the recurrent matrix is scaled to. */
  readonly radii: readonly number[];
  /** H. Default 32. */
  readonly hiddenSize?: number;
  /** The longest distance. Default 200. */
  readonly steps?: number;
  /** Draws the recurrent matrix. */
  readonly random: Random;
}

const sweepChecks: OptionChecks<SpectralRadiusSweepOptions> = {
  radii: required(list(number({ above: 0 }))),
  hiddenSize: whole({ from: 1 }),
  steps: whole({ from: 1 }),
  random: required(randomSource),
};

/** What one spectral radius does to gradients. */
export interface SpectralRadiusRow {
  /** The largest absolute eigenvalue of W_hh. */
  readonly radius: number;
  /**
   * ||dh_T/dh_(T-d)|| at each distance d = 0 ... steps: the spectral norm of W_hh^d. Infinity or 0 where it is beyond what a double
   * holds, as 2^2000 is.
   */
  readonly norms: Float64Array;
  /** Slope of the logarithm of the norm over distance, fitted to its second half; also where the norms are beyond doubles. */
  readonly slope: number;
  /** What theory says the slope is: log(radius). */
  readonly expectedSlope: number;
}

/**
 * How the gradient of a linear recurrent network vanishes or explodes with distance. One random recurrent matrix is scaled to
 * each radius; the slope of log ||dh_T/dh_t|| is then the logarithm of the radius (Pascanu, Mikolov and Bengio 2013). The
 * first half is left out of the fit, because a matrix that is not normal lengthens vectors at first whatever its eigenvalues.
 * @throws ArgumentError
 */
export function spectralRadiusSweep(options: SpectralRadiusSweepOptions): SpectralRadiusRow[] {
  checkOptions<SpectralRadiusSweepOptions>(options, sweepChecks);
  const { radii, hiddenSize = 32, steps = 200, random } = options;
  const matrix = randomMatrix(hiddenSize, hiddenSize, random);
  const unit = scaled(matrix, 1 / spectralRadius(matrix));
  const unitNorms = powerNorms(unit, steps);
  // log(norm rho^d) = log(norm) + d log(rho): a fit of these logarithms meets no number that overflows.
  const unitSlope = logSlope(unitNorms, steps >> 1);
  return radii.map((radius) => {
    const norms = unitNorms.map((norm, distance) => norm * radius ** distance);
    const expectedSlope = Math.log(radius);
    return { radius, norms, slope: unitSlope + expectedSlope, expectedSlope };
  });
}

/** ||M^d|| for d = 0 ... steps. */
function powerNorms(m: Matrix, steps: number): Float64Array {
  const norms = new Float64Array(steps + 1);
  let power = identity(m.rows);
  for (let distance = 0; distance <= steps; distance++) {
    norms[distance] = spectralNorm(power);
    power = multiply(power, m);
  }
  return norms;
}

/**
 * The least-squares slope of log(values[k]) over k, for k in [from, values.length). Not finite where one of these values is 0,
 * negative or infinite, or where there is one value only.
 */
export function logSlope(values: ArrayLike<number>, from = 0): number {
  const count = values.length - from;
  const meanAt = from + (count - 1) / 2;
  let covariance = 0;
  let variance = 0;
  for (let k = from; k < values.length; k++) {
    covariance += (k - meanAt) * Math.log(values[k]);
    variance += (k - meanAt) ** 2;
  }
  return covariance / variance;
}
