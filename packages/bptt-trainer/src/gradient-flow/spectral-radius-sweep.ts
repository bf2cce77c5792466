import type { Random } from '@throughtime/random';
import {
  identity,
  type Matrix,
  multiply,
  randomMatrix,
  scaled,
  spectralNorm,
  spectralRadius,
} from './matrix.js';
import { logSlope } from './slope.js';

export interface SpectralRadiusSweepOptions {
  /** The spectral radii that the recurrent matrix is scaled to. */
  readonly radii: readonly number[];
  /** H. Default 32. */
  readonly hiddenSize?: number;
  /** The longest distance. Default 200. */
  readonly steps?: number;
  readonly random: Random;
}

export interface SpectralRadiusRow {
  readonly radius: number;
  /** ||dh_T/dh_(T-d)|| at each distance d = 0 ... steps: the spectral norm of W_hh^d. */
  readonly norms: Float64Array;
  /** Of the logarithm of the norm over distance, fitted to its second half. */
  readonly slope: number;
  /** What the slope should be: log(radius). */
  readonly expectedSlope: number;
}

/**
 * How the gradient of a linear recurrent network vanishes or explodes with distance: for one random recurrent matrix, scaled to
 * each radius, the slope of log ||dh_T/dh_t|| is the logarithm of the radius (Pascanu, Mikolov and Bengio 2013). The first
 * half is left out of the fit: a matrix that is not normal lengthens vectors at first whatever its eigenvalues.
 */
export function spectralRadiusSweep(options: SpectralRadiusSweepOptions): SpectralRadiusRow[] {
  const { radii, hiddenSize = 32, steps = 200, random } = options;
  const matrix = randomMatrix(hiddenSize, hiddenSize, random);
  const unit = scaled(matrix, 1 / spectralRadius(matrix));
  const unitNorms = powerNorms(unit, steps);
  return radii.map((radius) => {
    const norms = unitNorms.map((norm, distance) => norm * radius ** distance);
    return { radius, norms, slope: logSlope(norms, steps >> 1), expectedSlope: Math.log(radius) };
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
