import type { Effort } from '../methods/column-fits.js';
import { minimize } from '../numeric/lbfgs.js';
import { polished } from '../numeric/newton.js';
import { mean } from '../numeric/statistics.js';
import { LikelihoodDifferentiator, type LikelihoodGradient } from './likelihood-gradient.js';
import { type EtsState, type SmoothingParameters, smooth } from './smoothing.js';
import type { EtsSpecification } from './specification.js';
import { startingState } from './starting-state.js';
import { errorsAhead, leastAhead, sigmaAhead } from './steps-ahead.js';

export interface EtsFit {
  readonly specification: EtsSpecification;
  readonly parameters: SmoothingParameters;
  /** Before the first value. */
  readonly start: EtsState;
  /** Standard deviation of the innovations (relative ones where the error is multiplicative). */
  readonly sigma: number;
  readonly logLikelihood: number;
  /** Akaike's criterion, corrected for small samples; comparable between models of the same series. */
  readonly aicc: number;
}

export interface EstimationOptions {
  /** Default 'full'. Only then errors further ahead count. */
  readonly effort?: Effort;
  /** Steps ahead whose errors are to be small. Default 1. */
  readonly steps?: number;
}

/** Stopping tolerances for the log-likelihood, whose magnitude is a few hundred. */
const tolerances = { gradientTolerance: 1e-5, valueTolerance: 1e-8 };

/**
 * Maximizes the likelihood over the smoothing parameters and the starting state together, by L-BFGS. The parameters are mapped
 * to unbounded ones (logits within the usual bounds: 0 < beta < alpha < 1, 0 < gamma < 1 - alpha, 0.8 < phi < 0.98). The search
 * starts from several points, because the likelihood has local maxima.
 *
 * With `steps` above 1 the smoothing parameters, level and trend move on from there, until the squared errors 1 to `steps` ahead
 * together are least. The season at the start stays, because it is what makes a search slow and says little.
 *
 * It runs on values near zero and of size 1, so that units and distance from zero change nothing: those are put back at the end.
 * @param values NaN where missing; at least one is known
 */
export function estimateEts(
  specification: EtsSpecification,
  values: Float64Array,
  period: number,
  { effort = 'full', steps = 1 }: EstimationOptions = {},
): EtsFit {
  const { center, scale } = unitsOf(specification, values);
  if (scale === 0) return constantFit(specification, values, period);
  const plain = values.map((value) => (value - center) / scale);
  const fit = estimateNear(specification, plain, period, { effort, steps });
  const { level, trend, season } = fit.start;
  const inUnits = fit.count * Math.log(scale);
  return {
    specification,
    parameters: fit.parameters,
    start: {
      level: center + scale * level,
      trend: scale * trend,
      season: specification.seasonal === 'additive' ? season.map((effect) => scale * effect) : season,
    },
    sigma: specification.error === 'additive' ? scale * fit.sigma : fit.sigma,
    logLikelihood: fit.logLikelihood - inUnits,
    aicc: fit.aicc + 2 * inUnits,
  };
}

/**
 * What to take from the values, and then to divide them by. The divisor is a power of two, and the center one of the values, so that
 * whole numbers stay exact. Ratios have no center: multiplicative models are scaled alone.
 */
export function unitsOf(
  { error, seasonal }: EtsSpecification,
  values: Float64Array,
): { readonly center: number; readonly scale: number } {
  const known = values.filter((value) => !Number.isNaN(value));
  const [first] = known;
  const isAdditive = error === 'additive' && seasonal !== 'multiplicative';
  const center = isAdditive ? first : 0;
  if (known.every((value) => value === first)) return { center, scale: 0 };
  const largest = known.reduce((most, value) => Math.max(most, Math.abs(value - center)), 0);
  return { center, scale: 2 ** Math.max(-1000, Math.min(1000, Math.floor(Math.log2(largest)))) };
}

/** The model of values that never change: they stay as they are. */
function constantFit(specification: EtsSpecification, values: Float64Array, period: number): EtsFit {
  const { trend, seasonal } = specification;
  const neutral = seasonal === 'multiplicative' ? 1 : 0;
  return {
    specification,
    parameters: {
      alpha: 0.1,
      beta: trend === 'none' ? 0 : 0.01,
      gamma: seasonal === 'none' ? 0 : 0.1,
      phi: trend === 'damped' ? 0.9 : 1,
    },
    start: {
      level: values.find((value) => !Number.isNaN(value))!,
      trend: 0,
      season: new Float64Array(seasonal === 'none' ? 1 : period).fill(neutral),
    },
    sigma: 0,
    logLikelihood: Number.POSITIVE_INFINITY,
    aicc: Number.NEGATIVE_INFINITY,
  };
}

