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
import { ConstantSeriesError, NotFittedError } from '../errors.js';
import { dot, LeastSquares } from '../numeric/least-squares.js';
import { columnValues, type TimeSeries } from '../series/time-series.js';
import { type Forecast, type ForecastRequest, type GaussianSteps, gaussianForecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from './method.js';

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

/** y_t = constant + sum coefficients[i] y_(t-1-i) + e, e of variance sigma^2. */
export interface AutoregressionFit {
  readonly constant: number;
  readonly coefficients: readonly number[]; // [p], the newest lag first
  readonly sigma: number;
  /** AICc of each order from 0 to the largest tried. */
  readonly criterion: readonly number[];
}

interface SavedAutoregression {
  readonly options: AutoregressionOptions;
  readonly fits: readonly AutoregressionFit[];
}

const savedChecks: OptionChecks<SavedAutoregression> = {
  options: required(record<AutoregressionOptions>(checks)),
  fits: required(
    list(
      record<AutoregressionFit>({
        constant: required(number()),
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
    for (const series of training) series.assertVaries();
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
    method.#fits = config.fits;
    return method;
  }

  #fitColumn(training: readonly TimeSeries[], column: number): AutoregressionFit {
    const { order = 'auto', maxOrder = 28 } = this.#options;
    const values = training.map((series) => columnValues(series, column));
    const total = values.reduce((sum, one) => sum + one.length, 0);
    const largest = order === 'auto' ? Math.max(1, Math.min(maxOrder, Math.floor(total / 3) - 1)) : order;
    const { design, targets } = lagDesign(values, largest);
    const rows = targets.length;
    if (rows < largest + 2) {
      const reason = `ar(${largest}): rows without missing values to fit ${largest} lags and a constant to`;
      throw new SeriesTooShortError(training[0].name, largest + 2, reason, rows);
    }
    if (targets.every((target) => target === targets[0])) {
      throw new ConstantSeriesError(training[0].name, training[0].variables[column], targets[0]);
    }
    const squares = new LeastSquares(design, targets);
    const criterion = Array.from({ length: largest + 1 }, (_, p) => {
      const k = p + 2; // the lags, the constant and the variance
      const error = Math.max(squares.residualSumOfSquares(p + 1), Number.MIN_VALUE);
      return rows - k - 1 <= 0
        ? Number.MAX_VALUE
        : rows * Math.log(error / rows) + 2 * k + (2 * k * (k + 1)) / (rows - k - 1);
    });
    const p = order === 'auto' ? criterion.indexOf(Math.min(...criterion)) : order;
    const [constant, ...coefficients] = squares.coefficients(p + 1);
    const freedom = Math.max(1, rows - p - 1);
    return {
      constant,
      coefficients,
      sigma: Math.sqrt(squares.residualSumOfSquares(p + 1) / freedom),
      criterion,
    };
  }
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
  const { constant, coefficients, sigma } = fit;
  const order = coefficients.length;
  const known = filled(columnValues(context, column), fit);
  const newestFirst = Float64Array.from({ length: order }, (_, i) => known[known.length - 1 - i]);
  const run = (innovation: () => number) => {
    const lags = newestFirst.slice();
    const path = new Float64Array(horizon);
    for (let step = 0; step < horizon; step++) {
      path[step] = constant + dot(lags, 0, coefficients) + innovation();
      lags.copyWithin(1, 0);
      if (order > 0) lags[0] = path[step];
    }
    return path;
  };
  // y_(T+h) is its mean plus psi_0 e_h + psi_1 e_(h-1) + ...: psi is the response to one unit of e.
  const deviation = new Float64Array(horizon);
  const psi = new Float64Array(horizon);
  let sum = 0;
  for (let step = 0; step < horizon; step++) {
    psi[step] = step === 0 ? 1 : 0;
    for (let lag = 1; lag <= Math.min(order, step); lag++)
      psi[step] += coefficients[lag - 1] * psi[step - lag];
    sum += psi[step] ** 2;
    deviation[step] = sigma * Math.sqrt(sum);
  }
  return { mean: run(() => 0), deviation, samplePath: (normal) => run(() => sigma * normal()) };
}

/** Replaces each missing value by the model's one-step forecast, or by the mean where there are too few lags. */
function filled(values: Float64Array, { constant, coefficients }: AutoregressionFit): Float64Array {
  const result = values.slice();
  const sum = coefficients.reduce((total, coefficient) => total + coefficient, 0);
  const observed = values.filter((value) => !Number.isNaN(value));
  const average =
    observed.length > 0
      ? observed.reduce((total, value) => total + value, 0) / observed.length
      : constant / (1 - sum);
  for (let t = 0; t < result.length; t++) {
    if (!Number.isNaN(result[t])) continue;
    result[t] = average;
    if (t < coefficients.length) continue;
    result[t] = constant;
    for (let lag = 1; lag <= coefficients.length; lag++) result[t] += coefficients[lag - 1] * result[t - lag];
  }
  return result;
}

/** Forecasts y_t from its last values, by least squares. */
export function autoregression(options: AutoregressionOptions = {}): Forecaster {
  return new Forecaster(new Autoregression(options));
}
