import { ArgumentError } from '@throughtime/errors';
import { ForecastingError, NoDistributionError } from '../errors.js';
import type { Forecast } from '../methods/forecast.js';
import type { TimeSeries } from '../series/time-series.js';

/** What a series is turned into before a model sees it. Plain data, saved with the model. */
export type TransformOptions =
  /** The logarithm: for positive series whose swings grow with their level. The point forecast becomes the median. */
  | { readonly kind: 'log' }
  /** The change over `lag` steps: a season's length removes the season, 1 a trend. */
  | { readonly kind: 'difference'; readonly lag: number };

/** A change of a series that can be undone in a forecast. */
export interface Transform {
  /** Values at the start that are lost. */
  readonly lost: number;
  apply(series: TimeSeries): TimeSeries;
  /** @param context the series before `apply` */
  invert(forecast: Forecast, context: TimeSeries): Forecast;
}

/** @throws ArgumentError for an unknown kind or a lag that is none */
export function createTransform(options: TransformOptions): Transform {
  if (options.kind === 'log') return logTransform;
  if (options.kind !== 'difference') {
    throw new ArgumentError('transform.kind', 'log or difference', (options as TransformOptions).kind);
  }
  if (!Number.isInteger(options.lag) || options.lag < 1) {
    throw new ArgumentError('transform.lag', 'a whole number of steps from 1', options.lag);
  }
  return differenceTransform(options.lag);
}

const logTransform: Transform = {
  lost: 0,
  apply(series) {
    const { values, observed } = series;
    const bad = values.findIndex((value, i) => observed[i] === 1 && value <= 0);
    if (bad >= 0) {
      const row = Math.floor(bad / series.width);
      throw new ForecastingError(
        `series '${series.name}': expected values above 0 for the log transform, got ${values[bad]} in row ${row}`,
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
        // Beyond one lag a quantile of sums is not the sum of quantiles.
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

/** The last `rows` rows; a missing value is that of the newest row, whole lags before, that has one. */
function lastRows(context: TimeSeries, rows: number): Float64Array {
  const { width, values, observed } = context;
  const size = rows * width;
  return Float64Array.from({ length: size }, (_, i) => {
    let at = values.length - size + i;
    while (at >= size && observed[at] === 0) at -= size;
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
