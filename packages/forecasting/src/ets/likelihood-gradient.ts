import { type EtsState, type SmoothingParameters, smooth, taped } from './smoothing.js';
import type { EtsSpecification } from './specification.js';

export interface LikelihoodGradient {
  readonly logLikelihood: number;
  /** d log-likelihood / d each smoothing parameter. */
  readonly parameters: SmoothingParameters;
  /** d log-likelihood / d each entry of the starting state. */
  readonly start: EtsState;
}

/**
 * The likelihood of a series and its derivatives: the equations of `smooth` forward, then the chain rule backward through time, as
 * in backpropagation through a recurrent network. It costs about three passes; finite differences would cost two per unknown.
 */
export class LikelihoodDifferentiator {
  readonly #specification: EtsSpecification;
  readonly #values: Float64Array;
  /** [T, taped] */
  readonly #tape: Float64Array;

  /** @param values NaN where missing */
  constructor(specification: EtsSpecification, values: Float64Array) {
    this.#specification = specification;
    this.#values = values;
    this.#tape = new Float64Array(values.length * taped);
  }

  differentiate(parameters: SmoothingParameters, start: EtsState): LikelihoodGradient {
    const { squares, count, logLikelihood } = smooth(
      this.#specification,
      parameters,
      start,
      this.#values,
      this.#tape,
    );
    return { logLikelihood, ...this.#backward(parameters, start, -count / (2 * squares)) };
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
    for (let t = steps - 1, at = t * taped; t >= 0; t--, at -= taped) {
      phase = phase === 0 ? period - 1 : phase - 1;
      const level = tape[at];
      const trend = tape[at + 1];
      const effect = tape[at + 2];
      const forecast = tape[at + 3];
      const missing = Number.isNaN(this.#values[t]);
      const y = missing ? forecast : this.#values[t];
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
      // The innovation. A missing value equals its forecast, so it contributes nothing.
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
