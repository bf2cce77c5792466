import { anything, checkOptions, list, type OptionChecks, oneOf, required } from '@throughtime/errors';
import { NoDistributionError } from '../errors.js';
import type { Forecast, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { mean, sortedQuantile } from '../numeric/statistics.js';
import type { TimeSeries } from '../series/time-series.js';

export interface EnsembleOptions {
  readonly members: readonly Forecaster[];
  /** How forecasts are combined, value by value: 'mean' (default), or 'median', which a single outlier cannot move. */
  readonly combine?: 'mean' | 'median' | undefined;
}

const combineCheck = oneOf(['mean', 'median']);

const checks: OptionChecks<EnsembleOptions> = {
  members: required(list(forecasterCheck, { length: { from: 1 } })),
  combine: combineCheck,
};

interface SavedEnsemble {
  readonly combine: 'mean' | 'median';
  readonly members: readonly Method[];
}

const savedChecks: OptionChecks<SavedEnsemble> = {
  combine: required(combineCheck),
  members: required(list(anything, { length: { from: 1 } })),
};

/**
 * Several models, each fitted on its own. Their forecasts are combined, so that errors that differ cancel. Quantiles are
 * combined level by level, which keeps their shape. There are no sampled paths.
 */
export class Ensemble implements Method {
  readonly #members: readonly Method[];
  readonly #combine: 'mean' | 'median';

  /** @param members at least one */
  constructor(members: readonly Method[], combine: 'mean' | 'median' = 'mean') {
    this.#members = members;
    this.#combine = combine;
  }

  get name(): string {
    return `${this.#combine} of ${this.#members.map(({ name }) => name).join(' + ')}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const all = this.#members.map((member) => ({ member, needs: member.requires(use) }));
    const { member, needs } = all.reduce((most, one) => (one.needs.length > most.needs.length ? one : most));
    return { length: needs.length, reason: `${member.name}: ${needs.reason}` };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
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
      config: { combine: this.#combine },
      members: this.#members.map((member) => member.save()),
    };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, members: readonly Method[]): Ensemble {
    const options = { ...config, members };
    checkOptions<SavedEnsemble>(options, savedChecks);
    return new Ensemble(members, options.combine);
  }

  #combined(forecasts: readonly Forecast[]): Forecast {
    const [{ horizon, variables, quantiles, mean: first }] = forecasts;
    const combine = (parts: readonly Float64Array[]) =>
      first.map((_, cell) => {
        const values = parts.map((part) => part[cell]);
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
  const { members, combine } = options;
  return new Forecaster(
    new Ensemble(
      members.map(({ method }) => method),
      combine,
    ),
  );
}
