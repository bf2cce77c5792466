import type { Effort } from '../methods/column-fits.js';
import { type Minimum, minimize } from '../numeric/lbfgs.js';
import { slopes } from '../numeric/slopes.js';
import { mean, variance } from '../numeric/statistics.js';
import {
  type Arma,
  type ArmaErrors,
  conditionalErrors,
  exactErrors,
  stateSize,
  timesSeasonal,
} from './arma.js';
import { type ArimaOrder, differenced, lostBy } from './order.js';

/** A fitted ARIMA model. */
export interface ArimaFit {
  /** (p, d, q)(P, D, Q), and whether there is a constant. */
  readonly order: ArimaOrder;
  /** Weights of past values of the differenced series, [p] and [P]. */
  readonly ar: readonly number[];
  /** [P]: weights of values whole seasons back. */
  readonly seasonalAr: readonly number[];
  /** Weights of past innovations, [q] and [Q], added as R and statsmodels have it. */
  readonly ma: readonly number[];
  /** [Q]: weights of innovations whole seasons back. */
  readonly seasonalMa: readonly number[];
  /** The mean of the differenced series; 0 where the order has no constant. */
  readonly mean: number;
  /** The standard deviation of the innovations. */
  readonly sigma: number;
  /** Of the differenced series, in nats. */
  readonly logLikelihood: number;
  /** Akaike's criterion, corrected for small samples; comparable between orders with the same differences. */
  readonly aicc: number;
}

/**
 * - 'exact': the likelihood by the Kalman filter
 * - 'conditional': what came before the first value is taken to be the mean: much less work for long seasons, and near enough to choose
 */
export type Likelihood = 'exact' | 'conditional';

/**
 * Values times the square of the state: what the exact likelihood costs. More takes seconds for each series, and with as many values the
 * first ones hardly matter.
 */
const mostExactWork = 1e6;

/** So near to a unit root, and no nearer, may the search go. */
const nearestRoot = 0.9999;

export interface EstimationOptions {
  /** Default 'exact'. */
  readonly likelihood?: Likelihood;
  /** Default 'full': to the last digit. */
  readonly effort?: Effort;
  /**
   * The largest modulus of the inverse roots of the moving averages, in steps and in seasons. Default 1: none is too near to the unit
   * circle to be taken.
   */
  readonly largestRoot?: number | undefined;
}

/**
 * The likeliest coefficients, by L-BFGS over partial autocorrelations, so that every point is stationary and invertible (Jones 1980).
 * It runs on values near zero and of size 1, so that units change nothing.
 * @param values more than are lost by differencing, none missing
 */
export function estimateArima(
  order: ArimaOrder,
  values: Float64Array,
  { likelihood = 'exact', effort = 'full', largestRoot = 1 }: EstimationOptions = {},
): ArimaFit {
  const { center, scale } = unitsOf(values);
  const plain = differenced(
    values.map((value) => (value - (isCentered(order) ? center : 0)) / scale),
    order,
  );
  const spread = Math.sqrt(variance(plain));
  const own = order.constant ? mean(plain) : 0;
  if (plain.every((value) => value === (order.constant ? plain[0] : 0)))
    return constantFit(order, own, { center, scale });

  const layout = new Layout(order, { mean: own, spread, largestRoot });
  const rest = new Float64Array(plain.length);
  const objective = (kind: Likelihood): ((point: Float64Array) => number) => {
    return (point) => {
      const { arma, mean: level } = layout.read(point);
      for (let t = 0; t < rest.length; t++) rest[t] = plain[t] - level;
      return minusLogLikelihood(errorsOf(rest, arma, kind), plain.length);
    };
  };
  // A few iterations from every starting point show which ones are worth following to the end.
  const near = slopes(objective('conditional'), 1);
  const tries = layout
    .starts()
    .map((start) => minimize(near, start, { maxIterations: 8, valueTolerance: 1e-6 }))
    .sort((a, b) => a.value - b.value);
  const follow = (kind: Likelihood, count: number) =>
    tries
      .slice(0, count)
      .map(({ point }) =>
        minimize(slopes(objective(kind), 1), point, { maxIterations: 100, valueTolerance: 1e-8 }),
      )
      .reduce((least, found) => (found.value < least.value ? found : least));
  let best: Minimum = follow(likelihood, effort === 'full' ? 3 : 1);
  if (effort === 'full' && likelihood === 'exact') {
    best = minimize(slopes(objective('exact'), 2), best.point, {
      maxIterations: 200,
      gradientTolerance: 1e-7,
      // At a bound the likelihood creeps on without end.
      valueTolerance: 1e-12,
    });
  }
  const { arma, mean: level, ...coefficients } = layout.read(best.point);
  const { squares } = errorsOf(
    plain.map((value) => value - level),
    arma,
    likelihood,
  );
  const logLikelihood = -best.value - plain.length * Math.log(scale);
  const parameters = layout.size + 1; // the variance too
  return {
    order,
    ...coefficients,
    mean: scale * level + (isCentered(order) ? center : 0),
    sigma: scale * Math.sqrt(squares / Math.max(1, plain.length - layout.size)),
    logLikelihood,
    aicc: aicc(logLikelihood, parameters, plain.length),
  };
}

