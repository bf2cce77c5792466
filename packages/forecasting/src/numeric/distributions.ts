import type { Random } from '@throughtime/random';
import { regularizedBeta, regularizedGamma } from './special-functions.js';

/** P(Z <= z) of the standard normal, through the incomplete gamma function: erf(x) = P(1/2, x^2). */
export function normalCdf(z: number): number {
  const half = 0.5 * regularizedGamma(0.5, (z * z) / 2);
  return z < 0 ? 0.5 - half : 0.5 + half;
}

/** The density of the standard normal. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * The z below which a share of the standard normal distribution lies: Wichura's algorithm AS 241 (1988), right to about 16 digits. A formula,
 * as a network's forecasts ask for it at every step, level and origin.
 * @param level the share, above 0 and below 1
 */
export function normalQuantile(level: number): number {
  if (!(level > 0 && level < 1)) return outside(level);
  const q = level - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(center, 0.180625 - q * q);
  const r = Math.sqrt(-Math.log(Math.min(level, 1 - level)));
  return Math.sign(q) * (r <= 5 ? ratio(shoulder, r - 1.6) : ratio(tail, r - 5));
}

/** Coefficients of a ratio of polynomials, the highest power first: above the line, and below it. */
type Ratio = readonly [over: readonly number[], under: readonly number[]];

const center: Ratio = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946,
    1971.5909503065513, 133.14166789178438, 3.3871328727963665,
  ],
  [
    5226.495278852546, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751,
    687.1870074920579, 42.31333070160091, 1,
  ],
];
const shoulder: Ratio = [
  [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496835,
  ],
  [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
];
const tail: Ratio = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124,
    0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.421511758316446e-7, 1.8463183175100548e-5, 0.0007868691311456133,
    0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1,
  ],
];

function ratio([over, under]: Ratio, x: number): number {
  const at = (coefficients: readonly number[]) => coefficients.reduce((sum, one) => sum * x + one, 0);
  return at(over) / at(under);
}

/** The quantile at a level that is no probability between 0 and 1. */
function outside(level: number): number {
  return level === 0 ? Number.NEGATIVE_INFINITY : level === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
}

/** P(T <= t) of Student's t. */
export function studentCdf(t: number, degreesOfFreedom: number): number {
  const tail =
    0.5 * regularizedBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
  return t < 0 ? tail : 1 - tail;
}

/** The t below which a share `level` of Student's t lies. */
export function studentQuantile(level: number, degreesOfFreedom: number): number {
  return quantileOf((t) => studentCdf(t, degreesOfFreedom), level);
}

/** P(X >= x) of the chi-square distribution. */
export function chiSquareSurvival(x: number, degreesOfFreedom: number): number {
  return 1 - regularizedGamma(degreesOfFreedom / 2, x / 2);
}

/** A draw from Student's t: a normal over the root of a chi-square over its degrees of freedom. */
export function sampleStudent(degreesOfFreedom: number, random: Random): number {
  const chiSquare = 2 * sampleGamma(degreesOfFreedom / 2, random);
  return random.normal() / Math.sqrt(chiSquare / degreesOfFreedom);
}

/** A draw from the gamma distribution with scale 1 (Marsaglia and Tsang 2000); shape >= 1. */
function sampleGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const z = random.normal();
    const v = (1 + c * z) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * z * z + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Inverts a symmetric distribution function by bisection. */
function quantileOf(cdf: (x: number) => number, level: number): number {
  if (!(level > 0 && level < 1)) return outside(level);
  if (level > 0.5) return -quantileOf(cdf, 1 - level);
  if (level === 0.5) return 0;
  let low = -1;
  while (cdf(low) > level) low *= 2;
  let high = 0;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high || high - low < 1e-14 * -low) return middle;
    if (cdf(middle) < level) low = middle;
    else high = middle;
  }
}
