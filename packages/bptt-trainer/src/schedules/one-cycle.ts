import { requireNumber, requireWhole } from '../errors.js';
import { positional, type Schedule } from './schedule.js';

export interface OneCycleOptions {
  /** Fraction of the run spent rising. Default 0.3. */
  readonly rise?: number;
  /** The start is 1 / startDivisor. Default 25. */
  readonly startDivisor?: number;
  /** The end is the start / endDivisor. Default 10,000. */
  readonly endDivisor?: number;
  /** Updates of the cycle; constant at the end's value afterwards. Default: the whole of `fit`. */
  readonly steps?: number;
}

/**
 * One cycle (Smith and Topin 2018): up to the optimiser's learning rate and down to nearly nothing, each along half a
 * cosine, as `torch.optim.lr_scheduler.OneCycleLR` with cycle_momentum off.
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule<null> {
  const { rise = 0.3, startDivisor = 25, endDivisor = 1e4, steps } = options;
  requireNumber('oneCycle: rise', rise, 'a number in (0, 1)', (value) => value > 0 && value < 1);
  requireNumber('oneCycle: startDivisor', startDivisor, 'a number of at least 1', (value) => value >= 1);
  requireNumber('oneCycle: endDivisor', endDivisor, 'a number of at least 1', (value) => value >= 1);
  if (steps !== undefined) requireWhole('oneCycle: steps', steps, 2);
  const start = 1 / startDivisor;
  const end = start / endDivisor;
  return positional(({ step, progress }) => {
    if (steps === undefined) {
      return progress < rise
        ? between(start, 1, progress / rise)
        : between(1, end, (progress - rise) / (1 - rise));
    }
    // PyTorch's borders: the top is reached at update rise * steps - 1, the end at update steps - 1.
    const top = rise * steps - 1;
    const last = steps - 1;
    // A rise of a single update or less has no start: the first update is the top, or beyond it.
    if (step <= top) return top > 0 ? between(start, 1, step / top) : 1;
    return between(1, end, Math.min((step - top) / (last - top), 1));
  });
}

function between(from: number, to: number, done: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
}
