import {
  ArgumentError,
  anything,
  checkOptions,
  either,
  exactly,
  list,
  number,
  type OptionChecks,
  record,
  required,
  text,
  whole,
} from '@throughtime/errors';
import { Random, randomSource } from '@throughtime/random';
import { NotFittedError, NotPositiveError } from '../errors.js';
import { type ColumnFit, continues, firstValuesOf, fitColumns, fitsOf } from '../methods/column-fits.js';
import { type Forecast, type ForecastRequest, forecastFromPaths } from '../methods/forecast.js';
import { Forecaster } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { normalQuantile } from '../numeric/distributions.js';
import { columnValues, learnableSeason, type TimeSeries } from '../series/time-series.js';
import { type EtsFit, unitsOf } from './estimation.js';
import { selectEts } from './selection.js';
import { type EtsState, Smoother, type SmoothingParameters, smooth } from './smoothing.js';
import {
  candidates,
  type EtsSpecification,
  etsSpecificationChecks,
  formatEts,
  parseEts,
} from './specification.js';
import { startingState } from './starting-state.js';
import { varianceFactors } from './steps-ahead.js';

/** Which model, its season, and what quantiles are drawn from. */
export interface EtsOptions {
  /** Which model, as 'MAM' or 'AAdN', or 'auto' (default): the one of least AICc, unless errors up to `steps` ahead speak against it. */
  readonly model?: string | undefined;
  /** Steps of a season. Default: the series' own, where its values show it twice; otherwise 1, none. */
  readonly period?: number | undefined;
  /**
   * Steps ahead that count. 1: by maximum likelihood and AICc, which look one step ahead. With more, a named model is fitted by the mean
   * squared error of forecasts 1 to `steps` ahead (AMSE, Hyndman et al. 2002). Where 'auto' chooses, these errors must give clear evidence
   * against the likeliest model. Short series and those that wander give none.
   *
   * Default: where 'auto' chooses the model of a series with a season, that season, but at most 168; otherwise 1. Where a series follows
   * none of the models, as hourly loads do not, what is likeliest one step ahead errs far ahead: errors over a season tell whether the
   * season was learned. A model that is named is the textbook's, of maximum likelihood.
   */
  readonly steps?: number | undefined;
  /** Draws the futures from which quantiles are read. Default: a fixed seed, so that a forecast can be repeated. */
  readonly random?: Random | undefined;
}

const checks: OptionChecks<EtsOptions> = {
  model: text,
  period: whole({ from: 1 }),
  steps: whole({ from: 1 }),
  random: randomSource,
};

/** One variable's fit. */
interface SmoothingFit extends EtsFit, ColumnFit {
  /** Where additive models are computed from, so that they lose no digits far from zero; 0 for multiplicative ones. */
  readonly center: number;
}

interface SavedFit extends Omit<EtsFit, 'start'> {
  /** Missing in models saved before there was one. */
  readonly center?: number;
  readonly start: Omit<EtsState, 'season'> & { readonly season: readonly number[] };
  readonly firstValues: readonly (number | null)[];
}

interface SavedSmoothing {
  readonly options: Omit<EtsOptions, 'random'>;
  readonly random: readonly number[];
  readonly fits: readonly SavedFit[];
}

const { random: _random, ...plainChecks } = checks;
const needed = required(number());

const savedChecks: OptionChecks<SavedSmoothing> = {
  options: required(record<SavedSmoothing['options']>(plainChecks)),
  random: required(list(whole())),
  fits: required(
    list(
      record<SavedFit>({
        specification: required(record<EtsSpecification>(etsSpecificationChecks)),
        parameters: required(
          record<SmoothingParameters>({ alpha: needed, beta: needed, gamma: needed, phi: needed }),
        ),
        start: required(
          record<SavedFit['start']>({ level: needed, trend: needed, season: required(list(number())) }),
        ),
        sigma: required(number({ from: 0 })),
        center: number(),
        // JSON has neither NaN nor infinities: null stands for them.
        logLikelihood: required(anything),
        aicc: required(anything),
        firstValues: required(list(either(number(), exactly(null)))),
      }),
      { length: { from: 1 } },
    ),
  ),
};

/** Sampled futures behind a quantile: its standard error at 0.05 is then about 0.007. */
const pathsForQuantiles = 1000;

