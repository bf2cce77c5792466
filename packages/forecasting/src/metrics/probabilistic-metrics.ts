import { ArgumentError, inWords, number } from '@throughtime/errors';
import { normalCdf, normalDensity } from '../numeric/distributions.js';

const levelCheck = number({ above: 0, below: 1 });

/**
 * The pinball (quantile) loss of one forecast of the quantile at `level`.
 * @throws ArgumentError for a level that is not between 0 and 1
 */
export function pinballLoss(actual: number, forecast: number, level: number): number {
  levelCheck('level', level);
  const error = actual - forecast;
  return Math.max(level * error, (level - 1) * error);
}

/**
 * The share of actual values within [lower, upper]. Missing values (NaN) do not count, nor do intervals with an infinite or a
 * missing bound, which promise nothing; NaN where none counts.
 * @throws ArgumentError for lists of other lengths
 */
export function coverage(
  actual: ArrayLike<number>,
  lower: ArrayLike<number>,
  upper: ArrayLike<number>,
): number {
  for (const [name, bound] of Object.entries({ lower, upper })) {
    if (bound.length !== actual.length) {
      throw new ArgumentError(name, `${actual.length} values, as many as actual`, bound.length);
    }
  }
  let inside = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i]) || !Number.isFinite(lower[i]) || !Number.isFinite(upper[i])) continue;
    count++;
    if (actual[i] >= lower[i] && actual[i] <= upper[i]) inside++;
  }
  return inside / count;
}

/**
 * CRPS of a normal forecast, in the units of the series (Gneiting and Raftery 2007, eq. 21).
 * @throws ArgumentError for a negative deviation
 */
export function gaussianCrps(actual: number, mean: number, deviation: number): number {
  if (deviation < 0) throw new ArgumentError('deviation', 'at least 0', deviation);
  if (deviation === 0) return Math.abs(actual - mean);
  const z = (actual - mean) / deviation;
  return deviation * (z * (2 * normalCdf(z) - 1) + 2 * normalDensity(z) - 1 / Math.sqrt(Math.PI));
}

/**
 * CRPS of sampled futures: E|X - y| - E|X - X'| / 2, the second mean over the n (n - 1) pairs of different samples (the
 * fair estimator, unbiased for any number of samples).
 */
export function sampleCrps(actual: number, samples: ArrayLike<number>): number {
  const n = samples.length;
  if (n < 2) throw new ArgumentError('samples', 'at least two', n);
  const sorted = Float64Array.from(samples).sort();
  let distance = 0;
  let pairs = 0;
  for (let i = 0; i < n; i++) {
    distance += Math.abs(sorted[i] - actual);
    // Each value is the larger one of i pairs and the smaller one of n - 1 - i.
    pairs += sorted[i] * (2 * i - n + 1);
  }
  return distance / n - pairs / (n * (n - 1));
}

/**
 * CRPS from quantiles: twice the mean pinball loss over levels spread evenly in (0, 1). With few levels an approximation,
 * comparable between forecasts with the same levels only.
 * @param quantiles values at `levels`, as many
 * @throws ArgumentError for none, for more or fewer than levels, and for a level that is not between 0 and 1
 */
export function quantileCrps(
  actual: number,
  levels: readonly number[],
  quantiles: ArrayLike<number>,
): number {
  if (levels.length === 0) throw new ArgumentError('levels', 'at least one', inWords('none'));
  if (quantiles.length !== levels.length) {
    throw new ArgumentError('quantiles', `${levels.length} values, as many as levels`, quantiles.length);
  }
  let sum = 0;
  for (let i = 0; i < levels.length; i++) sum += pinballLoss(actual, quantiles[i], levels[i]);
  return (2 * sum) / levels.length;
}
