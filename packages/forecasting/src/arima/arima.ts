import {
  ArgumentError,
  anything,
  boolean,
  check,
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
import { eventLoopTurn } from '@throughtime/platform';
import { NotFittedError } from '../errors.js';
import { type ColumnFit, firstValuesOf, fitColumns, fitsOf } from '../methods/column-fits.js';
import {
  type Forecast,
  type ForecastRequest,
  type GaussianSteps,
  gaussianForecast,
} from '../methods/forecast.js';
import { Forecaster } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { columnValues, interpolated, learnableSeason, type TimeSeries } from '../series/time-series.js';
import { impulseResponse, stepState } from './arma.js';
import { type ArimaFit, armaOf, errorsOf, estimateArima } from './estimation.js';
import {
  type ArimaOrder,
  arimaOrderChecks,
  differenced,
  differenceWeights,
  formatOrder,
  lostBy,
} from './order.js';
import { searchArima } from './search.js';

/** The order, or the bounds of the search for one. */
export interface ArimaOptions {
  /** [p, d, q]: autoregressive terms, differences, moving average terms. Or 'auto' (default): all by tests and the least AICc. */
  readonly order?: readonly [number, number, number] | 'auto' | undefined;
  /** [P, D, Q]: the same in steps of a season. Default: [0, 0, 0]. Only beside an `order` of numbers. */
  readonly seasonal?: readonly [number, number, number] | undefined;
  /** Whether there is a mean, or after one difference a drift. Default: a mean where nothing is differenced. Only beside an `order` of numbers. */
  readonly constant?: boolean | undefined;
  /** Steps of a season. Default: the series' own, where its values show it twice; otherwise 1, none. */
  readonly period?: number | undefined;
}

const terms = check<readonly [number, number, number]>(
  'three whole numbers from 0 to 100',
  (value) =>
    Array.isArray(value) &&
    value.length === 3 &&
    value.every((count) => Number.isInteger(count) && count >= 0 && count <= 100),
);

const checks: OptionChecks<ArimaOptions> = {
  order: either(terms, exactly('auto')),
  seasonal: terms,
  constant: boolean,
  period: whole({ from: 1 }),
};

interface ArimaColumn extends ArimaFit, ColumnFit {}

interface SavedFit extends Omit<ArimaFit, 'logLikelihood' | 'aicc'> {
  /** JSON has no infinities: null stands for them. */
  readonly logLikelihood: unknown;
  readonly aicc: unknown;
  readonly firstValues: readonly (number | null)[];
}

interface SavedArima {
  readonly options: ArimaOptions;
  readonly fits: readonly SavedFit[];
}

const weights = required(list(number()));

const savedChecks: OptionChecks<SavedArima> = {
  options: required(record<ArimaOptions>(checks)),
  fits: required(
    list(
      record<SavedFit>({
        order: required(record<ArimaOrder>(arimaOrderChecks)),
        ...{ ar: weights, seasonalAr: weights, ma: weights, seasonalMa: weights },
        mean: required(number()),
        sigma: required(number({ from: 0 })),
        logLikelihood: required(anything),
        aicc: required(anything),
        firstValues: required(list(either(number(), exactly(null)))),
      }),
      { length: { from: 1 } },
    ),
  ),
};

/**
 * Autoregressive integrated moving averages with a season (Box and Jenkins), one model per series and variable, by exact maximum likelihood.
 * Missing values are filled along straight lines. Intervals are normal, of the impulse response.
 */
export class Arima implements Method {
  readonly #options: ArimaOptions;
  #fits: readonly ArimaColumn[] | undefined; // [series * D]

  constructor(options: ArimaOptions = {}) {
    checkOptions<ArimaOptions>(options, checks);
    const { order = 'auto', seasonal, constant, period } = options;
    if (order === 'auto') {
      for (const [name, value] of Object.entries({ seasonal, constant })) {
        if (value !== undefined)
          throw new ArgumentError(name, "none beside order 'auto', which finds it", value);
      }
    } else {
      if (seasonal?.some((count) => count > 0) && period === 1)
        throw new ArgumentError('period', 'a season of at least 2 steps for seasonal terms', period);
      if (constant && order[1] + (seasonal?.[1] ?? 0) > 1)
        throw new ArgumentError(
          'constant',
          'false with more than one difference: a drift that grows is no constant',
          constant,
        );
    }
    this.#options = options;
  }

  get name(): string {
    const { order = 'auto' } = this.#options;
    const chosen = this.#fits?.map((fit) => formatOrder(fit.order));
    if (chosen !== undefined && chosen.length === 1) return chosen[0];
    return order === 'auto' ? 'arima(auto)' : `arima(${order.join(',')})`;
  }

  /** What was learned, one entry per variable, series by series. */
  get fits(): readonly ArimaFit[] {
    return this.#requireFitted('fits');
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { order = 'auto', seasonal = [0, 0, 0], constant, period = 1 } = this.#options;
    if (use === 'forecast') {
      const longest = this.#fits?.reduce((most, fit) => Math.max(most, lostBy(fit.order)), 0) ?? 0;
      return { length: longest + 1, reason: 'its differences' };
    }
    if (order === 'auto') return { length: 5, reason: 'differences to test and an order to choose' };
    const lost = order[1] + seasonal[1] * period;
    const free = order[0] + order[2] + seasonal[0] + seasonal[2] + (constant ? 1 : 0);
    return { length: lost + free + 3, reason: `${free} terms after differencing` };
  }

  async fit(training: readonly TimeSeries[], { signal }: ForecasterFitOptions = {}): Promise<void> {
    this.#fits = await fitColumns(training, (series, column) => this.#fitColumn(series, column, signal));
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const fits = this.#requireFitted('forecast');
    for (const context of contexts) context.assertObserved();
    return contexts.map((context) => {
      const own = fitsOf(fits, context);
      return gaussianForecast(context, request, (column) =>
        arimaSteps(own[column], interpolated(columnValues(context, column)), request.horizon),
      );
    });
  }

  save(): SavedMethod {
    return { kind: 'arima', config: { options: this.#options, fits: this.#requireFitted('save') } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): Arima {
    checkOptions<SavedArima>(config, savedChecks);
    const method = new Arima(config.options);
    method.#fits = config.fits.map((fit) => {
      const { order, ar, ma, seasonalAr, seasonalMa } = fit;
      const counts = { p: ar, q: ma, P: seasonalAr, Q: seasonalMa };
      for (const [name, found] of Object.entries(counts)) {
        const expected = order[name as keyof typeof counts];
        if (found.length !== expected)
          throw new ArgumentError(`order.${name}`, `${found.length}, the weights there`, expected);
      }
      return {
        ...fit,
        logLikelihood: Number(fit.logLikelihood ?? Number.POSITIVE_INFINITY),
        aicc: Number(fit.aicc ?? Number.NEGATIVE_INFINITY),
        firstValues: fit.firstValues.map((value) => value ?? Number.NaN),
      };
    });
    return method;
  }

  async #fitColumn(
    series: TimeSeries,
    column: number,
    signal: AbortSignal | undefined,
  ): Promise<ArimaColumn> {
    const { order = 'auto', seasonal = [0, 0, 0] } = this.#options;
    const { period = learnableSeason(series, series.length) } = this.#options;
    const raw = columnValues(series, column);
    const values = interpolated(raw);
    const firstValues = firstValuesOf(raw);
    if (order === 'auto') {
      const turn = eventLoopTurn();
      const goOn = async () => {
        await turn();
        return !signal?.aborted;
      };
      return { ...(await searchArima(values, { period, goOn })), firstValues };
    }
    const [[p, d, q], [P, D, Q]] = [order, seasonal];
    const isSeasonal = P + D + Q > 0;
    if (isSeasonal && period === 1) {
      const hint = 'its own is unknown, or longer than half of its values';
      throw new ArgumentError('period', 'a season of at least 2 steps for seasonal terms', undefined, {
        hint,
      });
    }
    const { constant = d + D === 0 } = this.#options;
    return {
      ...estimateArima({ p, d, q, P, D, Q, period: isSeasonal ? period : 1, constant }, values),
      firstValues,
    };
  }

  #requireFitted(call: string): readonly ArimaColumn[] {
    if (this.#fits === undefined) throw new NotFittedError(this.name, call);
    return this.#fits;
  }
}

