import { variance } from '../numeric/statistics.js';
import { loess, loessAt } from './loess.js';

/** A series as a sum, each [T]. */
export interface Decomposition {
  readonly trend: Float64Array;
  /** One for each season, in the order of the periods. */
  readonly seasons: readonly Float64Array[];
  readonly remainder: Float64Array;
}

/** The smoothing of the season: 7 + 4 k for the k-th of several seasons, which the authors of MSTL found best. */
const seasonWindow = (k: number) => 7 + 4 * k;

/** Passes over several seasons: each is found again after the others were taken out. */
const passes = 2;

/**
 * Season and trend by local regression (STL; Cleveland, Cleveland, McRae and Terpenning 1990), for several seasons one after the other
 * (MSTL; Bandara, Hyndman and Bergmeir 2021). Without the robust weights, as in R's `mstl`.
 * @param raw at least two seasons of each period, none missing
 * @param periods steps of each season, each at least 2; at least one
 */
export function decompose(raw: Float64Array, periods: readonly number[]): Decomposition {
  // From the first value, so that no digit is lost far from zero.
  const [center] = raw;
  const values = raw.map((value) => value - center);
  const sorted = [...periods].sort((a, b) => a - b);
  const seasons: Float64Array[] = sorted.map(() => new Float64Array(values.length));
  let trend: Float64Array = values;
  const plain = values.slice();
  for (let pass = 0; pass < (sorted.length > 1 ? passes : 1); pass++) {
    sorted.forEach((period, k) => {
      add(plain, seasons[k]);
      const fit = stl(plain, period, seasonWindow(k + 1));
      seasons[k] = fit.season;
      trend = fit.trend;
      subtract(plain, seasons[k]);
    });
  }
  return {
    trend: trend.map((value) => value + center),
    seasons: periods.map((period) => seasons[sorted.indexOf(period)]),
    remainder: plain.map((value, t) => value - trend[t]),
  };
}

/** How much of what varies around the trend is season, 0 to 1 (Wang, Smith and Hyndman 2006). */
export function seasonalStrength({ seasons, remainder }: Decomposition, season = 0): number {
  const both = variance(remainder.map((value, t) => value + seasons[season][t]));
  return both === 0 ? 0 : Math.max(0, Math.min(1, 1 - variance(remainder) / both));
}

const innerLoops = 2;

/** One season, and the trend. @param window of the season's smoothing, in seasons */
function stl(
  values: Float64Array,
  period: number,
  window: number,
): { readonly season: Float64Array; readonly trend: Float64Array } {
  const n = values.length;
  const trendWindow = oddAbove((1.5 * period) / (1 - 1.5 / window));
  const passWindow = oddAbove(period);
  let trend: Float64Array = new Float64Array(n);
  let season: Float64Array = new Float64Array(n);
  for (let loop = 0; loop < innerLoops; loop++) {
    const cycles = smoothedCycles(
      values.map((value, t) => value - trend[t]),
      period,
      window,
    );
    // What is left of a trend in the cycles, by moving averages and a smoother.
    const averaged = movingAverage(movingAverage(movingAverage(cycles, period), period), 3);
    const low = loess(averaged, { window: passWindow, degree: 1 });
    season = low.map((value, t) => cycles[period + t] - value);
    const plain = values.map((value, t) => value - season[t]);
    trend = loess(plain, { window: trendWindow, degree: 1 });
  }
  return { season, trend };
}

/** Each phase of the season smoothed on its own, a season longer at both ends: [n + 2 period]. */
function smoothedCycles(values: Float64Array, period: number, window: number): Float64Array {
  const cycles = new Float64Array(values.length + 2 * period);
  for (let phase = 0; phase < period; phase++) {
    const own = values.filter((_, t) => t % period === phase);
    for (let at = -1; at <= own.length; at++)
      cycles[(at + 1) * period + phase] = loessAt(own, at, { window, degree: 0 });
  }
  return cycles;
}

/** [n - length + 1] */
function movingAverage(values: Float64Array, length: number): Float64Array {
  const averages = new Float64Array(values.length - length + 1);
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    sum += values[t];
    if (t >= length) sum -= values[t - length];
    if (t >= length - 1) averages[t - length + 1] = sum / length;
  }
  return averages;
}

function oddAbove(length: number): number {
  const whole = Math.ceil(length);
  return whole % 2 === 0 ? whole + 1 : whole;
}

function add(values: Float64Array, others: Float64Array): void {
  for (let t = 0; t < values.length; t++) values[t] += others[t];
}

function subtract(values: Float64Array, others: Float64Array): void {
  for (let t = 0; t < values.length; t++) values[t] -= others[t];
}
