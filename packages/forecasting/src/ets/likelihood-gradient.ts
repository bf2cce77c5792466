import { type EtsState, logLikelihoodOf, type SmoothingParameters } from './smoothing.js';
import type { EtsSpecification } from './specification.js';

export interface LikelihoodGradient {
  readonly logLikelihood: number;
  /** d log-likelihood / d each smoothing parameter. */
  readonly parameters: SmoothingParameters;
  /** d log-likelihood / d each entry of the starting state. */
  readonly start: EtsState;
}

/** What a step leaves behind for the way back. */
const recorded = 5; // level, trend, season's effect, forecast, value (NaN where missing)

/**
 * The likelihood of a series and its derivatives: the equations of `smooth` forward, and backward through time by the chain rule
 * (as backpropagation goes through a recurrent network). Some three passes, where differences would take two an unknown.
 */
export class LikelihoodDifferentiator {
  readonly #specification: EtsSpecification;
  readonly #values: Float64Array;
  /** [T, recorded] */
  readonly #tape: Float64Array;

  /** @param values NaN where missing */
  constructor(specification: EtsSpecification, values: Float64Array) {
    this.#specification = specification;
    this.#values = values;
    this.#tape = new Float64Array(values.length * recorded);
  }

  differentiate(parameters: SmoothingParameters, start: EtsState): LikelihoodGradient {
    const { squares, count, logForecasts } = this.#forward(parameters, start);
    const logLikelihood = logLikelihoodOf({ squares, count, logForecasts });
    return { logLikelihood, ...this.#backward(parameters, start, -count / (2 * squares)) };
  }

  #forward({ alpha, beta, gamma, phi }: SmoothingParameters, start: EtsState) {
    const { error, trend: trendKind, seasonal } = this.#specification;
    const values = this.#values;
    const tape = this.#tape;
    const period = start.season.length;
    const season = Float64Array.from(start.season);
    const trendGain = beta / alpha;
    let { level, trend } = start;
    let [phase, squares, count, logForecasts] = [0, 0, 0, 0];
    for (let t = 0, at = 0; t < values.length; t++, at += recorded) {
      const carried = trendKind === 'none' ? 0 : phi * trend;
      const base = level + carried;
      const effect = season[phase];
      const forecast = seasonal === 'none' ? base : seasonal === 'additive' ? base + effect : base * effect;
      tape[at] = level;
      tape[at + 1] = trend;
      tape[at + 2] = effect;
      tape[at + 3] = forecast;
      tape[at + 4] = values[t];
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
    return { squares, count, logForecasts };
  }

  /**
   * `dX` is the derivative of the log-likelihood by X.
   * @param dSquares by the sum of squared innovations
   */
  #backward(
    { alpha, beta, gamma, phi }: SmoothingParameters,
    start: EtsState,
    dSquares: number,
  ): Omit<LikelihoodGradient, 'logLikelihood'> {
    const { error, trend: trendKind, seasonal } = this.#specification;
    const tape = this.#tape;
    const period = start.season.length;
    const steps = this.#values.length;
    const trendGain = beta / alpha;
    const dSeason = new Float64Array(period);
    let [dAlpha, dGain, dGamma, dPhi, dLevel, dTrend] = [0, 0, 0, 0, 0, 0];
    let phase = steps % period;
    for (let t = steps - 1, at = t * recorded; t >= 0; t--, at -= recorded) {
      phase = phase === 0 ? period - 1 : phase - 1;
      const level = tape[at];
      const trend = tape[at + 1];
      const effect = tape[at + 2];
      const forecast = tape[at + 3];
      const missing = Number.isNaN(tape[at + 4]);
      const y = missing ? forecast : tape[at + 4];
      const carried = trendKind === 'none' ? 0 : phi * trend;
      const base = level + carried;
      let [dY, dBase, dEffect, dCarried, dBefore] = [0, 0, 0, 0, 0];

      // season' = gamma detrended + (1 - gamma) effect
      if (seasonal !== 'none') {
        const d = dSeason[phase];
        const detrended = seasonal === 'additive' ? y - base : y / base;
        dGamma += d * (detrended - effect);
        dEffect += (1 - gamma) * d;
        dY += seasonal === 'additive' ? gamma * d : (gamma * d) / base;
        dBase -= seasonal === 'additive' ? gamma * d : (gamma * d * y) / (base * base);
      }
      // level' = alpha deseasonalized + (1 - alpha) base; trend' = gain (level' - level) + (1 - gain) carried
      const deseasonalized = seasonal === 'none' ? y : seasonal === 'additive' ? y - effect : y / effect;
      let dNext = dLevel;
      if (trendKind !== 'none') {
        const next = alpha * deseasonalized + (1 - alpha) * base;
        dNext += trendGain * dTrend;
        dBefore -= trendGain * dTrend;
        dCarried += (1 - trendGain) * dTrend;
        dGain += dTrend * (next - level - carried);
      }
      dAlpha += dNext * (deseasonalized - base);
      dBase += (1 - alpha) * dNext;
      const dDeseasonalized = alpha * dNext;
      dY += seasonal === 'multiplicative' ? dDeseasonalized / effect : dDeseasonalized;
      if (seasonal === 'additive') dEffect -= dDeseasonalized;
      else if (seasonal === 'multiplicative') dEffect -= (dDeseasonalized * y) / (effect * effect);
      // The innovation; a missing value is its own forecast, and tells nothing.
      let dForecast = dY;
      if (!missing) {
        dForecast =
          error === 'multiplicative'
            ? (-2 * dSquares * (y - forecast) * y) / forecast ** 3 - 1 / forecast
            : -2 * dSquares * (y - forecast);
      }
      dBase += seasonal === 'multiplicative' ? dForecast * effect : dForecast;
      if (seasonal === 'additive') dEffect += dForecast;
      else if (seasonal === 'multiplicative') dEffect += dForecast * base;

      dLevel = dBefore + dBase;
      if (trendKind !== 'none') {
        dCarried += dBase;
        dPhi += dCarried * trend;
        dTrend = dCarried * phi;
      }
      if (seasonal !== 'none') dSeason[phase] = dEffect;
    }
    return {
      parameters: {
        alpha: dAlpha - (dGain * beta) / (alpha * alpha),
        beta: dGain / alpha,
        gamma: dGamma,
        phi: dPhi,
      },
      start: { level: dLevel, trend: dTrend, season: dSeason },
    };
  }
}