/** What follows a context. */
function arimaSteps(fit: ArimaFit, values: Float64Array, horizon: number): GaussianSteps {
  const { order, mean, sigma } = fit;
  const arma = armaOf(fit, order.period);
  // From the last value, so that no digit is lost far from zero: differences do not see it, a mean takes it along.
  const center = lostBy(order) > 0 ? values[values.length - 1] : mean;
  const near = values.map((value) => value - center);
  const rest = differenced(near, order).map((value) => value - (lostBy(order) > 0 ? mean : 0));
  const { state } = errorsOf(rest, arma, 'exact');
  const undo = differenceWeights(order);
  const level = lostBy(order) > 0 ? mean : 0;
  const run = (innovation: () => number) => {
    const ahead = state.slice();
    const path = new Float64Array(near.length + horizon);
    path.set(near);
    for (let t = near.length; t < path.length; t++) {
      let value = level + stepState(ahead, arma, innovation());
      for (let k = 0; k < undo.length; k++) value += undo[k] * path[t - 1 - k];
      path[t] = value;
    }
    return path.subarray(near.length).map((value) => value + center);
  };
  return {
    mean: run(() => 0),
    deviation: deviationsOf(),
    samplePath: (normal) => run(() => sigma * normal()),
  };

  /** Of the error at each step: the root of the sum of the squared impulse response of the values themselves. */
  function deviationsOf(): Float64Array {
    const response = impulseResponse(arma, horizon);
    const summed = new Float64Array(horizon);
    let squares = 0;
    return summed.map((_, t) => {
      let value = response[t];
      for (let k = 0; k < undo.length && k < t; k++) value += undo[k] * summed[t - 1 - k];
      summed[t] = value;
      squares += value * value;
      return sigma * Math.sqrt(squares);
    });
  }
}

/** Autoregressive integrated moving averages, by default of the order that the values ask for (auto.arima). */
export function arima(options: ArimaOptions = {}): Forecaster {
  return new Forecaster(new Arima(options));
}
