import {
  ArgumentError,
  callback,
  checkOptions,
  either,
  exactly,
  list,
  number,
  required,
} from '@throughtime/errors';
import { NotFittedError } from '../errors.js';
import { beginningLength, notLearned } from '../methods/column-fits.js';
import type { Forecast, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import type { TimeSeries } from '../series/time-series.js';

interface SavedPerSeries {
  /** JSON has no NaN: null stands for a missing value. */
  readonly beginnings: readonly (readonly (number | null)[])[];
}

const savedChecks = {
  beginnings: required(list(list(either(number(), exactly(null))), { length: { from: 1 } })),
};

interface Fitted {
  readonly beginning: readonly number[];
  readonly method: Method;
}

/** One model for each series. Those that learn from all series together, as an autoregression, learn here from their own alone. */
export class PerSeries implements Method {
  readonly #make: () => Method;
  readonly #first: Method;
  #fitted: readonly Fitted[] | undefined;

  constructor(make: () => Method) {
    this.#make = make;
    this.#first = make();
  }

  get name(): string {
    return `${this.#first.name} of each`;
  }

  requires(use: 'fit' | 'forecast'): { readonly length: number; readonly reason: string } {
    return this.#first.requires(use);
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const fitted: Fitted[] = [];
    for (const series of training) {
      const method = this.#make();
      await method.fit([series], options);
      fitted.push({ beginning: beginningOf(series), method });
    }
    this.#fitted = fitted;
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const fitted = this.#requireFitted('forecast');
    const forecasts: Forecast[] = [];
    for (const context of contexts) {
      const own = fitted.find(({ beginning }) => isBeginning(beginning, context));
      if (own === undefined) throw notLearned(fitted.length, context);
      forecasts.push(...(await own.method.forecast([context], request)));
    }
    return forecasts;
  }

  save(): SavedMethod {
    const fitted = this.#requireFitted('save');
    const beginnings = fitted.map(({ beginning }) =>
      beginning.map((value) => (Number.isNaN(value) ? null : value)),
    );
    return {
      kind: 'per-series',
      config: { beginnings },
      members: fitted.map(({ method }) => method.save()),
    };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, members: readonly Method[]): PerSeries {
    checkOptions<SavedPerSeries>(config, savedChecks);
    const { beginnings } = config;
    if (beginnings.length !== members.length) {
      throw new ArgumentError('beginnings', `one for each of ${members.length} models`, beginnings.length);
    }
    const model = new PerSeries(() => members[0]);
    model.#fitted = members.map((method, i) => ({
      beginning: beginnings[i].map((value) => value ?? Number.NaN),
      method,
    }));
    return model;
  }

  #requireFitted(call: string): readonly Fitted[] {
    if (this.#fitted === undefined) throw new NotFittedError(this.name, call);
    return this.#fitted;
  }
}

function beginningOf({ values, width }: TimeSeries): number[] {
  return [...values.subarray(0, beginningLength * width)];
}

function isBeginning(beginning: readonly number[], { values }: TimeSeries): boolean {
  return values.length >= beginning.length && beginning.every((value, i) => Object.is(value, values[i]));
}

/**
 * A model of its own for each series.
 * @param make an unfitted model, a new one at each call
 */
export function perSeries(make: () => Forecaster): Forecaster {
  callback('make', make);
  return new Forecaster(new PerSeries(() => forecasterCheck('make()', make()).method));
}
