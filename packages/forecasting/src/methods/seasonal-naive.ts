import { SeriesTooShortError } from '@throughtime/datasets';
import { checkOptions, type OptionChecks, required, whole } from '@throughtime/errors';
import { NotFittedError } from '../errors.js';
import { columnValues, learnableSeason, type TimeSeries } from '../series/time-series.js';
import { type Forecast, type ForecastRequest, type GaussianSteps, gaussianForecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { Method, SavedMethod } from './method.js';

/** The season whose values are repeated. */
export interface SeasonalNaiveOptions {
  /** Steps of a season. Default: the series' own, where the training values show it twice; otherwise 1, none. */
  readonly period?: number | undefined;
}

interface SavedSeasonalNaive {
  readonly period: number;
}

const checks: OptionChecks<SeasonalNaiveOptions> = { period: whole({ from: 1 }) };
const savedChecks: OptionChecks<SavedSeasonalNaive> = { period: required(whole({ from: 1 })) };

/**
 * Forecasts the value of the same phase in the last season: y_(T+h) = y_(T+h-m k), the newest that is observed. There is nothing to
 * learn. The spread of the errors is that of the context's seasonal differences, and grows with the number of seasons ahead
 * (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.5).
 */
export class SeasonalNaive implements Method {
  readonly #options: SeasonalNaiveOptions;
  #period: number | undefined;

  constructor(options: SeasonalNaiveOptions = {}) {
    checkOptions<SeasonalNaiveOptions>(options, checks);
    this.#options = options;
    this.#period = options.period;
  }

  get name(): string {
    if (this.#period === undefined) return 'seasonal-naive';
    return this.#period === 1 ? 'naive' : `seasonal-naive(${this.#period})`;
  }

  requires(): { length: number; reason: string } {
    return { length: this.#period ?? 1, reason: 'one whole season' };
  }

  async fit([series]: readonly TimeSeries[]): Promise<void> {
    this.#period = this.#options.period ?? learnableSeason(series, series.length);
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    return contexts.map((context) =>
      gaussianForecast(context, request, (column) => this.#steps(context, column, request.horizon)),
    );
  }

  save(): SavedMethod {
    return { kind: 'seasonal-naive', config: { period: this.#requirePeriod('save') } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): SeasonalNaive {
    checkOptions<SavedSeasonalNaive>(config, savedChecks);
    return new SeasonalNaive(config);
  }

  #requirePeriod(call: string): number {
    if (this.#period === undefined) throw new NotFittedError(this.name, call);
    return this.#period;
  }

  #steps(context: TimeSeries, column: number, horizon: number): GaussianSteps {
    const period = this.#requirePeriod('forecast');
    const values = columnValues(context, column);
    const last = Array.from({ length: period }, (_, phase) => {
      let at = values.length - period + phase;
      while (at >= 0 && Number.isNaN(values[at])) at -= period;
      if (at < 0) {
        const reason = `${this.name}: a value observed in each phase of the season of '${context.variables[column]}'`;
        throw new SeriesTooShortError(context.name, context.length + period, reason, context.length);
      }
      return values[at];
    });
    const sigma = differenceSpread(values, period);
    return {
      mean: Float64Array.from({ length: horizon }, (_, step) => last[step % period]),
      deviation: Float64Array.from(
        { length: horizon },
        (_, step) => sigma * Math.sqrt(Math.floor(step / period) + 1),
      ),
      samplePath(normal) {
        const path = new Float64Array(horizon);
        for (let step = 0; step < horizon; step++) {
          const before = step < period ? last[step] : path[step - period];
          path[step] = before + sigma * normal();
        }
        return path;
      },
    };
  }
}

/** Root mean square of the seasonal differences; 0 where no two values are a season apart. */
function differenceSpread(values: Float64Array, period: number): number {
  let sum = 0;
  let count = 0;
  for (let t = period; t < values.length; t++) {
    const difference = values[t] - values[t - period];
    if (Number.isNaN(difference)) continue;
    sum += difference * difference;
    count++;
  }
  return count === 0 ? 0 : Math.sqrt(sum / count);
}

/** Repeats the last season. A model of a seasonal series has to beat it. */
export function seasonalNaive(options: SeasonalNaiveOptions = {}): Forecaster {
  return new Forecaster(new SeasonalNaive(options));
}

/** Repeats the last value: the best forecast of a random walk. */
export function naive(): Forecaster {
  return new Forecaster(new SeasonalNaive({ period: 1 }));
}
