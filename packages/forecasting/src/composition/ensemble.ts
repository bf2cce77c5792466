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
import { type Forecast, type ForecastRequest, levelsOf } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { meanAbsoluteError, seasonalScale } from '../metrics/point-metrics.js';
import { mean as meanOf, sortedQuantile } from '../numeric/statistics.js';
import { columnValues, learnableSeason, type TimeSeries } from '../series/time-series.js';

/** Whose forecasts are combined, and how. */
export interface EnsembleOptions {
  /** At least one; each is fitted to the same series. */
  readonly members: readonly Forecaster[];
  /**
   * How forecasts are combined, value by value: 'mean' (default), 'median', which a single outlier cannot move, or 'weighted': a mean in
   * which the members count by how well they forecast the last horizon of the training data. Members that learn from those values are
   * fitted twice for that, first without them.
   *
   * Combined quantiles are too wide where members err in different ways. They are stretched, or drawn together, until the interval of
   * 90% holds its share of values that no member learned from, 200 or more: those the members were weighted by, or in a mean or median
   * the last ones that all members keep to judge by, as `globalRecurrent` does.
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
  readonly stretch?: number;
  readonly members: readonly Method[];
}

const savedChecks: OptionChecks<SavedEnsemble> = {
  combine: required(combineCheck),
  horizon: whole({ from: 1 }),
  weights: list(number({ from: 0 }), { length: { from: 1 } }),
  stretch: number({ from: 0 }),
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
  /** By how much the distance of quantiles from the mean is stretched. */
  #stretch = 1;

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
    this.#stretch = 1;
    if (this.#horizon !== undefined) return this.#fitWeighted(training, this.#horizon, options);
    for (const member of this.#members) await member.fit(training, options);
    const held = this.heldOut(training);
    const horizon = Math.max(...held);
    if (horizon === 0) return;
    const judges = training.filter((_, i) => held[i] === horizon);
    const forecasts: (readonly Forecast[])[] = [];
    for (const member of this.#members) {
      forecasts.push(await forecastsWithBounds(member, before(judges, horizon), horizon));
    }
    this.#calibrate(judges, forecasts);
  }

  /** What no member learns from. The weights of members are learned from it. */
  heldOut(training: readonly TimeSeries[]): number[] {
    const none = training.map(() => 0);
    if (this.#combine === 'weighted') return none;
    const each = this.#members.map((member) => member.heldOut?.(training) ?? none);
    return training.map((_, i) => Math.min(...each.map((held) => held[i])));
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
        stretch: this.#stretch,
        ...(this.#horizon !== undefined && {
          horizon: this.#horizon,
          weights: this.#requireWeights('save'),
        }),
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
    ensemble.#stretch = options.stretch ?? 1;
    return ensemble;
  }

  /**
   * Weights in inverse proportion to the squared scaled error over the last `horizon` values of the series, each series counting alike.
   * What cannot be scaled, because a series repeats itself, does not count. The same values then say how wide intervals must be.
   */
  async #fitWeighted(
    training: readonly TimeSeries[],
    horizon: number,
    options: ForecasterFitOptions,
  ): Promise<void> {
    const pasts = before(training, horizon);
    const errors: number[] = [];
    const held: (readonly Forecast[])[] = [];
    for (const member of this.#members) {
      const learnsFromThem = member.heldOut?.(training).some((count) => count < horizon) ?? true;
      await member.fit(learnsFromThem ? pasts : training, options);
      const forecasts = await forecastsWithBounds(member, pasts, horizon);
      held.push(forecasts);
      if (learnsFromThem) await member.fit(training, options);
      const scaled = training.flatMap((series, i) =>
        series.variables.map((_, column) => {
          const past = columnValues(pasts[i], column);
          const { absolute } = seasonalScale(past, learnableSeason(series, past.length));
          const actual = columnValues(series.slice(past.length), column);
          const forecast = actual.map((_, step) => forecasts[i].mean[step * series.width + column]);
          return meanAbsoluteError(actual, forecast) / absolute;
        }),
      );
      errors.push(meanOf(scaled.filter(Number.isFinite)));
    }
    const exact = errors.some((error) => error === 0);
    const shares = errors.map((error) => (exact ? Number(error === 0) : 1 / error ** 2));
    const total = shares.reduce((sum, share) => sum + share, 0);
    // Where nothing could be measured, all count alike.
    this.#weights = shares.map((share) => (total > 0 ? share / total : 1 / shares.length));
    this.#calibrate(training, held);
  }

  /**
   * Sets the stretch of intervals by what came.
   * @param training ends with the values that were forecast
   * @param forecasts each member's
   */
  #calibrate(training: readonly TimeSeries[], forecasts: readonly (readonly Forecast[])[]): void {
    if (forecasts.some((own) => own.some(({ quantiles }) => quantiles.length === 0))) return;
    this.#stretch = stretchOf(
      training.map((_, i) => this.#combined(forecasts.map((own) => own[i]))),
      training.map((series, i) => series.slice(series.length - forecasts[0][i].horizon)),
    );
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
          ? meanOf(values)
          : sortedQuantile(
              values.sort((a, b) => a - b),
              0.5,
            );
      });
    const mean = combine(forecasts.map((forecast) => forecast.mean));
    return {
      horizon,
      variables,
      mean,
      quantiles: quantiles.map(({ level }, i) => ({
        level,
        values: combine(forecasts.map((forecast) => forecast.quantiles[i].values)).map(
          (value, cell) => mean[cell] + this.#stretch * (value - mean[cell]),
        ),
      })),
    };
  }
}

/** What stands before the last `horizon` values of each series. */
function before(training: readonly TimeSeries[], horizon: number): TimeSeries[] {
  return training.map((series) => series.slice(0, series.length - horizon));
}

/** The bounds of the interval that is held to its share. */
const bounds = levelsOf([0.9]);

/** Fewer values than this do not calibrate an interval. */
const fewestCalibrations = 200;

/** With the bounds where the model has a distribution; without where it has none. */
async function forecastsWithBounds(
  member: Method,
  contexts: readonly TimeSeries[],
  horizon: number,
): Promise<Forecast[]> {
  try {
    return await member.forecast(contexts, { horizon, levels: bounds });
  } catch (error) {
    if (!(error instanceof NoDistributionError)) throw error;
    return member.forecast(contexts, { horizon, levels: [] });
  }
}

/** By how much intervals must be stretched to hold 90% of what came: 1 where too little came to say so. */
function stretchOf(forecasts: readonly Forecast[], outcomes: readonly TimeSeries[]): number {
  const ratios = forecasts.flatMap(({ mean: center, quantiles: [low, high] }, i) =>
    Array.from(outcomes[i].values, (value, cell) => {
      const bound = value < center[cell] ? low.values[cell] : high.values[cell];
      return (value - center[cell]) / (bound - center[cell]);
    }).filter(Number.isFinite),
  );
  if (ratios.length < fewestCalibrations) return 1;
  return Math.max(0, sortedQuantile(Float64Array.from(ratios).sort(), 0.9));
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
