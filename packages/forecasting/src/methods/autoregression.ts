import { SeriesTooShortError } from '@throughtime/datasets';
import {
  anything,
  checkOptions,
  either,
  exactly,
  list,
  number,
  type OptionChecks,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { NotFittedError } from '../errors.js';
import { dot, LeastSquares } from '../numeric/least-squares.js';
import { mean } from '../numeric/statistics.js';
import { columnValues, type TimeSeries } from '../series/time-series.js';
import { type Forecast, type ForecastRequest, type GaussianSteps, gaussianForecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from './method.js';

/** The order, or the largest that is tried. */
export interface AutoregressionOptions {
  /** The number of lags, or 'auto' (default): the order up to `maxOrder` with the smallest AICc. */
  readonly order?: number | 'auto' | undefined;
  /** Default: 28, four weeks of days, but at most about a third of the number of training values. */
  readonly maxOrder?: number | undefined;
}

const checks: OptionChecks<AutoregressionOptions> = {
  order: either(whole({ from: 1 }), exactly('auto')),
  maxOrder: whole({ from: 1 }),
};

/**
 * y_t = constant + sum coefficients[i] y_(t-1-i) + e, e of variance sigma^2. The same around a center c, which is how forecasts are
 * made, so that they lose no digits far from zero: y_t - c = offset + sum coefficients[i] (y_(t-1-i) - c) + e.
 */
export interface AutoregressionFit {
  /** The intercept, of values as they are. */
  readonly constant: number;
  /** What values are taken around. */
  readonly center: number;
  /** The intercept around the center. */
  readonly offset: number;
  /** [p], the newest lag first. */
  readonly coefficients: readonly number[];
  /** The standard deviation of e. */
  readonly sigma: number;
  /** AICc of each order from 0 to the largest tried. */
  readonly criterion: readonly number[];
}

/** Models saved before there was a center lack it. */
type SavedFit = Omit<AutoregressionFit, 'center' | 'offset'> &
  Partial<Pick<AutoregressionFit, 'center' | 'offset'>>;

interface SavedAutoregression {
  readonly options: AutoregressionOptions;
  readonly fits: readonly SavedFit[];
}

const savedChecks: OptionChecks<SavedAutoregression> = {
  options: required(record<AutoregressionOptions>(checks)),
  fits: required(
    list(
      record<SavedFit>({
        constant: required(number()),
        center: number(),
        offset: number(),
        coefficients: required(list(number())),
        sigma: required(number({ from: 0 })),
        criterion: required(anything),
      }),
      { length: { from: 1 } },
    ),
  ),
};

/**
 * An autoregression by least squares, one per variable. Rows with a missing value are left out; orders are compared on the
 * same rows, by the AIC corrected for small samples: n ln(RSS / n) + 2 k + 2 k (k + 1) / (n - k - 1), with k = p + 2
 * (Hurvich and Tsai 1989).
 */
export class Autoregression implements Method {
  readonly #options: AutoregressionOptions;
  #fits: readonly AutoregressionFit[] | undefined; // [D]

  constructor(options: AutoregressionOptions = {}) {
    checkOptions<AutoregressionOptions>(options, checks);
    this.#options = options;
  }

  get name(): string {
    const { order = 'auto' } = this.#options;
    const chosen = this.#fits?.map((fit) => fit.coefficients.length);
    return `ar(${order === 'auto' && chosen !== undefined ? chosen.join('/') : order})`;
  }

  /** What was learned, one entry per variable. */
  get fits(): readonly AutoregressionFit[] {
    if (this.#fits === undefined) throw new NotFittedError('ar', 'fits');
    return this.#fits;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { order = 'auto' } = this.#options;
    const lags = order === 'auto' ? 1 : order;
    if (use === 'fit') return { length: 2 * lags + 3, reason: `rows to fit ${lags} lags and a constant to` };
    const longest = this.#fits?.reduce((most, fit) => Math.max(most, fit.coefficients.length), 1) ?? lags;
    return { length: longest, reason: `${longest} lags` };
  }

  async fit(training: readonly TimeSeries[], _options: ForecasterFitOptions = {}): Promise<void> {
    for (const series of training) series.assertObserved();
    this.#fits = training[0].variables.map((_, column) => this.#fitColumn(training, column));
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    return contexts.map((context) =>
      gaussianForecast(context, request, (column) =>
        steps(context, column, this.fits[column], request.horizon),
      ),
    );
  }

  save(): SavedMethod {
    return { kind: 'ar', config: { options: this.#options, fits: this.fits } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): Autoregression {
    checkOptions<SavedAutoregression>(config, savedChecks);
    const method = new Autoregression(config.options);
    method.#fits = config.fits.map((fit) => ({ center: 0, offset: fit.constant, ...fit }));
    return method;
  }

  #fitColumn(training: readonly TimeSeries[], column: number): AutoregressionFit {
    const { order = 'auto', maxOrder = 28 } = this.#options;
    const raw = training.map((series) => columnValues(series, column));
    const { center, scale } = standardOf(raw);
    // A variable that never changed is forecast as it was.
    if (scale === 0) return constantFit(center, order === 'auto' ? 0 : order);
    const values = raw.map((one) => one.map((value) => (value - center) / scale));
    const largest = order === 'auto' ? largestOrder(values, maxOrder) : order;
    const { design, targets } = lagDesign(values, largest);
    const rows = targets.length;
    if (rows < largest + 2) {
      const reason = `ar(${largest}): rows without missing values to fit ${largest} lags and a constant to`;
      throw new SeriesTooShortError(training[0].name, largest + 2, reason, rows);
    }
    const squares = new LeastSquares(design, targets);
    const criterion = Array.from({ length: largest + 1 }, (_, p) => {
      const k = p + 2; // the lags, the constant and the variance
      const error = Math.max(squares.residualSumOfSquares(p + 1), Number.MIN_VALUE);
      return rows - k - 1 <= 0
        ? Number.MAX_VALUE
        : rows * (Math.log(error / rows) + 2 * Math.log(scale)) + 2 * k + (2 * k * (k + 1)) / (rows - k - 1);
    });
    const p = order === 'auto' ? criterion.indexOf(Math.min(...criterion)) : order;
    const [intercept, ...coefficients] = squares.coefficients(p + 1);
    const freedom = Math.max(1, rows - p - 1);
    const offset = scale * intercept;
    return {
      constant: offset + center * (1 - coefficients.reduce((sum, coefficient) => sum + coefficient, 0)),
      center,
      offset,
      coefficients,
      sigma: scale * Math.sqrt(squares.residualSumOfSquares(p + 1) / freedom),
      criterion,
    };
  }
}

/** The model of values that never change: they stay. */
function constantFit(value: number, order: number): AutoregressionFit {
  const coefficients = new Array<number>(order).fill(0);
  return { constant: value, center: value, offset: 0, coefficients, sigma: 0, criterion: [] };
}

/** The mean and the standard deviation of all observed values, both by differences from the first, which keep every digit. */
function standardOf(series: readonly Float64Array[]): { readonly center: number; readonly scale: number } {
  const values = series.flatMap((one) => [...one]).filter((value) => !Number.isNaN(value));
  const [first] = values;
  const center = first + mean(values.map((value) => value - first));
  const distances = values.map((value) => value - center);
  const largest = distances.reduce((most, distance) => Math.max(most, Math.abs(distance)), 0);
  if (values.every((value) => value === first)) return { center: first, scale: 0 };
  return { center, scale: largest * Math.sqrt(mean(distances.map((distance) => (distance / largest) ** 2))) };
}

/** The largest order to try: at most a third of the rows, and with as many complete rows as it has unknowns twice over. */
function largestOrder(series: readonly Float64Array[], maxOrder: number): number {
  const total = series.reduce((sum, one) => sum + one.length, 0);
  let order = Math.max(1, Math.min(maxOrder, Math.floor(total / 3) - 1));
  // A row needs `order` + 1 values without a hole: where holes are many, only low orders have rows enough.
  while (order > 1 && completeRows(series, order) < 2 * order + 3) order--;
  return order;
}

function completeRows(series: readonly Float64Array[], order: number): number {
  let rows = 0;
  for (const values of series) {
    let run = 0;
    for (const value of values) {
      run = Number.isNaN(value) ? 0 : run + 1;
      if (run > order) rows++;
    }
  }
  return rows;
}

/** Rows [1, y_(t-1), ..., y_(t-p)] and their targets y_t, of all series, without rows in which a value is missing. */
function lagDesign(
  series: readonly Float64Array[],
  order: number,
): { design: Float64Array; targets: Float64Array } {
  const design: number[] = [];
  const targets: number[] = [];
  for (const values of series) {
    for (let t = order; t < values.length; t++) {
      let complete = !Number.isNaN(values[t]);
      for (let lag = 1; lag <= order && complete; lag++) complete = !Number.isNaN(values[t - lag]);
      if (!complete) continue;
      design.push(1);
      for (let lag = 1; lag <= order; lag++) design.push(values[t - lag]);
      targets.push(values[t]);
    }
  }
  return { design: Float64Array.from(design), targets: Float64Array.from(targets) };
}

function steps(context: TimeSeries, column: number, fit: AutoregressionFit, horizon: number): GaussianSteps {
  const { center, offset, coefficients, sigma } = fit;
  const order = coefficients.length;
  const known = filled(columnValues(context, column), fit);
  const newestFirst = Float64Array.from({ length: order }, (_, i) => known[known.length - 1 - i]);
  const run = (innovation: () => number) => {
    const lags = newestFirst.slice();
    const path = new Float64Array(horizon);
    for (let step = 0; step < horizon; step++) {
      const next = offset + dot(lags, 0, coefficients) + innovation();
      // An explosive model ends at an infinity, and stays there.
      path[step] = Number.isNaN(next) ? path[step - 1] : next;
      lags.copyWithin(1, 0);
      if (order > 0) lags[0] = path[step];
    }
    return path.map((distance) => center + distance);
  };
  // y_(T+h) is its mean plus psi_0 e_h + psi_1 e_(h-1) + ...: psi is the response to one unit of e.
  const deviation = new Float64Array(horizon);
  const psi = new Float64Array(horizon);
  let sum = 0;
  for (let step = 0; step < horizon; step++) {
    psi[step] = step === 0 ? 1 : 0;
    for (let lag = 1; lag <= Math.min(order, step); lag++)
      psi[step] += coefficients[lag - 1] * psi[step - lag];
    if (Number.isNaN(psi[step])) psi[step] = psi[step - 1];
    sum += psi[step] ** 2;
    deviation[step] = sigma * Math.sqrt(sum);
  }
  return { mean: run(() => 0), deviation, samplePath: (normal) => run(() => sigma * normal()) };
}

/** Distances from the center. Each missing value becomes the model's one-step forecast, or the mean where there are too few lags. */
function filled(values: Float64Array, { center, offset, coefficients }: AutoregressionFit): Float64Array {
  const result = values.map((value) => value - center);
  const sum = coefficients.reduce((total, coefficient) => total + coefficient, 0);
  const observed = result.filter((value) => !Number.isNaN(value));
  const average = observed.length > 0 ? mean(observed) : offset / (1 - sum);
  for (let t = 0; t < result.length; t++) {
    if (!Number.isNaN(result[t])) continue;
    result[t] = average;
    if (t < coefficients.length) continue;
    result[t] = offset;
    for (let lag = 1; lag <= coefficients.length; lag++) result[t] += coefficients[lag - 1] * result[t - lag];
  }
  return result;
}

/** Forecasts y_t from its last values, by least squares. */
export function autoregression(options: AutoregressionOptions = {}): Forecaster {
  return new Forecaster(new Autoregression(options));
}