/**
 * Exponential smoothing as a state space model (Hyndman, Koehler, Ord and Snyder 2008), one model per series and variable. Intervals
 * of additive models are exact, by their formula. Those of the others, which have none, are read from simulated futures.
 */
export class ExponentialSmoothing implements Method {
  readonly #options: EtsOptions;
  readonly #random: Random;
  #fits: readonly SmoothingFit[] | undefined; // [series * D]

  constructor(options: EtsOptions = {}) {
    checkOptions<EtsOptions>(options, checks);
    const { model = 'auto', period, steps, random = Random.seeded(0) } = options;
    if (model !== 'auto' && parseEts(model).seasonal !== 'none' && period === 1) {
      throw new ArgumentError('period', `a season of at least 2 steps for '${model}'`, period);
    }
    this.#options = {
      model,
      ...(period !== undefined && { period }),
      ...(steps !== undefined && { steps }),
    };
    this.#random = random;
  }

  get name(): string {
    const chosen = this.#fits?.map(({ specification }) => formatEts(specification));
    const names = chosen && (chosen.length > mostNamed ? 'auto' : chosen.join('/'));
    return `ets(${this.#options.model === 'auto' ? (names ?? 'auto') : this.#options.model})`;
  }

  /** What was learned, one entry per variable, series by series. */
  get fits(): readonly EtsFit[] {
    if (this.#fits === undefined) throw new NotFittedError('ets', 'fits');
    return this.#fits;
  }

  requires(): { length: number; reason: string } {
    const { period = 1 } = this.#options;
    return period > 1
      ? { length: 2 * period + 5, reason: `two seasons of ${period}, and a few more` }
      : { length: 6, reason: 'a level and a trend to estimate' };
  }

  async fit(training: readonly TimeSeries[], { signal }: ForecasterFitOptions = {}): Promise<void> {
    this.#fits = await fitColumns(training, (series, column) => this.#fitColumn(series, column, signal));
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    if (this.#fits === undefined) throw new NotFittedError(this.name, 'forecast');
    const fits = this.#fits;
    return contexts.map((context) => this.#forecastOne(context, fitsOf(fits, context), request));
  }

  save(): SavedMethod {
    const fits = this.fits.map((fit) => ({ ...fit, start: { ...fit.start, season: [...fit.start.season] } }));
    return { kind: 'ets', config: { options: this.#options, random: this.#random.state(), fits } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): ExponentialSmoothing {
    checkOptions<SavedSmoothing>(config, savedChecks);
    const random = Random.fromState(config.random);
    const method = new ExponentialSmoothing({ ...config.options, random });
    method.#fits = config.fits.map((fit) => ({
      ...fit,
      center: fit.center ?? 0,
      firstValues: fit.firstValues.map((value) => value ?? Number.NaN),
      start: { ...fit.start, season: Float64Array.from(fit.start.season) },
    }));
    return method;
  }

  async #fitColumn(
    series: TimeSeries,
    column: number,
    signal: AbortSignal | undefined,
  ): Promise<SmoothingFit> {
    const { model = 'auto' } = this.#options;
    const { period = learnableSeason(series, series.length - moreThanSeasons) } = this.#options;
    const { steps = model === 'auto' ? Math.min(period, mostSteps) : 1 } = this.#options;
    const values = columnValues(series, column);
    const bad = values.findIndex((value) => value <= 0);
    if (bad >= 0 && model !== 'auto' && model.includes('M')) {
      const [variable, purpose] = [series.variables[column], `the multiplicative model ets(${model})`];
      throw new NotPositiveError(series.name, variable, purpose, bad, values[bad]);
    }
    if (model !== 'auto' && parseEts(model).seasonal !== 'none' && period === 1) {
      const hint = 'its own is unknown, or longer than half of its values';
      throw new ArgumentError('period', `a season of at least 2 steps for '${model}'`, undefined, { hint });
    }
    const known = values.filter((value) => !Number.isNaN(value));
    const isConstant = known.every((value) => value === known[0]);
    const tried =
      model !== 'auto'
        ? [parseEts(model)]
        : isConstant
          ? [parseEts('ANN')]
          : candidates({ period, positive: bad < 0 });
    const chosen = await selectEts(tried, values, { period, steps, signal });
    const { center } = unitsOf(chosen.specification, values);
    return { ...chosen, center, firstValues: firstValuesOf(values) };
  }

  #forecastOne(context: TimeSeries, fits: readonly SmoothingFit[], request: ForecastRequest): Forecast {
    const { horizon, levels } = request;
    const { variables, width } = context;
    const columns = fits.map((fit, column) => stepsAfter(fit, columnValues(context, column), horizon));
    const path = (normal: () => number) => {
      const future = new Float64Array(horizon * width);
      columns.forEach(({ fit, state }, column) => {
        const smoother = new Smoother(fit.specification, fit.parameters, state);
        for (let step = 0; step < horizon; step++) {
          const forecast = smoother.forecast();
          const relative = fit.specification.error === 'multiplicative';
          const value = forecast + fit.sigma * normal() * (relative ? forecast : 1);
          future[step * width + column] = fit.center + value;
          smoother.observe(value);
        }
      });
      return future;
    };
    const draw = (count: number, random: Random) =>
      Array.from({ length: count }, () => path(() => random.normal()));
    const mean = path(() => 0);
    const isExact = columns.map(({ deviation }) => deviation !== undefined);
    // Simulated quantiles only where some variable has no formula.
    const simulated = { ...request, levels: isExact.every(Boolean) ? [] : levels };
    const drawing = { enough: pathsForQuantiles, random: this.#random };
    const forecast = forecastFromPaths(simulated, { variables, mean }, draw, drawing);
    const quantiles = levels.map((level, i) => {
      const z = normalQuantile(level);
      const drawn = forecast.quantiles[i]?.values;
      const values = mean.map((center, cell) => {
        const { deviation } = columns[cell % width];
        return deviation === undefined ? drawn[cell] : center + z * deviation[Math.floor(cell / width)];
      });
      return { level, values };
    });
    return { ...forecast, quantiles };
  }
}

