import type { Random } from '@throughtime/random';
import { NoDistributionError } from '../errors.js';
import type { Head } from '../network/head.js';
import type { EncodedSeries } from '../network/series-encoder.js';
import { sortedQuantile } from '../numeric/statistics.js';
import type { Forecast } from './forecast.js';
import type { ForecastRequest } from './method.js';

/** A series whose future is being filled in, value by value: what a recursive forecast reads its lags from. */
export interface Unfolding {
  readonly encoded: EncodedSeries;
  /** [T + H, D]: the context, then what was predicted or drawn so far. */
  readonly filled: Float64Array;
}

/** Steps a batch of series forward together. */
interface Stepper {
  /** The head's outputs for the values `step` steps (from 0) after the ends of the series, [N, D * head.size]. */
  outputs(step: number): Float32Array;
}

export interface RecursionOptions {
  readonly name: string;
  readonly variables: readonly string[]; // [D]
  readonly head: Head;
  readonly request: ForecastRequest;
  /** Draws the futures from which quantiles are read, where the request brings no source of its own. */
  readonly random: Random;
  /** Begins at the end of the contexts: reads from `unfoldings`, in which the values of the steps before stand. */
  readonly start: (unfoldings: readonly Unfolding[]) => Stepper;
}

/** Sampled futures behind a quantile: its standard error at .05 is then about .01. */
const pathsForQuantiles = 400;

/**
 * Forecasts step by step, each fed back as an input of the next: once with the point forecasts, and where quantiles or paths are
 * asked for, with values drawn from the predicted distributions, many futures at once as rows of one batch.
 */
export function forecastRecursively(
  contexts: readonly EncodedSeries[],
  options: RecursionOptions,
): Forecast[] {
  const { head, request, variables, name } = options;
  const { horizon, levels, paths } = request;
  const mean = unfold(contexts, options, (outputs, at) => head.point(outputs, at));
  const forecasts: Forecast[] = mean.map((values) => ({ horizon, variables, mean: values, quantiles: [] }));
  if (levels.length === 0 && paths === undefined) return forecasts;
  const { distribution } = head;
  if (distribution === undefined) throw new NoDistributionError(name, paths ? 'sampled paths' : 'quantiles');
  const random = paths?.random ?? options.random;
  const count = Math.max(paths?.count ?? 0, levels.length > 0 ? pathsForQuantiles : 0);
  return contexts.map((context, i) => {
    // One context at a time: its futures fill a batch.
    const copies = new Array<EncodedSeries>(count).fill(context);
    const drawn = unfold(copies, options, (outputs, at) => distribution.sample(outputs, at, random));
    const quantiles = levels.map((level) => ({ level, values: new Float64Array(mean[i].length) }));
    for (let cell = 0; cell < mean[i].length && levels.length > 0; cell++) {
      const sorted = Float64Array.from(drawn, (path) => path[cell]).sort();
      for (const { level, values } of quantiles) values[cell] = sortedQuantile(sorted, level);
    }
    if (paths === undefined) return { ...forecasts[i], quantiles };
    const kept = new Float64Array(paths.count * mean[i].length);
    for (let path = 0; path < paths.count; path++) kept.set(drawn[path], path * mean[i].length);
    return { ...forecasts[i], quantiles, paths: kept };
  });
}

/** The futures [H, D] of a batch of contexts, unscaled, with each value chosen from the head's outputs. */
function unfold(
  contexts: readonly EncodedSeries[],
  { head, variables, request: { horizon }, start }: RecursionOptions,
  choose: (outputs: Float32Array, at: number) => number,
): Float64Array[] {
  const width = variables.length;
  const unfoldings = contexts.map((encoded) => {
    const filled = new Float64Array((encoded.length + horizon) * width);
    filled.set(encoded.filled);
    return { encoded, filled };
  });
  const stepper = start(unfoldings);
  for (let step = 0; step < horizon; step++) {
    const outputs = stepper.outputs(step);
    unfoldings.forEach(({ encoded, filled }, row) => {
      for (let v = 0; v < width; v++) {
        filled[(encoded.length + step) * width + v] = choose(outputs, (row * width + v) * head.size);
      }
    });
  }
  return unfoldings.map(({ encoded, filled }) => {
    const future = filled.subarray(encoded.length * width);
    return future.map((value, i) => encoded.scaler.unscale(value, i % width));
  });
}
