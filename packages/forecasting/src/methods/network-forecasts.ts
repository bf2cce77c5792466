import type { Awaitable } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { NoDistributionError } from '../errors.js';
import type { Head } from '../network/heads.js';
import type { EncodedSeries } from '../network/series-encoder.js';
import { type Forecast, type ForecastRequest, forecastFromPaths } from './forecast.js';

/** A series whose future is being filled in, value by value. A recursive forecast reads its lags from it. */
export interface Unfolding {
  readonly encoded: EncodedSeries;
  /** [T + H, D]: the context, then the values predicted or drawn so far. */
  readonly filled: Float64Array;
}

/** Moves a batch of series one step at a time. */
interface Stepper {
  /** The head's outputs for the values `step` steps (from 0) after the ends of the series, [N, D * head.size]. */
  outputs(step: number): Awaitable<Float32Array>;
}

export interface RecursionOptions {
  readonly name: string;
  readonly variables: readonly string[]; // [D]
  readonly head: Head;
  readonly request: ForecastRequest;
  /** Draws the futures from which quantiles are read, where the request brings no source of its own. */
  readonly random: Random;
  /** Begins at the end of the contexts. It reads the values of earlier steps from `unfoldings`. */
  readonly start: (unfoldings: readonly Unfolding[]) => Awaitable<Stepper>;
}

/** Sampled futures behind a quantile: its standard error at 0.05 is then about 0.01. */
const pathsForQuantiles = 400;

/**
 * Forecasts step by step; each forecast is an input of the next. The mean feeds back point forecasts. Quantiles and paths feed back
 * values drawn from the predicted distributions, many futures at once as rows of one batch.
 */
export async function forecastRecursively(
  contexts: readonly EncodedSeries[],
  options: RecursionOptions,
): Promise<Forecast[]> {
  const { head, request, variables, name } = options;
  const { levels, paths } = request;
  const mean = await unfold(contexts, options, (outputs, at) => head.point(outputs, at));
  const { distribution } = head;
  if (distribution === undefined && (levels.length > 0 || paths !== undefined)) {
    throw new NoDistributionError(name, paths ? 'sampled paths' : 'quantiles');
  }
  const forecasts: Forecast[] = [];
  for (const [i, context] of contexts.entries()) {
    // One context at a time: its futures fill a batch.
    const draw = (count: number, random: Random) => {
      const copies = new Array<EncodedSeries>(count).fill(context);
      return unfold(copies, options, (outputs, at) => distribution!.sample(outputs, at, random));
    };
    const drawing = { enough: pathsForQuantiles, random: options.random };
    forecasts.push(await forecastFromPaths(request, { variables, mean: mean[i] }, draw, drawing));
  }
  return forecasts;
}

/** The futures [H, D] of a batch of contexts, unscaled, with each value chosen from the head's outputs. */
async function unfold(
  contexts: readonly EncodedSeries[],
  { head, variables, request: { horizon }, start }: RecursionOptions,
  choose: (outputs: Float32Array, at: number) => number,
): Promise<Float64Array[]> {
  const width = variables.length;
  const unfoldings = contexts.map((encoded) => {
    const filled = new Float64Array((encoded.length + horizon) * width);
    filled.set(encoded.filled);
    return { encoded, filled };
  });
  const stepper = await start(unfoldings);
  for (let step = 0; step < horizon; step++) {
    const outputs = await stepper.outputs(step);
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

export interface DirectOptions {
  readonly name: string;
  readonly variables: readonly string[]; // [D]
  readonly head: Head;
  /** Steps that the network was trained to predict at once. */
  readonly trained: number;
  readonly request: ForecastRequest;
  /** The head's outputs, [N, trained, D * head.size]. */
  readonly outputs: Float32Array;
}

/**
 * Reads the forecasts of all steps from a network that predicts them at once. Quantiles come from each step's own distribution.
 * The network does not say how steps depend on one another, so there are no paths.
 */
export function readDirectForecasts(contexts: readonly EncodedSeries[], options: DirectOptions): Forecast[] {
  const { name, variables, head, trained, request, outputs } = options;
  const { horizon, levels, paths } = request;
  if (horizon > trained) {
    throw new ArgumentError('horizon', `at most ${trained}, which ${name} was trained for`, horizon);
  }
  if (paths !== undefined) throw new NoDistributionError(name, 'paths across steps');
  const { distribution } = head;
  if (levels.length > 0 && distribution === undefined) throw new NoDistributionError(name, 'quantiles');
  const width = variables.length;
  return contexts.map(({ scaler }, row) => {
    const read = (value: (at: number) => number) =>
      Float64Array.from({ length: horizon * width }, (_, i) =>
        scaler.unscale(value((row * trained * width + i) * head.size), i % width),
      );
    return {
      horizon,
      variables,
      mean: read((at) => head.point(outputs, at)),
      quantiles: levels.map((level) => ({
        level,
        values: read((at) => distribution!.quantile(outputs, at, level)),
      })),
    };
  });
}