/** The most steps ahead that count by default, a week of hours: more, as of a day of minutes, would take minutes. */
const mostSteps = 168;

/** A model of more series than this is not named by the model of each. */
const mostNamed = 4;

/** What a seasonal model needs beyond two seasons. */
const moreThanSeasons = 5;

interface StepsAfter {
  readonly fit: SmoothingFit;
  /** After the last value, counted from the center. */
  readonly state: EtsState;
  /** Of the error at each step; undefined where there is no formula. */
  readonly deviation: Float64Array | undefined;
}

/** Starts from the estimated state if the context continues the training series, otherwise from a rough one. */
function stepsAfter(fit: SmoothingFit, raw: Float64Array, horizon: number): StepsAfter {
  const { specification, parameters, center, start } = fit;
  const values = raw.map((value) => value - center);
  const from = continues(fit, raw)
    ? { ...start, level: start.level - center }
    : startingState(specification, values, start.season.length);
  const { state } = smooth(specification, parameters, from, values);
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  const unseen = values.length - 1 - last;
  return { fit, state, deviation: deviations(fit, { horizon, unseen }) };
}

/**
 * The standard deviation of the error of an additive model h steps after its last value, by {@link varianceFactors}.
 * @param unseen missing values at the end, which are steps ahead as well
 */
function deviations(
  { specification, parameters, sigma, start }: EtsFit,
  { horizon, unseen }: { readonly horizon: number; readonly unseen: number },
): Float64Array | undefined {
  const { error, seasonal } = specification;
  if (error === 'multiplicative' || seasonal === 'multiplicative') return undefined;
  return varianceFactors(specification, parameters, start.season.length, unseen + horizon)
    .subarray(unseen)
    .map((factor) => sigma * Math.sqrt(factor));
}

/**
 * Exponential smoothing: level, trend and season each follow the data at their own pace.
 *
 * @example
 * ```ts
 * import { ets, TimeSeries } from '@throughtime/forecasting';
 * const sales = TimeSeries.of({ values: [112, 118, 132, 129, 121, 135, 148, 148, 136, 119] });
 * const model = await ets().fit(sales);
 * const { mean, quantiles } = await model.predict(3, { levels: [0.05, 0.95] });
 * ```
 */
export function ets(options: EtsOptions = {}): Forecaster {
  return new Forecaster(new ExponentialSmoothing(options));
}
