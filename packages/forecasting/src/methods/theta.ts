import { checkOptions, type OptionChecks, oneOf, required, whole } from '@throughtime/errors';
import { NotFittedError } from '../errors.js';
import { leastBetween } from '../numeric/least-between.js';
import { autocorrelations, mean, variance } from '../numeric/statistics.js';
import { columnValues, interpolated, learnableSeason, type TimeSeries } from '../series/time-series.js';
import { type Forecast, type ForecastRequest, type GaussianSteps, gaussianForecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { Method, SavedMethod } from './method.js';

/** Which theta model; the names are those of Fiorucci et al. (2016). */
export type ThetaModel = 'STM' | 'OTM' | 'DSTM' | 'DOTM';

/** Which theta model, and the season that is taken out. */
export interface ThetaOptions {
  /**
   * - 'STM': theta is 2, as in the M3 competition (Assimakopoulos and Nikolopoulos 2000)
   * - 'OTM' (default): theta is the one of the least squared errors
   * - 'DSTM', 'DOTM': the same with a line that moves with every value
   * - 'auto': the one of these with the least squared errors
   */
  readonly model?: ThetaModel | 'auto' | undefined;
  /** Steps of a season. Default: the series' own, where its values show it twice; otherwise 1, none. */
  readonly period?: number | undefined;
}

const models = ['STM', 'OTM', 'DSTM', 'DOTM'] as const;

const checks: OptionChecks<ThetaOptions> = {
  model: oneOf([...models, 'auto']),
  period: whole({ from: 1 }),
};

const savedChecks: OptionChecks<Required<ThetaOptions>> = {
  model: required(oneOf([...models, 'auto'])),
  period: required(whole({ from: 1 })),
};

/**
 * The theta method as a state space model (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler 2016): simple exponential smoothing
 * beside a share 1 - 1 / theta of a line. A season that the autocorrelation shows (90%) is taken out first, as factors where all
 * values are positive, and put back. The parameters are found again from each context: that takes milliseconds.
 */
export class Theta implements Method {
  readonly #options: ThetaOptions;
  #period: number | undefined;

  constructor(options: ThetaOptions = {}) {
    checkOptions<ThetaOptions>(options, checks);
    this.#options = options;
    this.#period = options.period;
  }

  get name(): string {
    const { model = 'OTM' } = this.#options;
    return `theta(${model})`;
  }

  requires(): { length: number; reason: string } {
    return { length: 5, reason: 'a level and a line to estimate' };
  }

  async fit(training: readonly TimeSeries[]): Promise<void> {
    for (const series of training) series.assertObserved();
    const [series] = training;
    this.#period = this.#options.period ?? learnableSeason(series, series.length);
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const period = this.#requirePeriod('forecast');
    const { model = 'OTM' } = this.#options;
    for (const context of contexts) context.assertObserved();
    return contexts.map((context) =>
      gaussianForecast(context, request, (column) =>
        thetaSteps(interpolated(columnValues(context, column)), { model, period, horizon: request.horizon }),
      ),
    );
  }

  save(): SavedMethod {
    const { model = 'OTM' } = this.#options;
    return { kind: 'theta', config: { model, period: this.#requirePeriod('save') } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): Theta {
    checkOptions<Required<ThetaOptions>>(config, savedChecks);
    return new Theta(config);
  }

  #requirePeriod(call: string): number {
    if (this.#period === undefined) throw new NotFittedError(this.name, call);
    return this.#period;
  }
}

interface ThetaRequest {
  readonly model: ThetaModel | 'auto';
  readonly period: number;
  readonly horizon: number;
}

function thetaSteps(values: Float64Array, { model, period, horizon }: ThetaRequest): GaussianSteps {
  const season = seasonOf(values, period);
  const isRelative = season?.kind === 'multiplicative';
  const indices = season?.indices ?? Float64Array.of(0);
  const index = (t: number) => indices[t % indices.length];
  const plain = values.map((value, t) => (isRelative ? value / index(t) : value - index(t)));
  const fits = (model === 'auto' ? models : [model]).map((one) => fitTheta(plain, one));
  const fit = fits.reduce((least, one) => (one.squares < least.squares ? one : least));
  const back = (value: number, step: number) =>
    isRelative ? value * index(values.length + step) : value + index(values.length + step);
  const run = (innovation: () => number) => runTheta(fit, plain, horizon, innovation).map(back);
  return {
    mean: run(() => 0),
    deviation: Float64Array.from({ length: horizon }, (_, step) => {
      const deviation = fit.sigma * Math.sqrt(1 + step * fit.alpha ** 2);
      return isRelative ? deviation * Math.abs(index(values.length + step)) : deviation;
    }),
    samplePath: (normal) => run(() => fit.sigma * normal()),
  };
}

export interface ThetaFit {
  readonly model: ThetaModel;
  /** Of the level: how quickly it follows. */
  readonly alpha: number;
  /** 1 - 1 / theta: the share of the line. */
  readonly share: number;
  /** The level before the first value. */
  readonly start: number;
  /** Of the errors from the fourth on; the first ones depend on the start. */
  readonly squares: number;
  readonly sigma: number;
}

/** The first errors, which the start decides, do not count. */
const burnIn = 3;

const slowest = 0.1;
const fastest = 0.99;

/**
 * For a given alpha the forecasts are linear in the starting level and in the share of the line, so that both follow by least squares:
 * only alpha is searched for, on a grid and then between its points.
 */
export function fitTheta(raw: Float64Array, model: ThetaModel): ThetaFit {
  // From the first value, so that no digit is lost far from zero.
  const center = raw[0];
  const values = raw.map((value) => value - center);
  const lines = linesOf(values, model);
  const at = (alpha: number) => leastSquaresAt(alpha, { values, lines, model });
  const grid = Array.from({ length: 19 }, (_, i) => slowest + ((fastest - slowest) * i) / 18);
  const found = grid.map(at);
  const least = found.reduce((best, { squares }, i) => (squares < found[best].squares ? i : best), 0);
  const alphaOfLeast = leastBetween((alpha) => at(alpha).squares, {
    low: grid[Math.max(0, least - 1)],
    high: grid[Math.min(18, least + 1)],
  });
  const inside = at(alphaOfLeast);
  const best = inside.squares <= found[least].squares ? inside : found[least];
  const errors = best.errors.slice(Math.min(burnIn, Math.max(0, values.length - 2)));
  const { alpha, share, start, squares } = best;
  return {
    model,
    alpha,
    share,
    start: start + center * (1 - share),
    squares,
    sigma: Math.sqrt(variance(errors, 1)),
  };
}

interface Line {
  readonly intercept: number;
  readonly slope: number;
}

/** The line that each value's forecast is made with: that of all values, or the one through the values before. */
function linesOf(values: Float64Array, model: ThetaModel): (t: number) => Line {
  const n = values.length;
  if (model === 'STM' || model === 'OTM') {
    const slope =
      (6 * (2 * mean(values.map((value, t) => (t + 1) * value)) - (n + 1) * mean(values))) / (n * n - 1);
    const line = { intercept: mean(values) - ((n + 1) * slope) / 2, slope };
    return () => line;
  }
  const lines: Line[] = [{ intercept: values[0], slope: 0 }];
  let average = values[0];
  for (let t = 1; t < n; t++) {
    const next = nextLine(lines[t - 1], { average, value: values[t], t });
    average = next.average;
    lines.push(next);
  }
  // The forecast of the first value has no line before it.
  return (t) => lines[Math.max(0, t - 1)];
}

function nextLine(
  { slope: before }: Line,
  { average, value, t }: { readonly average: number; readonly value: number; readonly t: number },
): Line & { readonly average: number } {
  const slope = ((t - 1) * before + (6 * (value - average)) / (t + 1)) / (t + 2);
  const next = (t * average + value) / (t + 1);
  return { intercept: next - (slope * (t + 2)) / 2, slope, average: next };
}

/**
 * What the line adds to the forecast of the value numbered t, for a share of 1.
 * @param rest (1 - alpha)^t
 */
function lineAt({ intercept, slope }: Line, rest: number, alpha: number): number {
  return intercept * rest + (slope * (1 - rest * (1 - alpha))) / alpha;
}

function leastSquaresAt(
  alpha: number,
  {
    values,
    lines,
    model,
  }: { readonly values: Float64Array; readonly lines: (t: number) => Line; readonly model: ThetaModel },
) {
  const n = values.length;
  const isOptimized = model === 'OTM' || model === 'DOTM';
  // y_t = level_t + start (1 - alpha)^t + share line_t + e_t, where level_t has seen the values before t and begins at 0.
  const [known, ofStart, ofShare] = [0, 1, 2].map(() => new Float64Array(n));
  let [level, rest] = [0, 1];
  for (let t = 0; t < n; t++) {
    known[t] = values[t] - level;
    ofStart[t] = rest;
    ofShare[t] = lineAt(lines(t), rest, alpha);
    rest *= 1 - alpha;
    level = alpha * values[t] + (1 - alpha) * level;
  }
  const from = Math.min(burnIn, Math.max(0, n - 2));
  const product = (a: Float64Array, b: Float64Array) => {
    let sum = 0;
    for (let t = from; t < n; t++) sum += a[t] * b[t];
    return sum;
  };
  const [ss, sl, ll] = [product(ofStart, ofStart), product(ofStart, ofShare), product(ofShare, ofShare)];
  const [sy, ly] = [product(ofStart, known), product(ofShare, known)];
  const determinant = ss * ll - sl * sl;
  const free = determinant > 1e-12 * ss * ll ? (ss * ly - sl * sy) / determinant : 0.5;
  const share = isOptimized ? Math.min(1, Math.max(0, free)) : 0.5;
  const start = ss > 0 ? (sy - share * sl) / ss : 0;
  const errors = known.map((value, t) => value - start * ofStart[t] - share * ofShare[t]);
  return { alpha, share, start, errors, squares: product(errors, errors) };
}

function runTheta(
  { model, alpha, share, start }: ThetaFit,
  raw: Float64Array,
  horizon: number,
  innovation: () => number,
): Float64Array {
  const center = raw[0];
  const values = raw.map((value) => value - center);
  const n = values.length;
  let level = start - center * (1 - share);
  for (const value of values) level = alpha * value + (1 - alpha) * level;
  let line = linesOf(values, model)(n);
  let average = mean(values);
  const path = new Float64Array(horizon);
  for (let step = 0; step < horizon; step++) {
    const value = level + share * lineAt(line, (1 - alpha) ** (n + step), alpha) + innovation();
    path[step] = center + value;
    level = alpha * value + (1 - alpha) * level;
    if (model === 'DSTM' || model === 'DOTM') {
      const next = nextLine(line, { average, value, t: n + step });
      average = next.average;
      line = next;
    }
  }
  return path;
}

export interface Season {
  readonly kind: 'additive' | 'multiplicative';
  /** [period], of the first phase on: they sum to 0, or are 1 on average. */
  readonly indices: Float64Array;
}

/** Where a season of 4 steps or more shows itself in the autocorrelation, with 90% confidence: its classical indices. */
export function seasonOf(values: Float64Array, period: number): Season | undefined {
  if (period < 4 || values.length < 2 * period || values.every((value) => value === values[0]))
    return undefined;
  const correlations = autocorrelations(values, period);
  let squares = 0;
  for (let lag = 1; lag < period; lag++) squares += correlations[lag] ** 2;
  const limit = 1.6448536269514722 * Math.sqrt((1 + 2 * squares) / values.length);
  if (!(Math.abs(correlations[period]) > limit)) return undefined;
  if (values.every((value) => value > 0)) {
    const indices = classicalIndices(values, period, 'multiplicative');
    if (indices.every((index) => index >= 0.01)) return { kind: 'multiplicative', indices };
  }
  return { kind: 'additive', indices: classicalIndices(values, period, 'additive') };
}

/** The mean distance of each phase from the centered moving average, or its ratio to it. */
function classicalIndices(values: Float64Array, period: number, kind: Season['kind']): Float64Array {
  const half = Math.floor(period / 2);
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let t = half; t + half < values.length; t++) {
    let trend = 0;
    for (let i = t - half; i <= t + half; i++) {
      const isEnd = period % 2 === 0 && (i === t - half || i === t + half);
      trend += (isEnd ? 0.5 : 1) * values[i];
    }
    trend /= period;
    sums[t % period] += kind === 'multiplicative' ? values[t] / trend : values[t] - trend;
    counts[t % period]++;
  }
  const means = sums.map((sum, phase) => sum / counts[phase]);
  const center = mean(means);
  return means.map((value) => (kind === 'multiplicative' ? value / center : value - center));
}

/** Extends a level and a share of a line: the theta method. */
export function theta(options: ThetaOptions = {}): Forecaster {
  return new Forecaster(new Theta(options));
}
