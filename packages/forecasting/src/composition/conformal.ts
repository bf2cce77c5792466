import {
  ArgumentError,
  boolean,
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

/** How far ahead intervals reach, and whose errors set their width. */
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
  /** Whether the errors are in units of each series' {@link stepSize}. Default false. */
  readonly relative?: boolean | undefined;
}

const savedChecks: OptionChecks<SavedConformal> = {
  ...checks,
  scores: required(list(list(number({ from: 0 })))),
  relative: boolean,
};

/** What calibrates intervals. */
interface Scores {
  /** Absolute errors of one step and variable, in increasing order. */
  readonly errors: readonly Float64Array[]; // [H * D][origins]
  /** Whether they are in units of each series' {@link stepSize}: so those of several series stand together. */
  readonly relative: boolean;
}

/** How far a variable moves from one step to the next, on average; 1 where it does not move. [D] */
function stepSizes({ values, width }: TimeSeries): number[] {
  return Array.from({ length: width }, (_, column) => {
    let [sum, count] = [0, 0];
    for (let i = column + width; i < values.length; i += width) {
      const step = Math.abs(values[i] - values[i - width]);
      if (Number.isNaN(step)) continue;
      sum += step;
      count++;
    }
    return sum > 0 ? sum / count : 1;
  });
}

/** One forecast and what came, with what errors are measured in, [D]. */
interface Outcome {
  readonly mean: Float64Array;
  readonly actual: Float64Array;
  readonly units: readonly number[];
}

function scoresOf(outcomes: readonly Outcome[], relative: boolean): Scores {
  const cells = outcomes[0]?.actual.length ?? 0;
  const errors = Array.from({ length: cells }, (_, cell) =>
    Float64Array.from(
      outcomes,
      ({ actual, mean, units }) => Math.abs(actual[cell] - mean[cell]) / units[cell % units.length],
    )
      // A missing value is no error.
      .filter((error) => !Number.isNaN(error))
      .sort(),
  );
  return { errors, relative };
}

