import { LeastSquares } from '../numeric/least-squares.js';
import { mean } from '../numeric/statistics.js';
import type { EtsState } from './smoothing.js';
import type { EtsSpecification } from './specification.js';

/**
 * A rough state before the first value, from which estimation starts (Hyndman et al. 2008, 2.6.1). The season comes from averages
 * over its phases; level and trend from a line through the first ten deseasonalized values.
 */
export function startingState(
  { trend, seasonal }: EtsSpecification,
  values: Float64Array,
  period: number,
): EtsState {
  const known = values.filter((value) => !Number.isNaN(value));
  const season = seasonal === 'none' ? new Float64Array(1) : phaseAverages(values, period, seasonal);
  const deseasonalized = values.map((value, t) =>
    seasonal === 'multiplicative' ? value / season[t % period] : value - season[t % season.length],
  );
  const first = Math.min(values.length, Math.max(10, seasonal === 'none' ? 0 : 2 * period));
  const rows = [...deseasonalized.subarray(0, first)]
    .map((value, t) => [t + 1, value])
    .filter(([, value]) => !Number.isNaN(value));
  if (trend === 'none' || rows.length < 2) {
    const level = rows.length > 0 ? mean(rows.map(([, value]) => value)) : mean(known);
    return { level, trend: 0, season };
  }
  const design = Float64Array.from(rows.flatMap(([t]) => [1, t]));
  const [level, slope] = new LeastSquares(
    design,
    Float64Array.from(rows, ([, value]) => value),
  ).coefficients();
  return { level, trend: slope, season };
}

/** What each phase of the season adds to (or multiplies) a moving average over one season; sum 0 (or mean 1). */
function phaseAverages(
  values: Float64Array,
  period: number,
  seasonal: 'additive' | 'multiplicative',
): Float64Array {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const half = Math.floor(period / 2);
  for (let t = half; t + half < values.length; t++) {
    let average = 0;
    for (let offset = -half; offset <= half; offset++) {
      // An even period is centered by giving its two ends half the weight.
      const weight = period % 2 === 0 && Math.abs(offset) === half ? 0.5 : 1;
      average += (weight * values[t + offset]) / period;
    }
    const effect = seasonal === 'multiplicative' ? values[t] / average : values[t] - average;
    if (!Number.isFinite(effect)) continue;
    sums[t % period] += effect;
    counts[t % period]++;
  }
  const neutral = seasonal === 'multiplicative' ? 1 : 0;
  const averages = sums.map((sum, phase) => (counts[phase] > 0 ? sum / counts[phase] : neutral));
  const center = mean(averages);
  return averages.map((value) => (seasonal === 'multiplicative' ? value / center : value - center));
}
