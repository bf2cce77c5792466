import { checkOptions, number, type OptionChecks, whole } from '@throughtime/errors';
import { positional, type Schedule } from './schedule.js';

/** How far and for how long the rate falls. */
export interface CosineOptions {
  /** The factor at the end, from 0 to 1. Default 0. */
  readonly minimum?: number;
  /** Updates over which it falls; constant at the minimum afterwards. Default: the whole of `fit`. */
  readonly steps?: number;
}

const cosineChecks: OptionChecks<CosineOptions> = {
  minimum: number({ from: 0, to: 1 }),
  steps: whole({ from: 1 }),
};

/**
 * From 1 to the minimum along half a cosine (Loshchilov and Hutter 2017, without restarts).
 * @throws ArgumentError
 */
export function cosine(options: CosineOptions = {}): Schedule<null> {
  checkOptions<CosineOptions>(options, cosineChecks);
  const { minimum = 0, steps } = options;
  return positional(({ step, progress }) => {
    const done = steps === undefined ? progress : Math.min(step / steps, 1);
    return minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * done))) / 2;
  });
}
