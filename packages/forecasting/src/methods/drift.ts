import { SeriesTooShortError } from '@throughtime/datasets';
import { columnValues, type TimeSeries } from '../series/time-series.js';
import { type Forecast, type ForecastRequest, type GaussianSteps, gaussianForecast } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { Method, SavedMethod } from './method.js';

/**
 * Extends the line through the first and the last value of the context. The variance of its error h steps ahead is
 * sigma^2 h (1 + h / (T - 1)): that of a random walk plus that of the slope (Hyndman and Athanasopoulos, 5.5).
 */
export class Drift implements Method {
  readonly name = 'drift';

  requires(): { length: number; reason: string } {
    return { length: 2, reason: 'a first and a last value' };
  }

  async fit(): Promise<void> {}

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    return contexts.map((context) =>
      gaussianForecast(context, request, (column) => driftSteps(context, column, request.horizon)),
    );
  }

  save(): SavedMethod {
    return { kind: 'drift', config: {} };
  }
}

function driftSteps(context: TimeSeries, column: number, horizon: number): GaussianSteps {
  const values = columnValues(context, column);
  const first = values.findIndex((value) => !Number.isNaN(value));
  const last = values.findLastIndex((value) => !Number.isNaN(value));
  if (first === last) {
    throw new SeriesTooShortError(
      context.name,
      2,
      `drift: observed values of '${context.variables[column]}'`,
      1,
    );
  }
  const slope = (values[last] - values[first]) / (last - first);
  // Steps from one observed value to the next, per unit of time between them.
  let sum = 0;
  let count = 0;
  for (let t = first + 1, before = first; t <= last; t++) {
    if (Number.isNaN(values[t])) continue;
    sum += (values[t] - values[before] - slope * (t - before)) ** 2 / (t - before);
    count++;
    before = t;
  }
  const sigma = count > 1 ? Math.sqrt(sum / (count - 1)) : 0;
  const gap = values.length - 1 - last;
  const ahead = (step: number) => gap + step + 1;
  return {
    mean: Float64Array.from({ length: horizon }, (_, step) => values[last] + slope * ahead(step)),
    deviation: Float64Array.from(
      { length: horizon },
      (_, step) => sigma * Math.sqrt(ahead(step) * (1 + ahead(step) / (last - first))),
    ),
    samplePath(normal) {
      const path = new Float64Array(horizon);
      const drawn = slope + (sigma / Math.sqrt(last - first)) * normal();
      let level = values[last] + drawn * gap + sigma * Math.sqrt(gap) * normal();
      for (let step = 0; step < horizon; step++) {
        level += drawn + sigma * normal();
        path[step] = level;
      }
      return path;
    },
  };
}

/** Extends the line from the first value to the last. */
export function drift(): Forecaster {
  return new Forecaster(new Drift());
}