/**
 * Intervals for any model, from its own errors (split conformal prediction, Vovk et al. 2005; Lei et al. 2018).
 *
 * The model is first fitted without the end of the training data, and forecasts that end from rolling origins. Then it is fitted
 * on everything. At each step, the interval of coverage c reaches as far to either side as the ceil((n + 1) c)-th smallest of the
 * n absolute errors at that step. Over several series, errors are in units of how far each moves in a step. It covers at least c if future
 * errors are like those. For time series that holds only roughly, so measure the coverage with a backtest.
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

  /** What the intervals are of. */
  get inner(): Method {
    return this.#inner;
  }

  /** How many steps ahead they reach. */
  get horizon(): number {
    return this.#options.horizon;
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
    const relative = training.length > 1;
    const outcomes = places.map(({ series, origin }, i) => ({
      mean: forecasts[i].mean,
      actual: series.slice(origin, origin + horizon).values,
      units: unitsOf(contexts[i], relative),
    }));
    this.#scores = scoresOf(outcomes, relative);
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
    return forecasts.map((forecast, i) => ({
      ...forecast,
      quantiles: quantilesAround(forecast.mean, scores, {
        levels,
        units: unitsOf(contexts[i], scores.relative),
      }),
    }));
  }

  save(): SavedMethod {
    const { errors, relative } = this.#requireScores('save');
    const scores = errors.map((list) => [...list]);
    const config = { ...this.#options, scores, ...(relative && { relative }) };
    return { kind: 'conformal', config, members: [this.#inner.save()] };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, inner: Method): Conformal {
    checkOptions<SavedConformal>(config, savedChecks);
    const { scores, relative = false, ...options } = config;
    const errors = scores.map((list) => Float64Array.from(list));
    return Conformal.of(inner, options, { errors, relative });
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
 * Adds quantiles at `levels` to a forecast, as wide as a backtest's errors at each step, as {@link conformal} does. The backtest is one of
 * the forecast's own series: errors are in its units.
 * @throws ArgumentError when the forecast reaches further ahead than the backtest did
 */
export function calibratedForecast(forecast: Forecast, test: Backtest, levels: readonly number[]): Forecast {
  if (forecast.horizon > test.horizon) {
    throw new ArgumentError('horizon', `at most ${test.horizon}, the backtest's`, forecast.horizon);
  }
  const units = new Array<number>(forecast.variables.length).fill(1);
  const scores = sortedErrors.get(test) ?? scoresOfTest(test);
  sortedErrors.set(test, scores);
  return { ...forecast, quantiles: quantilesAround(forecast.mean, scores, { levels, units }) };
}

/** Of each backtest, its errors in order: sorted once, however many forecasts have intervals as wide as they are. */
const sortedErrors = new WeakMap<Backtest, Scores>();

/**
 * A fitted model with intervals as wide as a backtest's errors were at each step, up to the backtest's horizon. It is saved with them.
 * The model itself stays as it is.
 */
export function calibrated(model: Forecaster, test: Backtest): Forecaster {
  forecasterCheck('model', model);
  const scores = scoresOfTest(test, model.series);
  const origins = new Set(test.records.map(({ origin }) => origin)).size;
  const { horizon, stride } = test;
  return new Forecaster(Conformal.of(model.method, { horizon, stride, origins }, scores), model.series);
}

/** What {@link calibrationOf} finds. */
export interface Calibration {
  /** The model without the intervals. */
  readonly model: Forecaster;
  /** How many steps ahead the intervals reach. */
  readonly horizon: number;
}

/** The model whose errors calibrate the intervals of a fitted {@link conformal} or {@link calibrated} one; undefined for any other model. */
export function calibrationOf(model: Forecaster): Calibration | undefined {
  forecasterCheck('model', model);
  const { method } = model;
  if (!(method instanceof Conformal)) return undefined;
  return { model: new Forecaster(method.inner, model.series), horizon: method.horizon };
}

/** @param all the series of the backtest, which give its errors their units where there are several. Default: one series */
function scoresOfTest({ records, scales }: Backtest, all: readonly TimeSeries[] = []): Scores {
  const relative = all.length > 1 && scales.length > 1;
  const outcomes = records.map(({ series, origin, actual, forecast: { mean, variables } }) => ({
    ...{ mean, actual },
    units: relative ? stepSizes(all[series].slice(0, origin)) : new Array<number>(variables.length).fill(1),
  }));
  return scoresOf(outcomes, relative);
}

function unitsOf(context: TimeSeries, relative: boolean): number[] {
  return relative ? stepSizes(context) : new Array<number>(context.width).fill(1);
}

function quantilesAround(
  mean: Float64Array,
  { errors }: Scores,
  { levels, units }: { readonly levels: readonly number[]; readonly units: readonly number[] },
): ForecastQuantile[] {
  return levels.map((level) => ({
    level,
    values: mean.map(
      (value, cell) =>
        value + Math.sign(level - 0.5) * units[cell % units.length] * reach(errors[cell], level),
    ),
  }));
}

/** Far below what one error more or less makes of a rank. */
const rounding = 1e-9;

/**
 * How many errors it takes to calibrate an interval: with fewer, split conformal prediction gives it no bound. 9 for 0.9.
 * @param coverage in [0, 1)
 */
export function errorsNeeded(coverage: number): number {
  return Math.ceil(coverage / (1 - coverage) - rounding);
}

/** How far the central interval bounded by `level` reaches to either side; infinity with too few errors for its coverage. */
function reach(scores: Float64Array, level: number): number {
  const coverage = Math.abs(2 * level - 1);
  if (coverage === 0) return 0;
  const rank = Math.ceil((scores.length + 1) * coverage - rounding);
  return rank > scores.length ? Number.POSITIVE_INFINITY : scores[rank - 1];
}

/** Gives `model` intervals, calibrated on its own errors. */
export function conformal(model: Forecaster, options: ConformalOptions): Forecaster {
  forecasterCheck('model', model);
  return new Forecaster(new Conformal(model.method, options));
}
