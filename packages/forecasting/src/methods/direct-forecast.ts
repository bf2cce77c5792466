import { ArgumentError } from '@throughtime/errors';
import { NoDistributionError } from '../errors.js';
import type { Head } from '../network/head.js';
import type { EncodedSeries } from '../network/series-encoder.js';
import type { Forecast } from './forecast.js';
import type { ForecastRequest } from './method.js';

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
 * Reads the forecasts of all steps off a network that predicts them at once. Quantiles come from each step's own distribution;
 * nothing is said of how steps depend on one another, so there are no paths.
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
