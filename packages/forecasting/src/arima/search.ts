import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { decompose, seasonalStrength } from '../decomposition/stl.js';
import { mean } from '../numeric/statistics.js';
import { type ArimaFit, estimateArima, type Likelihood } from './estimation.js';
import { type ArimaOrder, differenced, formatOrder } from './order.js';

/** The largest orders that are tried, as in R's auto.arima. */
const largest = { p: 5, q: 5, P: 2, Q: 2 };

/** How many orders are tried at most. */
const mostTried = 94;

/** Up to this many values and this long a season every order is judged by its exact likelihood. */
const exactUpTo = { length: 150, period: 12 };

/** A season explains at least this share of what varies around the trend, or it is not differenced away (as R's nsdiffs has it). */
const strongSeason = 0.64;

/** The 5% point of the KPSS statistic around a level (Kwiatkowski, Phillips, Schmidt and Shin 1992). */
const levelStationary = 0.463;

const mostDifferences = 2;

/** A root of an autoregression closer to the unit circle asks for another difference. */
const nearestRoot = 1.01;

/**
 * Moving averages are kept as far from the unit circle by their bounds. A season that stays as it is takes its difference back with a
 * root there: to refuse the order, as R does, would be to refuse what fits best.
 */
const largestRoot = 1 / nearestRoot;

export interface SearchOptions {
  readonly period: number;
  /** Called between orders; the search ends with the best so far when it gives false. */
  readonly goOn?: () => Promise<boolean>;
}

/**
 * The order with the least AICc, by the stepwise search of Hyndman and Khandakar (2008): differences by tests, then from four orders to
 * neighbors, as long as one is better. The result is estimated by the exact likelihood.
 */
export async function searchArima(values: Float64Array, { period, goOn }: SearchOptions): Promise<ArimaFit> {
  const base = differencesOf(values, period);
  const mayHaveConstant = base.d + base.D <= 1;
  const isSeasonal = base.period > 1;
  const likelihood: Likelihood =
    values.length <= exactUpTo.length && base.period <= exactUpTo.period ? 'exact' : 'conditional';
  const tried = new Map<string, ArimaFit | undefined>();
  let best: ArimaFit | undefined;

  /** Whether it is better than all before. */
  const attempt = async (terms: Pick<ArimaOrder, 'p' | 'q' | 'P' | 'Q' | 'constant'>): Promise<boolean> => {
    const order = { ...base, ...terms };
    const name = formatOrder(order);
    if (tried.has(name) || tried.size >= mostTried) return false;
    const free = order.p + order.q + order.P + order.Q + (order.constant ? 1 : 0);
    if (free + 3 > values.length - order.d - order.D * order.period) return false;
    const fit = estimateArima(order, values, { likelihood, effort: 'rough', largestRoot });
    const kept = isSound(fit) ? fit : undefined;
    tried.set(name, kept);
    if (kept === undefined || (best !== undefined && kept.aicc >= best.aicc)) return false;
    best = kept;
    return true;
  };

  const [P, Q] = isSeasonal ? [1, 1] : [0, 0];
  const starts = [
    { p: 2, q: 2, P, Q },
    { p: 0, q: 0, P: 0, Q: 0 },
    { p: 1, q: 0, P, Q: 0 },
    { p: 0, q: 1, P: 0, Q },
  ];
  for (const start of starts) await attempt({ ...start, constant: mayHaveConstant });
  if (mayHaveConstant) await attempt({ p: 0, q: 0, P: 0, Q: 0, constant: false });

  for (let improves = true; improves && tried.size < mostTried; ) {
    improves = false;
    if (goOn !== undefined && !(await goOn())) break;
    const from: ArimaOrder =
      best === undefined ? { ...base, ...starts[1], constant: mayHaveConstant } : (best as ArimaFit).order;
    for (const next of neighbors(from, { isSeasonal, mayHaveConstant })) {
      if (!(await attempt(next))) continue;
      improves = true;
      break;
    }
  }
  // The exact likelihood may find a root where the approximation saw none: then the next best.
  const ranked = [...tried.values()].filter((fit) => fit !== undefined).sort((a, b) => a.aicc - b.aicc);
  for (const { order } of ranked) {
    if (!isSound(estimateArima(order, values, { effort: 'rough', largestRoot }))) continue;
    const fit = estimateArima(order, values, { largestRoot });
    if (isSound(fit)) return fit;
  }
  return estimateArima({ ...base, p: 0, q: 0, P: 0, Q: 0, constant: mayHaveConstant }, values);
}

