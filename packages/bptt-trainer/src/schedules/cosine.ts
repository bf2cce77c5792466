import { requireNumber, requireWhole } from '../errors.js';
import { positional, type Schedule } from './schedule.js';

export interface CosineOptions {
  /** The factor at the end. Default 0. */
  readonly minimum?: number;
  /** Updates over which it falls; constant at the minimum afterwards. Default: the whole of `fit`. */
  readonly steps?: number;
}

/** From 1 to the minimum along half a cosine (Loshchilov and Hutter 2017, without restarts). */
export function cosine({ minimum = 0, steps }: CosineOptions = {}): Schedule<null> {
  requireNumber('cosine: minimum', minimum, 'a number in [0, 1]', (value) => value >= 0 && value <= 1);
  if (steps !== undefined) requireWhole('cosine: steps', steps, 1);
  return positional(({ step, progress }) => {
    const done = steps === undefined ? progress : Math.min(step / steps, 1);
    return minimum + ((1 - minimum) * (1 + Math.cos(Math.PI * done))) / 2;
  });
}