function estimateNear(
  specification: EtsSpecification,
  values: Float64Array,
  period: number,
  { effort, steps }: Required<EstimationOptions>,
): EtsFit & { readonly count: number } {
  const spread = spreadOf(values);
  const layout = new Layout(specification, startingState(specification, values, period), spread);
  const likelihood = new LikelihoodDifferentiator(specification, values);
  // In units of the spread: a search that stops by a share of the value must not stop elsewhere in other units.
  const inUnits = -values.filter((value) => !Number.isNaN(value)).length * Math.log(spread);
  const objective = (point: Float64Array, gradient: Float64Array) => {
    const { parameters, start } = layout.read(point);
    const slope = likelihood.differentiate(parameters, start);
    layout.writeGradient(point, slope, gradient);
    if (Number.isFinite(slope.logLikelihood) && gradient.every(Number.isFinite))
      return inUnits - slope.logLikelihood;
    gradient.fill(0);
    return Number.MAX_VALUE;
  };
  const isAhead = effort === 'full' && steps > 1;
  // What moves on from the likeliest point need not know its last digits.
  const isExact = effort === 'full' && steps === 1;
  // A few iterations from every starting point show which ones are worth following to the end.
  const tries = layout
    .starts()
    .map((start) => minimize(objective, start, { ...tolerances, maxIterations: 15 }));
  const promising = tries.sort((a, b) => a.value - b.value).slice(0, isExact ? 3 : 2);
  const best = promising
    .map(({ point }) => minimize(objective, point, { ...tolerances, maxIterations: 500 }))
    .reduce((least, found) => (found.value < least.value ? found : least));
  const likeliest = isExact ? polished(objective, best.point, layout.shares) : best.point;
  const squaresAhead = (at: Float64Array) => {
    const read = layout.read(at);
    return errorsAhead(specification, read.parameters, read.start, values, steps).squares;
  };
  const point = isAhead ? leastAhead(squaresAhead, layout.smoothing, [likeliest, layout.slow()]) : likeliest;
  const { parameters, start } = layout.read(point);
  const { squares, count, logLikelihood } = smooth(specification, parameters, start, values);
  const k = layout.size + 1; // the variance too
  // Values beyond those that the parameters and the state at the start could follow.
  const freedom = Math.max(1, count - k + 1);
  const correction = count - k - 1 > 0 ? (2 * k * (k + 1)) / (count - k - 1) : Number.POSITIVE_INFINITY;
  return {
    specification,
    parameters,
    start,
    sigma: isAhead
      ? sigmaAhead(specification, parameters, start, values, steps) * Math.sqrt(count / freedom)
      : Math.sqrt(squares / freedom),
    count,
    logLikelihood,
    aicc: -2 * logLikelihood + 2 * k + correction,
  };
}

/** Where each unknown stands in a point: NaN where the model has none of it. */
interface Places {
  /** logit of alpha within its bounds */
  readonly alpha: number;
  /** l0, as a correction of the rough level */
  readonly level: number;
  /** logit of beta / alpha */
  readonly beta: number;
  /** b0, as a correction of the rough trend */
  readonly trend: number;
  /** logit of phi within its bounds */
  readonly phi: number;
  /** logit of gamma / (1 - alpha) */
  readonly gamma: number;
  /** s0, as corrections of all phases but the last, which follows: together the phases are neutral. */
  readonly season: number;
}

/** Translates between points, whose entries are unbounded, and what they stand for. */
class Layout {
  readonly size: number;
  readonly #specification: EtsSpecification;
  readonly #rough: EtsState;
  readonly #unit: number;
  readonly #at: Places;