/** Whether the values may be moved toward zero first: differences do not see it, a mean takes it along. */
function isCentered(order: ArimaOrder): boolean {
  return order.constant && lostBy(order) === 0;
}

/** What to take from the values, and then to divide them by: one of the values and a power of two, so that whole numbers stay exact. */
function unitsOf(values: Float64Array): { readonly center: number; readonly scale: number } {
  const [center] = values;
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value - center)), 0);
  const scale = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest))));
  return { center, scale };
}

/** The model of a differenced series that never changes. */
function constantFit(
  order: ArimaOrder,
  own: number,
  { center, scale }: { readonly center: number; readonly scale: number },
): ArimaFit {
  return {
    order,
    ar: new Array(order.p).fill(0),
    seasonalAr: new Array(order.P).fill(0),
    ma: new Array(order.q).fill(0),
    seasonalMa: new Array(order.Q).fill(0),
    mean: scale * own + (isCentered(order) ? center : 0),
    sigma: 0,
    logLikelihood: Number.POSITIVE_INFINITY,
    aicc: Number.NEGATIVE_INFINITY,
  };
}

function aicc(logLikelihood: number, parameters: number, count: number): number {
  const left = count - parameters - 1;
  return left > 0
    ? -2 * logLikelihood + 2 * parameters + (2 * parameters * (parameters + 1)) / left
    : Number.POSITIVE_INFINITY;
}

/** The errors of what is left of the values after the mean. */
export function errorsOf(rest: Float64Array, arma: Arma, likelihood: Likelihood): ArmaErrors {
  return likelihood === 'exact' && rest.length * stateSize(arma) ** 2 <= mostExactWork
    ? exactErrors(rest, arma)
    : conditionalErrors(rest, arma);
}

/** With the likeliest variance of the innovations, squares / count. */
function minusLogLikelihood({ squares, logVariances }: ArmaErrors, count: number): number {
  return 0.5 * (count * (Math.log((2 * Math.PI * squares) / count) + 1) + logVariances);
}

interface LayoutBounds {
  /** Of the differenced series. */
  readonly mean: number;
  /** Its standard deviation: the unit in which the mean is searched. */
  readonly spread: number;
  readonly largestRoot: number;
}

/** Translates between points, whose entries are unbounded, and what they stand for. */
class Layout {
  readonly size: number;
  readonly #order: ArimaOrder;
  readonly #bounds: LayoutBounds;

  constructor(order: ArimaOrder, bounds: LayoutBounds) {
    const { p, q, P, Q, constant } = order;
    this.#order = order;
    this.#bounds = bounds;
    this.size = p + q + P + Q + (constant ? 1 : 0);
  }

  /**
   * Starting points for the search. The likelihood has local maxima: one with little memory, one where the process remembers long and the
   * moving average takes most of it back, for the ordinary and the seasonal terms.
   */
  starts(): Float64Array[] {
    const { p, q, P, Q } = this.#order;
    const levels = (count: number) => (count > 0 ? [0, 1.5] : [0]);
    return levels(p + q).flatMap((plain) =>
      levels(P + Q).map((seasonal) => {
        const point = new Float64Array(this.size);
        if (p > 0) point[0] = plain;
        if (q > 0) point[p] = plain;
        if (P > 0) point[p + q] = seasonal;
        if (Q > 0) point[p + q + P] = seasonal;
        return point;
      }),
    );
  }

  read(point: Float64Array) {
    const { p, q, P, Q, period, constant } = this.#order;
    let at = 0;
    const next = (count: number) => {
      const part = point.subarray(at, at + count);
      at += count;
      return coefficientsOf(part);
    };
    const { mean: center, spread, largestRoot } = this.#bounds;
    // Weight k times a factor to the power k: every inverse root is nearer to zero by the factor.
    const movingAverage = (count: number) => next(count).map((x, k) => -x * largestRoot ** (k + 1));
    const [ar, ma, seasonalAr, seasonalMa] = [next(p), movingAverage(q), next(P), movingAverage(Q)];
    return {
      arma: armaOf({ ar, ma, seasonalAr, seasonalMa }, period),
      ...{ ar, ma, seasonalAr, seasonalMa },
      mean: constant ? center + spread * point[at] : 0,
    };
  }
}

/** The products of the ordinary and the seasonal polynomials. */
export function armaOf(
  { ar, ma, seasonalAr, seasonalMa }: Pick<ArimaFit, 'ar' | 'ma' | 'seasonalAr' | 'seasonalMa'>,
  period: number,
): Arma {
  const negative = (weights: readonly number[]) => weights.map((weight) => -weight);
  return {
    ar: timesSeasonal(ar, seasonalAr, period),
    ma: timesSeasonal(negative(ma), negative(seasonalMa), period).map((weight) => -weight),
  };
}

/** Coefficients of a stationary autoregression from unbounded numbers: their tanh are partial autocorrelations (Durbin and Levinson). */
function coefficientsOf(entries: Float64Array): number[] {
  let coefficients: number[] = [];
  for (const entry of entries) {
    const partial = nearestRoot * Math.tanh(entry);
    const last = coefficients.length - 1;
    coefficients = [...coefficients.map((weight, i) => weight - partial * coefficients[last - i]), partial];
  }
  return coefficients;
}
