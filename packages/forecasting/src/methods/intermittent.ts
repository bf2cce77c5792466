import { checkOptions, number, type OptionChecks, oneOf, required } from '@throughtime/errors';
import { NegativeDemandError, NoDistributionError } from '../errors.js';
import { leastBetween } from '../numeric/least-between.js';
import { columnValues, type TimeSeries } from '../series/time-series.js';
import type { Forecast, ForecastRequest } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { Method, SavedMethod } from './method.js';

/** Which of Croston's methods forecasts. */
export interface CrostonOptions {
  /**
   * - 'classic': both averages move by 0.1 of each difference (Croston 1972)
   * - 'sba' (default): the same times 0.95, which takes out its bias (Syntetos and Boylan 2005)
   * - 'optimized': each average moves by the share from 0.1 to 0.3 of the least squared errors
   */
  readonly variant?: 'classic' | 'sba' | 'optimized' | undefined;
}

/** The smoothing of demand and of its probability (Teunter, Syntetos and Babai 2011). */
export interface TsbOptions {
  /** How quickly the size of a demand follows. Default 0.1. */
  readonly demand?: number | undefined;
  /** How quickly the probability of a demand follows. Default 0.1. */
  readonly probability?: number | undefined;
}

const variantCheck = oneOf(['classic', 'sba', 'optimized']);
const crostonChecks: OptionChecks<CrostonOptions> = { variant: variantCheck };
const share = number({ above: 0, to: 1 });
const tsbChecks: OptionChecks<TsbOptions> = { demand: share, probability: share };

/**
 * What both methods for intermittent demand have in common: values are 0 most of the time, the forecast is the mean demand of a step, and
 * it is the same at each step ahead. They say nothing of its distribution: `conformal` does.
 */
abstract class Intermittent implements Method {
  abstract readonly name: string;

  requires(): { length: number; reason: string } {
    return { length: 2, reason: 'a demand and what came before it' };
  }

  async fit(training: readonly TimeSeries[]): Promise<void> {
    for (const series of training) series.assertObserved();
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const { horizon, levels, paths } = request;
    if (levels.length > 0 || paths !== undefined) {
      throw new NoDistributionError(this.name, paths ? 'sampled paths' : 'quantiles');
    }
    return contexts.map((context) => {
      const { variables, width } = context;
      const means = variables.map((variable, column) => {
        const values = columnValues(context, column).filter((value) => !Number.isNaN(value));
        const bad = values.findIndex((value) => value < 0);
        if (bad >= 0) throw new NegativeDemandError(context.name, variable, this.name, values[bad]);
        return this.demand(values);
      });
      const mean = Float64Array.from({ length: horizon * width }, (_, cell) => means[cell % width]);
      return { horizon, variables, mean, quantiles: [] };
    });
  }

  abstract save(): SavedMethod;

  /** The mean demand of a step. @param values observed ones, none negative */
  protected abstract demand(values: Float64Array): number;
}

export class Croston extends Intermittent {
  readonly #variant: NonNullable<CrostonOptions['variant']>;

  constructor(options: CrostonOptions = {}) {
    super();
    checkOptions<CrostonOptions>(options, crostonChecks);
    this.#variant = options.variant ?? 'sba';
  }

  get name(): string {
    return `croston(${this.#variant})`;
  }

  save(): SavedMethod {
    return { kind: 'croston', config: { variant: this.#variant } };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): Croston {
    checkOptions<Required<CrostonOptions>>(config, { variant: required(variantCheck) });
    return new Croston(config);
  }

  protected demand(values: Float64Array): number {
    const places = Array.from(values.keys()).filter((t) => values[t] > 0);
    if (places.length === 0) return 0;
    const sizes = Float64Array.from(places, (t) => values[t]);
    const gaps = Float64Array.from(places, (t, i) => (i === 0 ? t + 1 : t - places[i - 1]));
    if (this.#variant === 'optimized') return smoothedBest(sizes) / smoothedBest(gaps);
    return ((this.#variant === 'sba' ? 0.95 : 1) * smoothed(sizes, 0.1).next) / smoothed(gaps, 0.1).next;
  }
}

/** The probability of a demand moves at every step, so that what is no longer asked for fades (Teunter, Syntetos and Babai 2011). */
export class Tsb extends Intermittent {
  readonly name = 'tsb';
  readonly #options: Required<{ [K in keyof TsbOptions]: number }>;

  constructor(options: TsbOptions = {}) {
    super();
    checkOptions<TsbOptions>(options, tsbChecks);
    const { demand = 0.1, probability = 0.1 } = options;
    this.#options = { demand, probability };
  }

  save(): SavedMethod {
    return { kind: 'tsb', config: this.#options };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod): Tsb {
    checkOptions<TsbOptions>(config, tsbChecks);
    return new Tsb(config);
  }

  protected demand(values: Float64Array): number {
    const sizes = values.filter((value) => value > 0);
    if (sizes.length === 0) return 0;
    const happened = values.map((value) => (value > 0 ? 1 : 0));
    return smoothed(happened, this.#options.probability).next * smoothed(sizes, this.#options.demand).next;
  }
}

/** Simple exponential smoothing that begins at the first value: what comes next, and the squared errors on the way. */
function smoothed(values: Float64Array, alpha: number): { readonly next: number; readonly squares: number } {
  let [next, squares] = [values[0], 0];
  for (let t = 1; t < values.length; t++) {
    const error = values[t] - next;
    squares += error * error;
    next += alpha * error;
  }
  return { next, squares };
}

function smoothedBest(values: Float64Array): number {
  const alpha = leastBetween((share) => smoothed(values, share).squares, { low: 0.1, high: 0.3 });
  return smoothed(values, alpha).next;
}

/** Intermittent demand by Croston's method: the mean size of a demand over the mean time between two. */
export function croston(options: CrostonOptions = {}): Forecaster {
  return new Forecaster(new Croston(options));
}

/** Intermittent demand by the method of Teunter, Syntetos and Babai: the size of a demand times its probability. */
export function tsb(options: TsbOptions = {}): Forecaster {
  return new Forecaster(new Tsb(options));
}
