import { ArgumentError, checkOptions, inWords, type OptionChecks, whole } from '@throughtime/errors';
import { studentCdf } from '../numeric/distributions.js';
import { mean } from '../numeric/statistics.js';
import type { Backtest } from './backtest.js';

export interface DieboldMariano {
  /** Negative if the first forecasts are better. */
  readonly statistic: number;
  /** Two-sided: how often equally good forecasts differ as much. */
  readonly pValue: number;
  /** How many losses were compared. */
  readonly count: number;
}

export interface DieboldMarianoOptions {
  /** How many neighboring forecasts share steps: 1 for one-step forecasts. Default 1. */
  readonly overlap?: number;
}

const checks: OptionChecks<DieboldMarianoOptions> = { overlap: whole({ from: 1 }) };

/**
 * Whether two sequences of forecast losses differ by more than chance: the Diebold-Mariano test, with the small-sample
 * correction of Harvey, Leybourne and Newbold (1997) and Student's t. The variance of the mean difference counts
 * autocovariances up to `overlap - 1`, with Bartlett weights, so that it cannot be negative.
 */
export function dieboldMariano(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: DieboldMarianoOptions = {},
): DieboldMariano {
  checkOptions<DieboldMarianoOptions>(options, checks);
  const { overlap = 1 } = options;
  const count = first.length;
  if (second.length !== count || count < 2) {
    throw new ArgumentError(
      'losses',
      'two lists of the same length, at least 2',
      inWords(`${count} and ${second.length}`),
    );
  }
  const difference = Float64Array.from({ length: count }, (_, i) => first[i] - second[i]);
  const center = mean(difference);
  const lags = Math.min(overlap, count) - 1;
  let spread = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let covariance = 0;
    for (let i = lag; i < count; i++) covariance += (difference[i] - center) * (difference[i - lag] - center);
    spread += ((lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * covariance) / count;
  }
  if (spread === 0) {
    // The difference is the same everywhere: zero, or beyond doubt.
    return {
      statistic: center === 0 ? 0 : Math.sign(center) * Number.POSITIVE_INFINITY,
      pValue: center === 0 ? 1 : 0,
      count,
    };
  }
  const h = lags + 1;
  const correction = Math.sqrt(Math.max(0, (count + 1 - 2 * h + (h * (h - 1)) / count) / count));
  const statistic = (correction * center) / Math.sqrt(spread / count);
  return { statistic, pValue: 2 * studentCdf(-Math.abs(statistic), count - 1), count };
}

/**
 * {@link dieboldMariano} on the absolute errors of two backtests from the same origins, averaged over each forecast's
 * horizon and variables (an origin is one observation).
 * @throws ArgumentError when the origins differ
 */
export function compareBacktests(first: Backtest, second: Backtest): DieboldMariano {
  const places = (test: Backtest) => test.records.map(({ series, origin }) => `${series}:${origin}`).join();
  if (places(first) !== places(second) || first.horizon !== second.horizon) {
    throw new ArgumentError(
      'backtests',
      'two from the same origins and horizon',
      inWords(`${first.name}, ${second.name}`),
    );
  }
  const losses = (test: Backtest) =>
    test.records.map(({ actual, forecast }) => {
      const errors = [...actual].flatMap((value, i) =>
        Number.isNaN(value) ? [] : [Math.abs(value - forecast.mean[i])],
      );
      return errors.length === 0 ? 0 : mean(errors);
    });
  return dieboldMariano(losses(first), losses(second), { overlap: Math.ceil(first.horizon / first.stride) });
}