  /** @param unit of corrections of the level; those of the trend are ten times finer */
  constructor(specification: EtsSpecification, rough: EtsState, unit: number) {
    this.#specification = specification;
    this.#rough = rough;
    this.#unit = unit;
    const { trend, seasonal } = specification;
    let size = 0;
    const next = (isThere = true, count = 1) => {
      const place = isThere ? size : Number.NaN;
      if (isThere) size += count;
      return place;
    };
    this.#at = {
      alpha: next(),
      level: next(),
      beta: next(trend !== 'none'),
      trend: next(trend !== 'none'),
      phi: next(trend === 'damped'),
      gamma: next(seasonal !== 'none'),
      season: next(seasonal !== 'none', rough.season.length - 1),
    };
    this.size = size;
  }

  /** The entries that are logits of shares between two bounds. */
  get shares(): number[] {
    const { alpha, beta, phi, gamma } = this.#at;
    return [alpha, beta, phi, gamma].filter((place) => !Number.isNaN(place));
  }

  /** The entries of all but the season at the start. */
  get smoothing(): number[] {
    return [...this.shares, this.#at.level, this.#at.trend].filter((place) => !Number.isNaN(place));
  }

  /** A point whose level and season follow the data slowly, a season of hours by a week or so. */
  slow(): Float64Array {
    return this.#start({ alpha: 0.05, beta: 0.05, gamma: 0.1 });
  }

  /** Starting points for the search: every combination of slow, medium and fast level smoothing with slow and fast seasonal smoothing. */
  starts(): Float64Array[] {
    const { seasonal } = this.#specification;
    const shares = seasonal === 'none' ? [0.1] : [0.1, 0.8];
    const pairs = [0.1, 0.5, 0.9].flatMap((alpha) => shares.map((gamma) => ({ alpha, gamma })));
    return pairs.map((pair) => this.#start({ ...pair, beta: 0.1 }));
  }

  /** At the rough state. @param beta as a share of alpha @param gamma as a share of 1 - alpha */
  #start({ alpha, beta, gamma }: { alpha: number; beta: number; gamma: number }): Float64Array {
    const { trend, seasonal } = this.#specification;
    const at = this.#at;
    // Corrections start at 0.
    const point = new Float64Array(this.size);
    point[at.alpha] = logit(alpha);
    if (trend !== 'none') point[at.beta] = logit(beta);
    if (trend === 'damped') point[at.phi] = 1;
    if (seasonal !== 'none') point[at.gamma] = logit(gamma);
    return point;
  }

  read(point: Float64Array): { parameters: SmoothingParameters; start: EtsState } {
    const { trend, seasonal } = this.#specification;
    const [at, rough] = [this.#at, this.#rough];
    const alpha = within(point[at.alpha], bounds.alpha, 1 - bounds.alpha);
    const level = rough.level + this.#unit * point[at.level];
    let [beta, phi, slope] = [0, 1, 0];
    if (trend !== 'none') {
      beta = alpha * within(point[at.beta], bounds.share, 1);
      slope = rough.trend + this.#unit * 0.1 * point[at.trend];
    }
    if (trend === 'damped') phi = within(point[at.phi], ...bounds.phi);
    if (seasonal === 'none') {
      const parameters = { alpha, beta, gamma: 0, phi };
      return { parameters, start: { level, trend: slope, season: rough.season } };
    }
    const gamma = (1 - alpha) * within(point[at.gamma], bounds.share, 1);
    const scale = this.#seasonScale();
    const season = new Float64Array(rough.season.length);
    const last = season.length - 1;
    season[last] = seasonal === 'multiplicative' ? season.length : 0;
    for (let phase = 0; phase < last; phase++) {
      season[phase] = rough.season[phase] + scale * point[at.season + phase];
      season[last] -= season[phase];
    }
    return { parameters: { alpha, beta, gamma, phi }, start: { level, trend: slope, season } };
  }

  /** The gradient of minus the log-likelihood by the entries of a point, by the chain rule through {@link read}. */
  writeGradient(
    point: Float64Array,
    { parameters: by, start }: LikelihoodGradient,
    gradient: Float64Array,
  ): void {
    const { trend, seasonal } = this.#specification;
    const at = this.#at;
    const alpha = within(point[at.alpha], bounds.alpha, 1 - bounds.alpha);
    gradient[at.level] = -this.#unit * start.level;
    // The bounds of beta and gamma move with alpha.
    let byAlpha = by.alpha;
    if (trend !== 'none') {
      byAlpha += by.beta * within(point[at.beta], bounds.share, 1);
      gradient[at.beta] = -by.beta * slopeWithin(point[at.beta], bounds.share, 1) * alpha;
      gradient[at.trend] = -this.#unit * 0.1 * start.trend;
    }
    if (trend === 'damped') gradient[at.phi] = -by.phi * slopeWithin(point[at.phi], ...bounds.phi);
    if (seasonal !== 'none') {
      byAlpha -= by.gamma * within(point[at.gamma], bounds.share, 1);
      gradient[at.gamma] = -by.gamma * slopeWithin(point[at.gamma], bounds.share, 1) * (1 - alpha);
      const scale = this.#seasonScale();
      const last = start.season.length - 1;
      for (let phase = 0; phase < last; phase++) {
        gradient[at.season + phase] = -scale * (start.season[phase] - start.season[last]);
      }
    }
    gradient[at.alpha] = -byAlpha * slopeWithin(point[at.alpha], bounds.alpha, 1 - bounds.alpha);
  }

  /** The unit of a phase's correction. */
  #seasonScale(): number {
    return this.#specification.seasonal === 'multiplicative' ? 0.1 : this.#unit;
  }
}

/** What the parameters may be; beta and gamma as shares of alpha and 1 - alpha. */
const bounds = { alpha: 1e-4, share: 1e-4, phi: [0.8, 0.98] } as const;

/** The spread of the values: the unit in which states are searched. */
function spreadOf(values: Float64Array): number {
  const known = values.filter((value) => !Number.isNaN(value));
  const center = mean(known);
  return Math.sqrt(mean(known.map((value) => (value - center) ** 2))) || 1;
}

function within(x: number, low: number, high: number): number {
  return low + (high - low) / (1 + Math.exp(-x));
}

/** The derivative of {@link within} by x. */
function slopeWithin(x: number, low: number, high: number): number {
  const share = 1 / (1 + Math.exp(-x));
  return (high - low) * share * (1 - share);
}

function logit(share: number): number {
  return Math.log(share / (1 - share));
}
