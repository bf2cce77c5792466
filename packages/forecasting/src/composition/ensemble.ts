import {
  ArgumentError,
  anything,
  checkOptions,
  list,
  number,
  type OptionChecks,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';
import { NoDistributionError, NotFittedError } from '../errors.js';
import type { Forecast, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { meanAbsoluteError, seasonalScale } from '../metrics/point-metrics.js';
import { mean, sortedQuantile } from '../numeric/statistics.js';
import { columnValues, learnableSeason, type TimeSeries } from '../series/time-series.js';

export interface EnsembleOptions {
  readonly members: readonly Forecaster[];
  /**
   * How forecasts are combined, value by value: 'mean' (default), 'median', which a single outlier cannot move, or 'weighted': a mean in
   * which the members count by how well they forecast the last horizon of the training data. They are fitted twice for that, first
   * without it.
   */
  readonly combine?: 'mean' | 'median' | 'weighted' | undefined;
  /** Steps that the members are judged by. Needed for 'weighted', and only there. */
  readonly horizon?: number | undefined;
}

const combineCheck = oneOf(['mean', 'median', 'weighted']);

const checks: OptionChecks<EnsembleOptions> = {
  members: required(list(forecasterCheck, { length: { from: 1 } })),
  combine: combineCheck,
  horizon: whole({ from: 1 }),
};

type Combination = 'mean' | 'median' | 'weighted';

interface SavedEnsemble {
  readonly combine: Combination;
  readonly horizon?: number;
  readonly weights?: readonly number[];
  readonly members: readonly Method[];
}

const savedChecks: OptionChecks<SavedEnsemble> = {
  combine: required(combineCheck),
  horizon: whole({ from: 1 }),
  weights: list(number({ from: 0 }), { length: { from: 1 } }),
  members: required(list(anything, { length: { from: 1 } })),
};

/**
 * Several models, each fitted on its own. Their forecasts are combined, so that errors that differ cancel. Quantiles are
 * combined level by level, which keeps their shape. There are no sampled paths.
 */
export class Ensemble implements Method {
  readonly #members: readonly Method[];
  readonly #combine: Combination;
  readonly #horizon: number | undefined;
  /** What each member counts; together 1. Only where they are weighted. */
  #weights: readonly number[] | undefined;

  /**
   * @param members at least one
   * @throws ArgumentError
   */
  constructor(members: readonly Method[], combine: Combination = 'mean', horizon?: number) {
    if ((combine === 'weighted') !== (horizon !== undefined)) {
      const expected =
        combine === 'weighted'
          ? "a number of steps for combine 'weighted'"
          : "none without combine 'weighted'";
      throw new ArgumentError('horizon', expected, horizon);
    }
    this.#members = members;
    this.#combine = combine;
    this.#horizon = horizon;
  }

  /** What each member counts in a weighted ensemble; undefined in the others, and before `fit`. */
  get weights(): readonly number[] | undefined {
    return this.#weights;
  }

  get name(): string {
    return `${this.#combine} of ${this.#members.map(({ name }) => name).join(' + ')}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const all = this.#members.map((member) => ({ member, needs: member.requires(use) }));
    const { member, needs } = all.reduce((most, one) => (one.needs.length > most.needs.length ? one : most));
    const reason = `${member.name}: ${needs.reason}`;
    if (use === 'forecast' || this.#horizon === undefined) return { length: needs.length, reason };
    const held = this.#horizon;
    return {
      length: needs.length + held,
      reason: `${reason}, before ${held} held out to weigh the members by`,
    };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    if (this.#horizon !== undefined) this.#weights = await this.#weigh(training, this.#horizon, options);
    for (const member of this.#members) await member.fit(training, options);
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    if (request.paths !== undefined) throw new NoDistributionError(this.name, 'sampled paths');
    const all: Forecast[][] = [];
    for (const member of this.#members) all.push(await member.forecast(contexts, request));
    return contexts.map((_, i) => this.#combined(all.map((forecasts) => forecasts[i])));
  }

  save(): SavedMethod {
    return {
      kind: 'ensemble',
      config: {
        combine: this.#combine,
        ...(this.#horizon !== undefined && { horizon: this.#horizon, weights: this.#requireWeights('save') }),
      },
      members: this.#members.map((member) => member.save()),
    };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, members: readonly Method[]): Ensemble {
    const options = { ...config, members };
    checkOptions<SavedEnsemble>(options, savedChecks);
    const ensemble = new Ensemble(members, options.combine, options.horizon);
    if (options.horizon !== undefined && options.weights?.length !== members.length) {
      throw new ArgumentError('weights', `one for each of ${members.length} members`, options.weights);
    }
    ensemble.#weights = options.weights;
    return ensemble;
  }

  /**
   * Weights in inverse proportion to the squared scaled error over the last `horizon` values of the series, each series counting alike.
   * What cannot be scaled, because a series repeats itself, does not count.
   */
  async #weigh(
    training: readonly TimeSeries[],
    horizon: number,
    options: ForecasterFitOptions,
  ): Promise<number[]> {
    const pasts = training.map((series) => series.slice(0, series.length - horizon));
    const errors: number[] = [];
    for (const member of this.#members) {
      await member.fit(pasts, options);
      const forecasts = await member.forecast(pasts, { horizon, levels: [] });
      const scaled = training.flatMap((series, i) =>
        series.variables.map((_, column) => {
          const past = columnValues(pasts[i], column);
          const { absolute } = seasonalScale(past, learnableSeason(series, past.length));
          const actual = columnValues(series.slice(past.length), column);
          const forecast = actual.map((_, step) => forecasts[i].mean[step * series.width + column]);
          return meanAbsoluteError(actual, forecast) / absolute;
        }),
      );
      errors.push(mean(scaled.filter(Number.isFinite)));
    }
    const exact = errors.some((error) => error === 0);
    const shares = errors.map((error) => (exact ? Number(error === 0) : 1 / error ** 2));
    const total = shares.reduce((sum, share) => sum + share, 0);
    // Where nothing could be measured, all count alike.
    return shares.map((share) => (total > 0 ? share / total : 1 / shares.length));
  }

  #requireWeights(call: string): readonly number[] {
    if (this.#weights === undefined) throw new NotFittedError(this.name, call);
    return this.#weights;
  }

  #combined(forecasts: readonly Forecast[]): Forecast {
    const [{ horizon, variables, quantiles, mean: first }] = forecasts;
    const combine = (parts: readonly Float64Array[]) =>
      first.map((_, cell) => {
        const values = parts.map((part) => part[cell]);
        if (this.#combine === 'weighted') {
          const weights = this.#requireWeights('forecast');
          return values.reduce((sum, value, i) => sum + weights[i] * value, 0);
        }
        return this.#combine === 'mean'
          ? mean(values)
          : sortedQuantile(
              values.sort((a, b) => a - b),
              0.5,
            );
      });
    return {
      horizon,
      variables,
      mean: combine(forecasts.map((forecast) => forecast.mean)),
      quantiles: quantiles.map(({ level }, i) => ({
        level,
        values: combine(forecasts.map((forecast) => forecast.quantiles[i].values)),
      })),
    };
  }
}

/** Combines several forecasters into one. */
export function ensemble(options: EnsembleOptions): Forecaster {
  checkOptions<EnsembleOptions>(options, checks);
  const { members, combine, horizon } = options;
  return new Forecaster(
    new Ensemble(
      members.map(({ method }) => method),
      combine,
      horizon,
    ),
  );
}
