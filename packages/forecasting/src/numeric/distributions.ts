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
 * The z below which a share of the standard normal distribution lies.
 * @param level the share, above 0 and below 1
 */
export function normalQuantile(level: number): number {
  return quantileOf(normalCdf, level);
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

/** Inverts a symmetric distribution function by bisection: slower than a formula, exact, and never far off in a tail. */
function quantileOf(cdf: (x: number) => number, level: number): number {
  if (!(level > 0 && level < 1))
    return level === 0 ? Number.NEGATIVE_INFINITY : level === 1 ? Number.POSITIVE_INFINITY : Number.NaN;
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
