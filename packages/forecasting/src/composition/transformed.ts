import { SeriesTooShortError } from '@throughtime/datasets';
import { checkOptions, list, number, oneOf, required, whole, withExpected } from '@throughtime/errors';
import { decompose } from '../decomposition/stl.js';
import { NoDistributionError, NotPositiveError } from '../errors.js';
import type { Forecast, ForecastRequest } from '../methods/forecast.js';
import { Forecaster, forecasterCheck } from '../methods/forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from '../methods/method.js';
import { mean, variance } from '../numeric/statistics.js';
import { columnValues, interpolated, type TimeSeries } from '../series/time-series.js';

/** How a series is transformed before a model sees it. Plain data, saved with the model. */
export type TransformOptions =
  /** The logarithm, for positive series that vary more at a higher level. The point forecast becomes the median. */
  | { readonly kind: 'log' }
  /**
   * Box and Cox's power transform, (y^lambda - 1) / lambda, for positive series: 0 is the logarithm, 1 changes nothing. Without a
   * lambda, `fit` finds the likeliest one from -1 to 2, for which the transformed values are nearest to normal with one variance. The
   * point forecast becomes the median.
   */
  | {
      readonly kind: 'box-cox';
      /** The power. Default: the likeliest. */
      readonly lambda?: number | undefined;
    }
  /** The change over `lag` steps. A lag of one season removes the season, a lag of 1 a trend. */
  | {
      readonly kind: 'difference';
      /** Steps, at least 1. */
      readonly lag: number;
    }
  /**
   * Seasons found by MSTL are taken out, and the last of each is added to the forecasts. Each context is decomposed again. It needs two
   * seasons of the longest period.
   * - periods: steps of each season, each at least 2
   */
  | {
      readonly kind: 'mstl';
      /** Steps of each season, the shortest first. */
      readonly periods: readonly number[];
    };

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
  /** With what was fitted. */
  #options: readonly TransformOptions[];
  #transforms: readonly Transform[];
  /** As they were given. */
  readonly #given: readonly TransformOptions[];

  constructor(inner: Method, options: readonly TransformOptions[]) {
    transformsCheck('transforms', options);
    this.#inner = inner;
    this.#given = options;
    this.#options = options;
    this.#transforms = options.map(createTransform);
  }

  get name(): string {
    const parts = this.#options.map((option) => {
      if (option.kind === 'difference') return `diff ${option.lag}`;
      if (option.kind === 'mstl') return `mstl ${option.periods.join(' ')}`;
      if (option.kind === 'log' || option.lambda === undefined) return option.kind;
      return `${option.kind} ${Number(option.lambda.toFixed(2))}`;
    });
    return `${this.#inner.name} of ${parts.join(', ')}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { length, reason } = this.#inner.requires(use);
    const needed = this.#transforms.reduceRight(
      (least, transform) => Math.max(least + transform.lost, transform.least ?? 0),
      length,
    );
    if (needed === length) return { length, reason };
    const isDifferenced = this.#transforms.some(({ lost }) => lost > 0);
    return { length: needed, reason: isDifferenced ? `${reason}, after differencing` : 'two of its seasons' };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    let stage = training;
    const fitted: TransformOptions[] = [];
    for (const option of this.#given) {
      const known =
        option.kind === 'box-cox' ? { ...option, lambda: option.lambda ?? likeliestLambda(stage) } : option;
      const transform = createTransform(known);
      stage = stage.map((series) => transform.apply(series));
      fitted.push(known);
    }
    this.#options = fitted;
    this.#transforms = fitted.map(createTransform);
    await this.#inner.fit(stage, options);
  }

  /** None where the transform itself learns from them: a lambda, or seasons, of the whole series. */
  heldOut(training: readonly TimeSeries[]): number[] {
    const learns = this.#given.some(
      (option) => option.kind === 'mstl' || (option.kind === 'box-cox' && option.lambda === undefined),
    );
    if (learns || this.#inner.heldOut === undefined) return training.map(() => 0);
    const transforms = this.#given.map(createTransform);
    return this.#inner.heldOut(
      training.map((series) => transforms.reduce((stage, transform) => transform.apply(stage), series)),
    );
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
  /** The fewest values that it can be applied to. Default: one more than are lost. */
  readonly least?: number;
  apply(series: TimeSeries): TimeSeries;
  /** @param context the series before `apply` */
  invert(forecast: Forecast, context: TimeSeries): Forecast;
}

const kindCheck = required(oneOf(['log', 'box-cox', 'difference', 'mstl']));
/** More transforms, or seasons of one, than have a use. Each goes over the whole series, and a damaged model must not ask for thousands. */
const mostTransforms = 20;
const transformsCheck = list(
  withExpected("a transform such as { kind: 'log' }", (argument, value): TransformOptions => {
    // Only a difference has a lag, only MSTL periods, only Box and Cox's transform a lambda.
    const kind = (value as { kind?: unknown } | null | undefined)?.kind;
    if (kind === 'difference') {
      const checks = { kind: kindCheck, lag: required(whole({ from: 1 })) };
      checkOptions<{ kind: string; lag: number }>(value, checks, argument);
    } else if (kind === 'mstl') {
      const checks = {
        kind: kindCheck,
        periods: required(list(whole({ from: 2 }), { length: { from: 1, to: mostTransforms } })),
      };
      checkOptions<{ kind: string; periods: number[] }>(value, checks, argument);
    } else if (kind === 'box-cox') {
      checkOptions<{ kind: string; lambda?: number }>(value, { kind: kindCheck, lambda: number() }, argument);
    } else checkOptions<{ kind: string }>(value, { kind: kindCheck }, argument);
    return value as TransformOptions;
  }),
  { length: { to: mostTransforms } },
);

/** The transform that `options` describe. */
export function createTransform(options: TransformOptions): Transform {
  if (options.kind === 'difference') return differenceTransform(options.lag);
  if (options.kind === 'mstl') return seasonalTransform(options.periods);
  return powerTransform(options.kind, options.kind === 'log' ? 0 : (options.lambda ?? 0));
}

/** Box and Cox's transform; the logarithm is its limit at lambda 0. */
function powerTransform(name: 'log' | 'box-cox', lambda: number): Transform {
  return {
    lost: 0,
    apply(series) {
      assertPositive(series, name);
      return series.withValues(series.values.map((value) => powerOf(value, lambda)));
    },
    invert: (forecast) => mapForecast(forecast, (values) => values.map((value) => rootOf(value, lambda))),
  };
}

function assertPositive(series: TimeSeries, name: 'log' | 'box-cox'): void {
  const { values, width, variables } = series;
  const bad = values.findIndex((value) => value <= 0);
  if (bad < 0) return;
  const [row, column] = [Math.floor(bad / width), bad % width];
  throw new NotPositiveError(series.name, variables[column], `the ${name} transform`, row, values[bad]);
}

/** Whether the transform is the logarithm, up to rounding. */
function isLogarithm(lambda: number): boolean {
  return Math.abs(lambda) < 1e-12;
}

/** (y^lambda - 1) / lambda, without cancellation near lambda 0. */
function powerOf(value: number, lambda: number): number {
  return isLogarithm(lambda) ? Math.log(value) : Math.expm1(lambda * Math.log(value)) / lambda;
}

/** The inverse of {@link powerOf}. Where no positive number has this power, the end of the range: 0, or infinity. */
function rootOf(value: number, lambda: number): number {
  if (isLogarithm(lambda)) return Math.exp(value);
  const power = lambda * value;
  if (power <= -1) return lambda > 0 ? 0 : Number.POSITIVE_INFINITY;
  return Math.exp(Math.log1p(power) / lambda);
}

/**
 * The lambda from -1 to 2 of the greatest likelihood: of normal values with one variance after the transform, (lambda - 1) sum of
 * ln y - n / 2 ln variance (Box and Cox 1964). Each variable of each series has a mean and variance of its own.
 */
export function likeliestLambda(training: readonly TimeSeries[]): number {
  const columns = training.flatMap((series) => {
    assertPositive(series, 'box-cox');
    return series.variables.flatMap((_, column) => {
      const logs = columnValues(series, column)
        .filter((value) => !Number.isNaN(value))
        .map(Math.log);
      // In units of the geometric mean the sum of the logarithms is 0, and the unit of the series does not matter.
      const center = mean(logs);
      const distances = logs.map((value) => value - center);
      // A value that never changes is as likely after any transform.
      return Math.max(...distances.map(Math.abs)) > 1e-12 ? [distances] : [];
    });
  });
  if (columns.length === 0) return 1;
  const likelihood = (lambda: number) =>
    columns.reduce((sum, logs) => {
      const spread = variance(
        logs.map((value) => (isLogarithm(lambda) ? value : Math.expm1(lambda * value) / lambda)),
      );
      return spread > 0 ? sum - (logs.length / 2) * Math.log(spread) : sum;
    }, 0);
  // By thirds: the likelihood has one maximum.
  let [low, high] = [-1, 2];
  while (high - low > 1e-9) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3];
    if (likelihood(left) < likelihood(right)) low = left;
    else high = right;
  }
  return (low + high) / 2;
}

function seasonalTransform(periods: readonly number[]): Transform {
  const seasonsOf = (series: TimeSeries) =>
    series.variables.map(
      (_, column) => decompose(interpolated(columnValues(series, column)), periods).seasons,
    );
  return {
    lost: 0,
    least: 2 * Math.max(...periods),
    apply(series) {
      const { width, values } = series;
      const seasons = seasonsOf(series);
      return series.withValues(
        values.map((value, i) =>
          seasons[i % width].reduce((rest, season) => rest - season[Math.floor(i / width)], value),
        ),
      );
    },
    invert(forecast, context) {
      const { width, length } = context;
      const seasons = seasonsOf(context);
      const cells = forecast.horizon * width;
      return mapForecast(forecast, (values) =>
        values.map((value, i) => {
          const step = Math.floor((i % cells) / width);
          return seasons[i % width].reduce(
            (sum, season, k) => sum + season[length - periods[k] + (step % periods[k])],
            value,
          );
        }),
      );
    },
  };
}

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
