import { SeriesTooShortError } from '@throughtime/datasets';
import {
  ArgumentError,
  type Check,
  checkOptions,
  inWords,
  list,
  number,
  type OptionChecks,
  whole,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { HorizonBeyondCovariatesError, NotFittedError } from '../errors.js';
import { type TimeSeries, timeSeriesCheck } from '../series/time-series.js';
import { isNumbers, type SeriesLike, toTimeSeries } from '../series/to-time-series.js';
import { dated, type Forecast } from './forecast.js';
import { type ForecasterFitOptions, forecasterFitChecks, type Method } from './method.js';

/** What a forecast contains beside its mean. */
export interface PredictOptions {
  /** Forecast what follows this series instead of the one last seen. Nothing is learned from it. */
  readonly context?: TimeSeries | undefined;
  /** Quantile levels, each between 0 and 1. Default: none. */
  readonly levels?: readonly number[] | undefined;
  /** How many futures to sample. Needs `random`. Default: 0. */
  readonly paths?: number | undefined;
  /** The source of randomness of sampled paths. */
  readonly random?: Random | undefined;
}

const predictChecks: OptionChecks<PredictOptions> = {
  context: timeSeriesCheck,
  levels: list(number({ above: 0, below: 1 })),
  paths: whole({ from: 0 }),
  random: randomSource,
};

/** The check of an argument that must be a {@link Forecaster}. */
export const forecasterCheck: Check<Forecaster> = withMethods<Forecaster>('a Forecaster, such as naive()', [
  'fit',
  'predict',
]);

/**
 * A model and the series that it continues: `fit` it, `predict` what follows, `update` it with the values that came. The interface
 * is the same for every model, from naive to recurrent.
 */
export class Forecaster {
  /** What forecasts. */
  readonly method: Method;
  #series: readonly TimeSeries[] | undefined;

  /** @param series the series that a fitted model continues. Default: none, the model is yet to be fitted */
  constructor(method: Method, series?: readonly TimeSeries[]) {
    this.method = method;
    this.#series = series;
  }

  /** The method's name, such as 'ets(ANN)', for messages and tables. */
  get name(): string {
    return this.method.name;
  }

  /** The series that the model was fitted on, and the values that `update` added. */
  get series(): readonly TimeSeries[] {
    return this.#fitted('series');
  }

  /**
   * Learns from one or many series; one model learns from all of them together. A series of `@throughtime/datasets` is taken as
   * `fromDataset` takes it, and a list of numbers is the values of one variable.
   * @throws SeriesTooShortError, NothingObservedError and whatever the model cannot work with
   */
  async fit(series: SeriesLike | readonly SeriesLike[], options: ForecasterFitOptions = {}): Promise<this> {
    const training = seriesList(series);
    checkOptions<ForecasterFitOptions>(options, forecasterFitChecks);
    for (const one of training) requireLength(this.method, one, 'fit');
    await this.method.fit(training, options);
    this.#series = training;
    return this;
  }

  /**
   * Forecasts the `horizon` steps after the end of the (first) series.
   * @throws NotFittedError, HorizonBeyondCovariatesError, NoDistributionError, ArgumentError
   */
  async predict(horizon: number, options: PredictOptions = {}): Promise<Forecast> {
    const [first] = this.#fitted('predict');
    checkOptions<PredictOptions>(options, predictChecks);
    return (await this.#forecast([options.context ?? first], horizon, options))[0];
  }

  /** As {@link predict}, for every series fitted on, as one batch. */
  async predictAll(horizon: number, options: PredictOptions = {}): Promise<Forecast[]> {
    const series = this.#fitted('predictAll');
    checkOptions<PredictOptions>(options, predictChecks);
    return this.#forecast(series, horizon, options);
  }

  /** As {@link predict}, for the ends of any series, as one batch: what a backtest uses. */
  async predictAfter(
    contexts: readonly TimeSeries[],
    horizon: number,
    options: PredictOptions = {},
  ): Promise<Forecast[]> {
    this.#fitted('predictAfter');
    checkOptions<PredictOptions>(options, predictChecks);
    return this.#forecast(contexts, horizon, options);
  }

  /**
   * Appends `observations` to the series numbered `index`. The fitted parameters stay the same.
   * @throws ArgumentError when their time stamps do not follow: a gap, an overlap, another frequency
   */
  update(observations: TimeSeries, index = 0): void {
    const series = [...this.#fitted('update')];
    timeSeriesCheck('observations', observations);
    whole({ from: 0, to: series.length - 1 })('index', index);
    series[index] = series[index].append(observations);
    this.#series = series;
  }

  #fitted(call: string): readonly TimeSeries[] {
    if (this.#series === undefined) throw new NotFittedError(this.name, call);
    return this.#series;
  }

  async #forecast(
    contexts: readonly TimeSeries[],
    horizon: number,
    { levels = [], paths = 0, random }: PredictOptions,
  ): Promise<Forecast[]> {
    whole({ from: 1 })('horizon', horizon);
    if (paths > 0) randomSource('random', random);
    for (const context of contexts) {
      requireLength(this.method, context, 'forecast');
      if (context.known !== undefined && context.knownAhead < horizon) {
        throw new HorizonBeyondCovariatesError(context.name, horizon, context.knownAhead);
      }
    }
    const forecasts = await this.method.forecast(contexts, {
      horizon,
      levels,
      paths: paths > 0 && random !== undefined ? { count: paths, random } : undefined,
    });
    return forecasts.map((forecast, i) => dated(forecast, contexts[i]));
  }
}

/** A list of series, also where a single one is given. @throws ArgumentError for anything else, and for none */
export function seriesList(series: SeriesLike | readonly SeriesLike[]): readonly TimeSeries[] {
  if (isNumbers(series) || !Array.isArray(series)) return [toTimeSeries('series', series as SeriesLike)];
  if (series.length === 0) throw new ArgumentError('series', 'at least one', inWords('none'));
  return series.map((one, i) => toTimeSeries(`series[${i}]`, one));
}

function requireLength(method: Method, series: TimeSeries, use: 'fit' | 'forecast'): void {
  const { length, reason } = method.requires(use);
  if (series.length < length) {
    throw new SeriesTooShortError(series.name, length, `${method.name}: ${reason}`, series.length);
  }
}
