import { ArgumentError, checkOptions, inWords, type OptionChecks, whole } from '@throughtime/errors';
import { studentCdf } from '../numeric/distributions.js';
import { mean } from '../numeric/statistics.js';
import type { Backtest } from './backtest.js';

/** Whether two models' forecasts differ by more than chance. */
export interface DieboldMariano {
  /** Negative if the first forecasts are better; undefined where nothing can be said, see {@link dieboldMariano}. */
  readonly statistic: number | undefined;
  /** Two-sided: how often equally good forecasts differ as much. Undefined where the statistic is. */
  readonly pValue: number | undefined;
  /** How many losses were compared. */
  readonly count: number;
}

/** How far the forecasts' errors depend on one another. */
export interface DieboldMarianoOptions {
  /** How many neighboring forecasts share steps: 1 for one-step forecasts. Default 1. */
  readonly overlap?: number;
}

const checks: OptionChecks<DieboldMarianoOptions> = { overlap: whole({ from: 1 }) };

/**
 * Whether two sequences of forecast losses differ by more than chance: the Diebold-Mariano test, with the small-sample
 * correction of Harvey, Leybourne and Newbold (1997) and Student's t. The variance of the mean difference counts
 * autocovariances up to `overlap - 1`, with Bartlett weights, so that it cannot be negative. A loss that is NaN, of a forecast whose
 * outcome is missing, is left out with its partner.
 *
 * The test is undefined where there are no more losses than neighbors that share steps: the correction is then 0, whatever
 * the losses are. It is undefined, too, where all differences are the same number other than 0.
 */
export function dieboldMariano(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  options: DieboldMarianoOptions = {},
): DieboldMariano {
  checkOptions<DieboldMarianoOptions>(options, checks);
  const { overlap = 1 } = options;
  if (second.length !== first.length || first.length < 2) {
    throw new ArgumentError(
      'losses',
      'two lists of the same length, at least 2',
      inWords(`${first.length} and ${second.length}`),
    );
  }
  return testOf(
    Array.from({ length: first.length }, (_, i) => first[i] - second[i]),
    overlap,
  );
}

function testOf(differences: readonly number[], overlap: number): DieboldMariano {
  const known = differences.filter((difference) => !Number.isNaN(difference));
  const count = known.length;
  const none = { statistic: undefined, pValue: undefined, count };
  if (count < 2 || count <= overlap) return none;
  const largest = known.reduce((most, difference) => Math.max(most, Math.abs(difference)), 0);
  if (largest === 0) return { statistic: 0, pValue: 1, count };
  if (!Number.isFinite(largest)) return none;
  // The units of the losses do not matter: without them nothing overflows.
  const scaled = known.map((difference) => difference / largest);
  const center = mean(scaled);
  let spread = 0;
  for (let lag = 0; lag < overlap; lag++) {
    let covariance = 0;
    for (let i = lag; i < count; i++) covariance += (scaled[i] - center) * (scaled[i - lag] - center);
    spread += ((lag === 0 ? 1 : 2 * (1 - lag / overlap)) * covariance) / count;
  }
  // Rounding alone makes a spread of this size.
  if (spread <= (4 * Number.EPSILON) ** 2) return none;
  const h = overlap;
  const correction = Math.sqrt((count + 1 - 2 * h + (h * (h - 1)) / count) / count);
  const statistic = (correction * center) / Math.sqrt(spread / count);
  return { statistic, pValue: 2 * studentCdf(-Math.abs(statistic), count - 1), count };
}

/**
 * {@link dieboldMariano} on the absolute errors of two backtests from the same origins. An origin is one observation: the mean over
 * its series, variables and steps, each series and variable in units of its own seasonal naive error, so that none outweighs the
 * others. Origins without an actual value do not count. What has no such unit, because its training values never change, cannot be
 * weighed against others and is left out; a single variable needs no unit.
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
  const [losses, others] = [lossesByOrigin(first), lossesByOrigin(second)];
  const differences = [...losses].map(([origin, loss]) => loss - (others.get(origin) ?? Number.NaN));
  return testOf(differences, Math.ceil(first.horizon / first.stride));
}

/** The mean scaled absolute error of each origin, NaN where there is no actual value. */
function lossesByOrigin({ records, scales, variables }: Backtest): Map<number, number> {
  const single = scales.length * variables.length === 1;
  const unitOf = (series: number, cell: number) => {
    const { absolute } = scales[series][cell % variables.length];
    return single ? 1 : absolute > 0 && Number.isFinite(absolute) ? absolute : Number.NaN;
  };
  // Each series counts once, however many of its values are known.
  const bySeries = new Map<number, number[]>();
  for (const { series, origin, actual, forecast } of records) {
    const errors = Array.from(actual, (value, i) => Math.abs(value - forecast.mean[i]) / unitOf(series, i));
    const known = errors.filter((error) => !Number.isNaN(error));
    const losses = bySeries.get(origin) ?? [];
    if (known.length > 0) losses.push(mean(known));
    bySeries.set(origin, losses);
  }
  return new Map([...bySeries].map(([origin, losses]) => [origin, mean(losses)]));
}
