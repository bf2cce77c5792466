/** The arithmetic mean; NaN of nothing. */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** The mean squared distance from the mean, divided by n - `correction` (0: population, 1: sample). */
export function variance(values: ArrayLike<number>, correction: 0 | 1 = 0): number {
  const center = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - center) ** 2;
  return sum / (values.length - correction);
}

/**
 * The value below which a share `level` of the sorted values lies, linear between neighbors (type 7, the default of numpy and
 * R).
 */
export function sortedQuantile(sorted: ArrayLike<number>, level: number): number {
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** Autocorrelations at lags 0..`lags`, each sum divided by the same n (so that they form a valid sequence). */
export function autocorrelations(values: ArrayLike<number>, lags: number): Float64Array {
  const center = mean(values);
  const result = new Float64Array(lags + 1);
  for (let lag = 0; lag <= lags; lag++) {
    for (let i = lag; i < values.length; i++)
      result[lag] += (values[i] - center) * (values[i - lag] - center);
  }
  return result.map((sum) => sum / result[0]);
}
