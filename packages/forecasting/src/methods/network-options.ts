import { ArgumentError } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import type { HeadOptions } from '../network/head.js';
import type { EncodingOptions } from '../network/series-encoder.js';
import type { TrainingOptions } from '../network/train.js';

/** What all networks that forecast have in common. */
export interface NetworkOptions extends EncodingOptions, TrainingOptions {
  /** The source of starting weights, of the order of examples and of sampled futures. */
  readonly random: Random;
  /** What the outputs mean: points (default) or a distribution. */
  readonly head?: HeadOptions | undefined;
  /** Steps that a 'direct' or 'encoder-decoder' network is trained to forecast. Needed for those. */
  readonly horizon?: number | undefined;
}

/** @throws ArgumentError unless `horizon` is a whole number from 1 */
export function requireHorizon(strategy: string, horizon: number | undefined): number {
  if (horizon === undefined || !Number.isInteger(horizon) || horizon < 1) {
    throw new ArgumentError('horizon', `a whole number from 1 for strategy '${strategy}'`, horizon);
  }
  return horizon;
}

/** The options that can be written to JSON: all but the source of randomness. */
export function plainOptions<O extends NetworkOptions>({ random: _, ...plain }: O): Omit<O, 'random'> {
  return plain;
}
