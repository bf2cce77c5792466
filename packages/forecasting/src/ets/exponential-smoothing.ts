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
import { eventLoopTurn } from '@throughtime/platform';
import { Random, randomSource } from '@throughtime/random';
import { NotFittedError, NotPositiveError } from '../errors.js';
import { type Forecast, type ForecastRequest, forecastFromPaths } from '../methods/forecast.js';
import { Forecaster } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { columnValues, type TimeSeries } from '../series/time-series.js';
import { type EtsFit, estimateEts } from './estimation.js';
import { type EtsState, Smoother, type SmoothingParameters, smooth } from './smoothing.js';
import {
  candidates,
  type EtsSpecification,
  etsSpecificationChecks,
  formatEts,
  parseEts,
} from './specification.js';
import { startingState } from './starting-state.js';

export interface EtsOptions {
  /** Which model, as 'MAM' or 'AAdN', or 'auto' (default): the one with the smallest AICc. */
  readonly model?: string | undefined;
  /** Steps of a season. Default 1: none. */
  readonly period?: number | undefined;
  /** Draws the futures from which quantiles are read. Default: a fixed seed, so that a forecast can be repeated. */
  readonly random?: Random | undefined;
}

const checks: OptionChecks<EtsOptions> = {
  model: text,
  period: whole({ from: 1 }),
  random: randomSource,
};

/** One variable's fit. Its first values tell whether a context continues the training series. */
interface ColumnFit extends EtsFit {
  readonly firstValues: readonly number[];
}

interface SavedFit extends Omit<EtsFit, 'start'> {
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
 * Exponential smoothing as a state space model (Hyndman, Koehler, Ord and Snyder 2008), one model per variable. Intervals are read
 * from simulated futures, as most of the family has no formula for them.
 */
export class ExponentialSmoothing implements Method {
  readonly #options: EtsOptions;
  readonly #random: Random;
  #fits: readonly ColumnFit[] | undefined;

  constructor(options: EtsOptions = {}) {
    checkOptions<EtsOptions>(options, checks);
    const { model = 'auto', period = 1, random = Random.seeded(0) } = options;
    if (model !== 'auto' && parseEts(model).seasonal !== 'none' && period === 1) {
      throw new ArgumentError('period', `a season of at least 2 steps for '${model}'`, period);
    }
    this.#options = { model, period };
    this.#random = random;
  }

  get name(): string {
    const chosen = this.#fits?.map(({ specification }) => formatEts(specification)).join('/');
    return `ets(${this.#options.model === 'auto' ? (chosen ?? 'auto') : this.#options.model})`;
  }

  /** What was learned, one entry per variable. */
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
    if (training.length !== 1) {
      throw new ArgumentError(
        'series',
        'one series (exponential smoothing learns nothing across series)',
        training.length,
      );
    }
    const [series] = training;
    series.assertVaries();
    const fits: ColumnFit[] = [];
    for (let column = 0; column < series.width; column++)
      fits.push(await this.#fitColumn(series, column, signal));
    this.#fits = fits;
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    if (this.#fits === undefined) throw new NotFittedError(this.name, 'forecast');
    const fits = this.#fits;
    return contexts.map((context) => this.#forecastOne(context, fits, request));
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
      firstValues: fit.firstValues.map((value) => value ?? Number.NaN),
      start: { ...fit.start, season: Float64Array.from(fit.start.season) },
    }));
    return method;
  }

  async #fitColumn(series: TimeSeries, column: number, signal: AbortSignal | undefined): Promise<ColumnFit> {
    const { model = 'auto', period = 1 } = this.#options;
    const values = columnValues(series, column);
    const bad = values.findIndex((value) => value <= 0);
    if (bad >= 0 && model !== 'auto' && model.includes('M')) {
      const [variable, purpose] = [series.variables[column], `the multiplicative model ets(${model})`];
      throw new NotPositiveError(series.name, variable, purpose, bad, values[bad]);
    }
    const tried = model === 'auto' ? candidates({ period, positive: bad < 0 }) : [parseEts(model)];
    const fits: EtsFit[] = [];
    const turn = eventLoopTurn();
    for (const specification of tried) {
      fits.push(estimateEts(specification, values, period));
      await turn();
      // The best of those tried so far is kept.
      if (signal?.aborted) break;
    }
    const best = fits.reduce((least, fit) => (fit.aicc < least.aicc ? fit : least));
    return { ...best, firstValues: [...values.subarray(0, 24)] };
  }

  #forecastOne(context: TimeSeries, fits: readonly ColumnFit[], request: ForecastRequest): Forecast {
    const { horizon } = request;
    const { variables, width } = context;
    const states = fits.map((fit, column) => this.#stateAfter(fit, columnValues(context, column)));
    const path = (normal: () => number) => {
      const future = new Float64Array(horizon * width);
      fits.forEach((fit, column) => {
        const smoother = new Smoother(fit.specification, fit.parameters, states[column]);
        for (let step = 0; step < horizon; step++) {
          const forecast = smoother.forecast();
          const relative = fit.specification.error === 'multiplicative';
          const value = forecast + fit.sigma * normal() * (relative ? forecast : 1);
          future[step * width + column] = value;
          smoother.observe(value);
        }
      });
      return future;
    };
    const draw = (count: number, random: Random) =>
      Array.from({ length: count }, () => path(() => random.normal()));
    const drawing = { enough: pathsForQuantiles, random: this.#random };
    return forecastFromPaths(request, { variables, mean: path(() => 0) }, draw, drawing);
  }

  /** Starts from the estimated state if the context continues the training series, otherwise from a rough one. */
  #stateAfter(fit: ColumnFit, values: Float64Array): EtsState {
    const continues = fit.firstValues.every((value, i) => Object.is(value, values[i]));
    const start = continues ? fit.start : startingState(fit.specification, values, this.#options.period ?? 1);
    return smooth(fit.specification, fit.parameters, start, values).state;
  }
}

/** Exponential smoothing: level, trend and season each follow the data at their own pace. */
export function ets(options: EtsOptions = {}): Forecaster {
  return new Forecaster(new ExponentialSmoothing(options));
}
