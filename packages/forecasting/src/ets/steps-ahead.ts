import { minimize } from '../numeric/lbfgs.js';
import { slopes } from '../numeric/slopes.js';
import type { EtsState, SmoothingParameters } from './smoothing.js';
import type { EtsSpecification } from './specification.js';

/** The errors of forecasts of 1 to `steps` steps from before every value of a series. */
export interface ErrorsAhead {
  /** Sum of squared errors. */
  readonly squares: number;
  /** The same in the units of innovations: relative to the forecasts where the error is multiplicative. */
  readonly innovations: number;
  /** How many forecasts of each number of steps met a value. [steps] */
  readonly counts: Float64Array;
}

/**
 * Runs the equations of `Smoother` over a series, and forecasts up to `steps` ahead before every value.
 * @param values NaN where missing
 */
export function errorsAhead(
  { error, trend: trendKind, seasonal }: EtsSpecification,
  { alpha, beta, gamma, phi }: SmoothingParameters,
  start: EtsState,
  values: ArrayLike<number>,
  steps: number,
): ErrorsAhead {
  const season = start.season.slice();
  const period = season.length;
  const counts = new Float64Array(steps);
  const hasTrend = trendKind !== 'none';
  const trendGain = beta / alpha;
  let { level, trend } = start;
  let [phase, squares, innovations] = [0, 0, 0];
  for (let t = 0; t < values.length; t++) {
    const last = Math.min(steps, values.length - t);
    let [ahead, growth, at] = [level, hasTrend ? phi * trend : 0, phase];
    for (let step = 0; step < last; step++) {
      ahead += growth;
      growth *= phi;
      const effect = season[at];
      at = at + 1 === period ? 0 : at + 1;
      const forecast =
        seasonal === 'none' ? ahead : seasonal === 'additive' ? ahead + effect : ahead * effect;
      const miss = values[t + step] - forecast;
      if (Number.isNaN(miss)) continue;
      squares += miss * miss;
      if (error === 'multiplicative') innovations += (miss / forecast) ** 2;
      counts[step]++;
    }
    const carried = hasTrend ? phi * trend : 0;
    const base = level + carried;
    const effect = season[phase];
    const forecast = seasonal === 'none' ? base : seasonal === 'additive' ? base + effect : base * effect;
    const y = Number.isNaN(values[t]) ? forecast : values[t];
    const deseasonalized = seasonal === 'none' ? y : seasonal === 'additive' ? y - effect : y / effect;
    const next = alpha * deseasonalized + (1 - alpha) * base;
    if (hasTrend) trend = trendGain * (next - level) + (1 - trendGain) * carried;
    level = next;
    if (seasonal !== 'none') {
      const detrended = seasonal === 'additive' ? y - base : y / base;
      season[phase] = gamma * detrended + (1 - gamma) * effect;
      phase = phase + 1 === period ? 0 : phase + 1;
    }
  }
  return { squares, innovations: error === 'multiplicative' ? innovations : squares, counts };
}

/**
 * How much larger than the innovations' the variance of the error h steps ahead is (Hyndman et al. 2008, 6.2):
 *
 *     1 + sum of c_j^2, j < h,   c_j = alpha + beta (1 + phi + ... + phi^(j-1)) phi + gamma if j is a whole number of seasons
 *
 * c_j is what an innovation adds to the value j steps later; alpha, beta and gamma are those of `Smoother`. Exact for additive
 * models; of first order for the others.
 * @returns [steps]
 */
export function varianceFactors(
  { trend, seasonal }: EtsSpecification,
  { alpha, beta, gamma, phi }: SmoothingParameters,
  period: number,
  steps: number,
): Float64Array {
  const factors = new Float64Array(steps);
  let [squares, damping, carried] = [1, 1, 0];
  for (let j = 1; j <= steps; j++) {
    factors[j - 1] = squares;
    damping *= phi;
    carried += damping;
    const slope = trend === 'none' ? 0 : beta * carried;
    const season = seasonal !== 'none' && j % period === 0 ? gamma : 0;
    squares += (alpha + slope + season) ** 2;
  }
  return factors;
}

/** The innovations' standard deviation for which the model's errors 1 to `steps` ahead are as large as they were. */
export function sigmaAhead(
  specification: EtsSpecification,
  parameters: SmoothingParameters,
  start: EtsState,
  values: ArrayLike<number>,
  steps: number,
): number {
  const { innovations, counts } = errorsAhead(specification, parameters, start, values, steps);
  const factors = varianceFactors(specification, parameters, start.season.length, steps);
  return Math.sqrt(innovations / counts.reduce((sum, count, step) => sum + count * factors[step], 0));
}

/**
 * The criterion AICc with the mean squared error 1 to `steps` ahead in the place of that of one step (AMSE, Hyndman et al. 2002, 3).
 * Comparable between models of one series in the same units.
 */
export function criterionAhead(
  { squares, counts: forecasts }: ErrorsAhead,
  { trend, seasonal }: EtsSpecification,
  period: number,
): number {
  const count = forecasts[0];
  // The variance too.
  const k =
    3 + (trend === 'none' ? 0 : 2) + (trend === 'damped' ? 1 : 0) + (seasonal === 'none' ? 0 : period);
  const correction = count - k - 1 > 0 ? (2 * k * (k + 1)) / (count - k - 1) : Number.POSITIVE_INFINITY;
  const criterion = count * logMeanSquare({ squares, counts: forecasts }) + 2 * k + correction;
  // A model whose season came near zero has no errors to speak of.
  return Number.isNaN(criterion) ? Number.POSITIVE_INFINITY : criterion;
}

/**
 * How clearly a model errs less 1 to `steps` ahead than another: twice the logarithm of their ratio of likelihoods. Errors from
 * neighboring origins overlap and say nearly the same, so only as many count as forecasts that do not overlap.
 */
export function evidenceAhead(before: ErrorsAhead, after: ErrorsAhead): number {
  const independent = before.counts[0] / before.counts.length;
  return independent * (logMeanSquare(before) - logMeanSquare(after));
}

function logMeanSquare({ squares, counts }: Pick<ErrorsAhead, 'squares' | 'counts'>): number {
  return Math.log(squares / counts.reduce((sum, some) => sum + some, 0));
}

/**
 * Moves some entries of a point until errors ahead are least. Their surface has several valleys: every start is followed.
 * @param squares the sum of squared errors of a point
 * @param entries that may move
 * @param starts points to begin at; the first is the one that has the others' fixed entries
 */
export function leastAhead(
  squares: (point: Float64Array) => number,
  entries: readonly number[],
  starts: readonly Float64Array[],
): Float64Array {
  const [first] = starts;
  const unit = squares(first);
  if (!(unit > 0 && unit < Number.POSITIVE_INFINITY)) return first;
  const placed = (some: ArrayLike<number>) => {
    const point = first.slice();
    entries.forEach((entry, i) => {
      point[entry] = some[i];
    });
    return point;
  };
  const objective = slopes((some) => squares(placed(some)) / unit, 1);
  return placed(
    starts
      .map((start) =>
        minimize(
          objective,
          entries.map((entry) => start[entry]),
          { maxIterations: 60, gradientTolerance: 1e-5, valueTolerance: 1e-6 },
        ),
      )
      .reduce((least, found) => (found.value < least.value ? found : least)).point,
  );
}
