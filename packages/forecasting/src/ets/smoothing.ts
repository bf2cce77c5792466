import type { EtsSpecification } from './specification.js';

/** How quickly each part follows the data: 0 < beta < alpha < 1, 0 < gamma < 1 - alpha. */
export interface SmoothingParameters {
  readonly alpha: number; // level
  readonly beta: number; // trend
  readonly gamma: number; // season
  readonly phi: number; // damping of the trend; 1 where there is none
}

export interface EtsState {
  readonly level: number;
  readonly trend: number;
  /** One per phase, the next one first. [m] */
  readonly season: Float64Array;
}

/** The result of smoothing a series. */
export interface Smoothed {
  readonly state: EtsState; // after the last value
  /** Sum of squared innovations: y - forecast, or (y - forecast) / forecast where the error is multiplicative. */
  readonly squares: number;
  /** Values that were not missing. */
  readonly count: number;
  readonly logLikelihood: number;
}

/**
 * A state that steps through time. The smoothing equations in component form are the same for either kind of error (Hyndman et
 * al. 2008, table 2.1). Here m is the period, l and b are level and trend before, s is the season's value a period before:
 *
 *     forecast = (l + phi b) + s, or times s
 *     l' = alpha (y - s, or y / s) + (1 - alpha) (l + phi b)
 *     b' = (beta / alpha) (l' - l) + (1 - beta / alpha) phi b
 *     s' = gamma (y - (l + phi b), or y / (l + phi b)) + (1 - gamma) s
 */
export class Smoother {
  #level: number;
  #trend: number;
  readonly #season: Float64Array;
  #phase = 0;
  readonly #specification: EtsSpecification;
  readonly #parameters: SmoothingParameters;

  constructor(specification: EtsSpecification, parameters: SmoothingParameters, start: EtsState) {
    this.#specification = specification;
    this.#parameters = parameters;
    this.#level = start.level;
    this.#trend = start.trend;
    this.#season = start.season.slice();
  }

  /** The forecast of the next value. */
  forecast(): number {
    const base = this.#base();
    const { seasonal } = this.#specification;
    if (seasonal === 'none') return base;
    const season = this.#season[this.#phase];
    return seasonal === 'additive' ? base + season : base * season;
  }

  /** Takes the next value. NaN, a missing one, leaves level and season as they were forecast. */
  observe(value: number): void {
    const { seasonal, trend } = this.#specification;
    const { alpha, beta, gamma, phi } = this.#parameters;
    const base = this.#base();
    const y = Number.isNaN(value) ? this.forecast() : value;
    const before = this.#level;
    const season = seasonal === 'none' ? 0 : this.#season[this.#phase];
    const deseasonalized = seasonal === 'multiplicative' ? y / season : y - season;
    this.#level = alpha * deseasonalized + (1 - alpha) * base;
    if (trend !== 'none') {
      this.#trend = (beta / alpha) * (this.#level - before) + (1 - beta / alpha) * phi * this.#trend;
    }
    if (seasonal !== 'none') {
      const detrended = seasonal === 'multiplicative' ? y / base : y - base;
      this.#season[this.#phase] = gamma * detrended + (1 - gamma) * season;
      this.#phase = (this.#phase + 1) % this.#season.length;
    }
  }

  #base(): number {
    return this.#specification.trend === 'none'
      ? this.#level
      : this.#level + this.#parameters.phi * this.#trend;
  }
}

/** How many numbers {@link smooth} records per step for the backward pass. */
export const taped = 4;

/**
 * Runs the equations over a series from a starting state. They are those of {@link Smoother}, written out in one loop, because
 * estimation runs it tens of thousands of times.
 * @param values NaN where missing
 * @param tape [T, taped] receives what each step begins with: level, trend, the season's effect, and the forecast
 */
export function smooth(
  { error, trend: trendKind, seasonal }: EtsSpecification,
  { alpha, beta, gamma, phi }: SmoothingParameters,
  start: EtsState,
  values: ArrayLike<number>,
  tape?: Float64Array,
): Smoothed {
  // `slice` and `map` of typed arrays cost more than the whole loop below: plain loops here.
  const period = start.season.length;
  const season = new Float64Array(period);
  for (let i = 0; i < period; i++) season[i] = start.season[i];
  const trendGain = beta / alpha;
  let { level, trend } = start;
  let [phase, squares, count, logForecasts] = [0, 0, 0, 0];
  for (let t = 0; t < values.length; t++) {
    const carried = trendKind === 'none' ? 0 : phi * trend;
    const base = level + carried;
    const effect = season[phase];
    const forecast = seasonal === 'none' ? base : seasonal === 'additive' ? base + effect : base * effect;
    if (tape !== undefined) {
      const at = t * taped;
      tape[at] = level;
      tape[at + 1] = trend;
      tape[at + 2] = effect;
      tape[at + 3] = forecast;
    }
    let y = values[t];
    if (Number.isNaN(y)) y = forecast;
    else {
      const relative = error === 'multiplicative' ? (y - forecast) / forecast : y - forecast;
      squares += relative * relative;
      if (error === 'multiplicative') logForecasts += Math.log(Math.abs(forecast));
      count++;
    }
    const deseasonalized = seasonal === 'none' ? y : seasonal === 'additive' ? y - effect : y / effect;
    const next = alpha * deseasonalized + (1 - alpha) * base;
    if (trendKind !== 'none') trend = trendGain * (next - level) + (1 - trendGain) * carried;
    level = next;
    if (seasonal !== 'none') {
      const detrended = seasonal === 'additive' ? y - base : y / base;
      season[phase] = gamma * detrended + (1 - gamma) * effect;
      phase = phase + 1 === period ? 0 : phase + 1;
    }
  }
  // Gaussian, with the variance at its maximum likelihood: squares / count.
  const logLikelihood = -(count / 2) * (Math.log((2 * Math.PI * squares) / count) + 1) - logForecasts;
  const ordered = new Float64Array(period);
  for (let i = 0; i < period; i++) ordered[i] = season[(phase + i) % period];
  return { state: { level, trend, season: ordered }, squares, count, logLikelihood };
}