/** Orders one term away, in the order of R's search. */
function neighbors(
  { p, q, P, Q, constant }: ArimaOrder,
  { isSeasonal, mayHaveConstant }: { readonly isSeasonal: boolean; readonly mayHaveConstant: boolean },
) {
  const seasonal = [
    [-1, 0],
    [0, -1],
    [1, 0],
    [0, 1],
    [-1, -1],
    [-1, 1],
    [1, -1],
    [1, 1],
  ];
  const steps = [
    ...(isSeasonal ? seasonal.map(([dP, dQ]) => ({ p, q, P: P + dP, Q: Q + dQ, constant })) : []),
    ...seasonal.map(([dp, dq]) => ({ p: p + dp, q: q + dq, P, Q, constant })),
    ...(mayHaveConstant ? [{ p, q, P, Q, constant: !constant }] : []),
  ];
  return steps.filter(
    (order) =>
      order.p >= 0 &&
      order.q >= 0 &&
      order.P >= 0 &&
      order.Q >= 0 &&
      order.p <= largest.p &&
      order.q <= largest.q &&
      order.P <= largest.P &&
      order.Q <= largest.Q,
  );
}

/** How often to difference: by the season's strength, then by KPSS tests of what is left. */
function differencesOf(values: Float64Array, period: number): Pick<ArimaOrder, 'd' | 'D' | 'period'> {
  const seasonal = period > 1 && values.length > 2 * period ? period : 1;
  const D = seasonal > 1 && seasonalStrength(decompose(values, [seasonal])) > strongSeason ? 1 : 0;
  const order = { d: 0, D, period: seasonal };
  let stage = differenced(values, order);
  let d = 0;
  while (d < mostDifferences && !isLevelStationary(stage)) {
    d++;
    stage = differenced(stage, { d: 1, D: 0, period: 1 });
  }
  return { ...order, d };
}

/** The KPSS test around a level, with as many lags as R's ndiffs takes. */
export function isLevelStationary(values: Float64Array): boolean {
  const n = values.length;
  const center = mean(values);
  const rest = values.map((value) => value - center);
  if (n < 3 || rest.every((value) => value === rest[0])) return true;
  let [sum, squares] = [0, 0];
  for (const value of rest) {
    sum += value;
    squares += sum * sum;
  }
  const lags = Math.trunc((3 * Math.sqrt(n)) / 13);
  let longRun = 0;
  for (let lag = 0; lag <= lags; lag++) {
    let product = 0;
    for (let t = lag; t < n; t++) product += rest[t] * rest[t - lag];
    longRun += product * (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1)));
  }
  return squares / n / longRun <= levelStationary;
}

/** Whether no root of the autoregression lies near the unit circle. */
function isSound({ aicc, sigma, ar, seasonalAr, order }: ArimaFit): boolean {
  if (!Number.isFinite(aicc) && sigma > 0) return false;
  const modulus = Math.max(farthest(ar), farthest(seasonalAr) ** (1 / order.period));
  return modulus < 1 / nearestRoot;
}

/** The largest modulus of the inverse roots of 1 - sum of weights[k - 1] B^k. */
function farthest(weights: readonly number[]): number {
  const order = weights.findLastIndex((weight) => weight !== 0) + 1;
  if (order === 0) return 0;
  const companion = Matrix.zeros(order, order);
  for (let k = 0; k < order; k++) companion.set(0, k, weights[k]);
  for (let k = 1; k < order; k++) companion.set(k, k - 1, 1);
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(companion);
  return realEigenvalues.reduce(
    (most, real, i) => Math.max(most, Math.hypot(real, imaginaryEigenvalues[i])),
    0,
  );
}
