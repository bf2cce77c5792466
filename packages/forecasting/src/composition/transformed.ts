import { SeriesTooShortError } from '@throughtime/datasets';
import { checkOptions, list, oneOf, required, whole, withExpected } from '@throughtime/errors';
import { NoDistributionError, NotPositiveError } from '../errors.js';
import type { Forecast, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import type { TimeSeries } from '../series/time-series.js';

/** How a series is transformed before a model sees it. Plain data, saved with the model. */
export type TransformOptions =
  /** The logarithm, for positive series that vary more at a higher level. The point forecast becomes the median. */
  | { readonly kind: 'log' }
  /** The change over `lag` steps. A lag of one season removes the season, a lag of 1 a trend. */
  | { readonly kind: 'difference'; readonly lag: number };

/** Fits `model` to the series after the transforms, applied in order. Forecasts are in the units of the series. */
export function transformed(model: Forecaster, transforms: readonly TransformOptions[]): Forecaster {
  forecasterCheck('model', model);
  return new Forecaster(new Transformed(model.method, transforms));
}

interface SavedTransformed {
  readonly transforms: readonly TransformOptions[];
}

/** A model of a transformed series. Its forecasts are transformed back. */
export class Transformed implements Method {
  readonly #inner: Method;
  readonly #options: readonly TransformOptions[];
  readonly #transforms: readonly Transform[];

  constructor(inner: Method, options: readonly TransformOptions[]) {
    transformsCheck('transforms', options);
    this.#inner = inner;
    this.#options = options;
    this.#transforms = options.map(createTransform);
  }

  get name(): string {
    const parts = this.#options.map((option) => (option.kind === 'log' ? 'log' : `diff ${option.lag}`));
    return `${this.#inner.name} of ${parts.join(', ')}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { length, reason } = this.#inner.requires(use);
    const lost = this.#transforms.reduce((sum, transform) => sum + transform.lost, 0);
    return { length: length + lost, reason: lost === 0 ? reason : `${reason}, after differencing` };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const transformed = training.map((series) => this.#stages(series).at(-1) as TimeSeries);
    await this.#inner.fit(transformed, options);
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const stages = contexts.map((context) => this.#stages(context));
    const forecasts = await this.#inner.forecast(
      stages.map((all) => all[all.length - 1]),
      request,
    );
    return forecasts.map((forecast, i) =>
      this.#transforms.reduceRight(
        (result, transform, at) => transform.invert(result, stages[i][at]),
        forecast,
      ),
    );
  }

  save(): SavedMethod {
    return { kind: 'transformed', config: { transforms: this.#options }, members: [this.#inner.save()] };
  }

  /** @throws ArgumentError */
  static load({ config }: SavedMethod, inner: Method): Transformed {
    checkOptions<SavedTransformed>(config, { transforms: required(transformsCheck) });
    return new Transformed(inner, config.transforms);
  }

  /** The series before each transform, and after the last. */
  #stages(series: TimeSeries): TimeSeries[] {
    const stages = [series];
    for (const transform of this.#transforms) stages.push(transform.apply(stages[stages.length - 1]));
    return stages;
  }
}

/** A change of a series that can be undone in a forecast. */
export interface Transform {
  /** How many values at the start are lost. */
  readonly lost: number;
  apply(series: TimeSeries): TimeSeries;
  /** @param context the series before `apply` */
  invert(forecast: Forecast, context: TimeSeries): Forecast;
}

const kindCheck = required(oneOf(['log', 'difference']));
const transformsCheck = list(
  withExpected("a transform such as { kind: 'log' }", (argument, value): TransformOptions => {
    // Only a difference has a lag.
    const isDifference = (value as { kind?: unknown } | null | undefined)?.kind === 'difference';
    if (!isDifference) checkOptions<{ kind: string }>(value, { kind: kindCheck }, argument);
    else {
      const checks = { kind: kindCheck, lag: required(whole({ from: 1 })) };
      checkOptions<{ kind: string; lag: number }>(value, checks, argument);
    }
    return value as TransformOptions;
  }),
);

/** The transform that `options` describe. */
export function createTransform(options: TransformOptions): Transform {
  return options.kind === 'log' ? logTransform : differenceTransform(options.lag);
}

const logTransform: Transform = {
  lost: 0,
  apply(series) {
    const { values, observed } = series;
    const bad = values.findIndex((value, i) => observed[i] === 1 && value <= 0);
    if (bad >= 0) {
      const [row, column] = [Math.floor(bad / series.width), bad % series.width];
      throw new NotPositiveError(
        series.name,
        series.variables[column],
        'the log transform',
        row,
        values[bad],
      );
    }
    return series.withValues(values.map((value, i) => (observed[i] === 1 ? Math.log(value) : 0)));
  },
  invert: (forecast) => mapForecast(forecast, (values) => values.map(Math.exp)),
};

function differenceTransform(lag: number): Transform {
  return {
    lost: lag,
    apply(series) {
      const { values, observed } = series;
      const rest = series.slice(lag);
      return rest.withValues(
        rest.values.map((value, i) => value - values[i]),
        rest.observed.map((flag, i) => flag & observed[i]),
      );
    },
    invert(forecast, context) {
      const { width } = context;
      const { horizon, quantiles } = forecast;
      if (quantiles.length > 0 && horizon > lag) {
        // Beyond one lag values are sums, and a quantile of a sum is not the sum of quantiles.
        throw new NoDistributionError(`difference(${lag})`, `quantiles more than ${lag} steps ahead`);
      }
      const before = lastRows(context, lag);
      return mapForecast(forecast, (values) => {
        const whole = new Float64Array(values.length);
        const cells = horizon * width;
        for (let start = 0; start < values.length; start += cells) {
          for (let i = 0; i < cells; i++) {
            const past = i < lag * width ? before[i] : whole[start + i - lag * width];
            whole[start + i] = past + values[start + i];
          }
        }
        return whole;
      });
    },
  };
}

/**
 * The last `rows` rows. A missing value is taken from the newest row that has it, a whole number of lags before.
 * @throws SeriesTooShortError where no row has it
 */
function lastRows(context: TimeSeries, rows: number): Float64Array {
  const { width, values, observed } = context;
  const size = rows * width;
  return Float64Array.from({ length: size }, (_, i) => {
    let at = values.length - size + i;
    while (at >= 0 && observed[at] === 0) at -= size;
    if (at < 0) {
      const reason = `difference(${rows}): a value observed in each phase of ${rows} steps of '${context.variables[i % width]}'`;
      throw new SeriesTooShortError(context.name, context.length + rows, reason, context.length);
    }
    return values[at];
  });
}

function mapForecast(forecast: Forecast, change: (values: Float64Array) => Float64Array): Forecast {
  return {
    ...forecast,
    mean: change(forecast.mean),
    quantiles: forecast.quantiles.map(({ level, values }) => ({ level, values: change(values) })),
    ...(forecast.paths && { paths: change(forecast.paths) }),
  };
}
