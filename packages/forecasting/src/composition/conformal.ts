import {
  ArgumentError,
  checkOptions,
  list,
  number,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { NoDistributionError, NotFittedError } from '../errors.js';
import type { Backtest } from '../evaluation/backtest.js';
import type { Forecast, ForecastQuantile, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import type { TimeSeries } from '../series/time-series.js';

export interface ConformalOptions {
  /** How many steps ahead intervals are needed. */
  readonly horizon: number;
  /**
   * Origins at the end of the training data whose errors set the width. Default 100: the 0.9 quantile of 100 errors covers
   * 0.9 give or take 0.03.
   */
  readonly origins?: number | undefined;
  /** Steps from one origin to the next. Default 1. A larger stride reaches further back at the same cost. */
  readonly stride?: number | undefined;
}

const checks: OptionChecks<ConformalOptions> = {
  horizon: required(whole({ from: 1 })),
  origins: whole({ from: 1 }),
  stride: whole({ from: 1 }),
};

interface SavedConformal extends ConformalOptions {
  readonly scores: readonly (readonly number[])[];
}

const savedChecks: OptionChecks<SavedConformal> = {
  ...checks,
  scores: required(list(list(number({ from: 0 })))),
};

/** Absolute errors of one step and variable, in increasing order. */
type Scores = readonly Float64Array[]; // [H * D][origins]

/**
 * Intervals for any model, from its own errors (split conformal prediction, Vovk et al. 2005; Lei et al. 2018).
 *
 * The model is first fitted without the end of the training data, and forecasts that end from rolling origins. Then it is fitted
 * on everything. At each step, the interval of coverage c reaches as far to either side as the ceil((n + 1) c)-th smallest of the
 * n absolute errors at that step. It covers at least c if future errors are like those. For time series that holds only roughly,
 * so measure the coverage with a backtest.
 */
export class Conformal implements Method {
  readonly #inner: Method;
  readonly #options: Required<{ [K in keyof ConformalOptions]: number }>;
  #scores: Scores | undefined;

  constructor(inner: Method, options: ConformalOptions) {
    checkOptions<ConformalOptions>(options, checks);
    const { horizon, origins = 100, stride = 1 } = options;
    this.#inner = inner;
    this.#options = { horizon, origins, stride };
  }

  get name(): string {
    return this.#inner.name;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { length, reason } = this.#inner.requires(use);
    if (use === 'forecast') return { length, reason };
    const held = this.#held();
    return { length: length + held, reason: `${reason}, before ${held} held out to calibrate intervals` };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const { horizon, origins, stride } = this.#options;
    const held = this.#held();
    await this.#inner.fit(
      training.map((series) => series.slice(0, series.length - held)),
      options,
    );
    const places = training.flatMap((series) =>
      Array.from({ length: origins }, (_, i) => ({ series, origin: series.length - held + i * stride })),
    );
    const contexts = places.map(({ series, origin }) => series.slice(0, origin));
    const forecasts = await this.#inner.forecast(contexts, { horizon, levels: [] });
    const scores = Array.from(forecasts[0].mean, (): number[] => []);
    places.forEach(({ series, origin }, i) => {
      const { values, observed } = series.slice(origin, origin + horizon);
      values.forEach((value, cell) => {
        if (observed[cell] === 1) scores[cell].push(Math.abs(value - forecasts[i].mean[cell]));
      });
    });
    this.#scores = scores.map((list) => Float64Array.from(list).sort());
    await this.#inner.fit(training, options);
  }

  async forecast(
    contexts: readonly TimeSeries[],
    { horizon, levels, paths }: ForecastRequest,
  ): Promise<Forecast[]> {
    const scores = this.#requireScores('forecast');
    if (paths !== undefined) throw new NoDistributionError(`conformal ${this.name}`, 'sampled paths');
    if (levels.length > 0 && horizon > this.#options.horizon) {
      throw new ArgumentError(
        'horizon',
        `at most ${this.#options.horizon}, which intervals were calibrated for`,
        horizon,
      );
    }
    const forecasts = await this.#inner.forecast(contexts, { horizon, levels: [] });
    return forecasts.map((forecast) => ({
      ...forecast,
      quantiles: quantilesAround(forecast.mean, scores, levels),
    }));
  }

  save(): SavedMethod {
    const scores = this.#requireScores('save').map((list) => [...list]);
    return { kind: 'conformal', config: { ...this.#options, scores }, members: [this.#inner.save()] };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, inner: Method): Conformal {
    checkOptions<SavedConformal>(config, savedChecks);
    const { scores, ...options } = config;
    return Conformal.of(
      inner,
      options,
      scores.map((list) => Float64Array.from(list)),
    );
  }

  /** A fitted model with the errors that its intervals are as wide as. */
  static of(inner: Method, options: ConformalOptions, scores: Scores): Conformal {
    const method = new Conformal(inner, options);
    method.#scores = scores;
    return method;
  }

  /** How many values at the end of a training series are held out for calibration. */
  #held(): number {
    const { horizon, origins, stride } = this.#options;
    return (origins - 1) * stride + horizon;
  }

  #requireScores(call: string): Scores {
    if (this.#scores === undefined) throw new NotFittedError(this.name, call);
    return this.#scores;
  }
}

/**
 * Adds quantiles at `levels` to a forecast, as wide as a backtest's errors at each step, as {@link conformal} does.
 * @throws ArgumentError when the forecast reaches further ahead than the backtest did
 */
export function calibratedForecast(forecast: Forecast, test: Backtest, levels: readonly number[]): Forecast {
  if (forecast.horizon > test.horizon) {
    throw new ArgumentError('horizon', `at most ${test.horizon}, the backtest's`, forecast.horizon);
  }
  return { ...forecast, quantiles: quantilesAround(forecast.mean, scoresOfTest(test), levels) };
}

/**
 * A fitted model with intervals as wide as a backtest's errors were at each step, up to the backtest's horizon. It is saved with them.
 * The model itself stays as it is.
 */
export function calibrated(model: Forecaster, test: Backtest): Forecaster {
  forecasterCheck('model', model);
  const scores = scoresOfTest(test);
  const origins = new Set(test.records.map(({ origin }) => origin)).size;
  const { horizon, stride } = test;
  return new Forecaster(Conformal.of(model.method, { horizon, stride, origins }, scores), model.series);
}

/** The absolute errors of each step and variable, in order, without those whose outcome is missing. */
function scoresOfTest({ records }: Backtest): Scores {
  return Array.from(records[0]?.actual ?? [], (_, cell) =>
    Float64Array.from(records, ({ actual, forecast: { mean } }) => Math.abs(actual[cell] - mean[cell]))
      .filter((error) => !Number.isNaN(error))
      .sort(),
  );
}

function quantilesAround(mean: Float64Array, scores: Scores, levels: readonly number[]): ForecastQuantile[] {
  return levels.map((level) => ({
    level,
    values: mean.map((value, cell) => value + Math.sign(level - 0.5) * reach(scores[cell], level)),
  }));
}

/** How far the central interval bounded by `level` reaches to either side; infinity with too few errors for its coverage. */
function reach(scores: Float64Array, level: number): number {
  const coverage = Math.abs(2 * level - 1);
  if (coverage === 0) return 0;
  const rank = Math.ceil((scores.length + 1) * coverage - 1e-9);
  return rank > scores.length ? Number.POSITIVE_INFINITY : scores[rank - 1];
}

/** Gives `model` intervals, calibrated on its own errors. */
export function conformal(model: Forecaster, options: ConformalOptions): Forecaster {
  forecasterCheck('model', model);
  return new Forecaster(new Conformal(model.method, options));
}
