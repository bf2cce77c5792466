import { checkOptions, number, type OptionChecks, whole } from '@throughtime/errors';
import type { Schedule } from './schedule.js';

/** The shape of the cycle, by PyTorch's names of `OneCycleLR`. */
export interface OneCycleOptions {
  /** Fraction of the run spent rising. Default 0.3. */
  readonly rise?: number;
  /** The start is 1 / startDivisor. Default 25. */
  readonly startDivisor?: number;
  /** The end is the start / endDivisor. Default 10,000. */
  readonly endDivisor?: number;
  /** Updates of the cycle; constant at the end's value afterwards. Default: the updates of the whole `fit`. */
  readonly steps?: number;
}

/** The defaults of {@link oneCycle}: PyTorch's. */
export const oneCycleDefaults = { rise: 0.3, startDivisor: 25, endDivisor: 1e4 };

const oneCycleChecks: OptionChecks<OneCycleOptions> = {
  rise: number({ above: 0, below: 1 }),
  startDivisor: number({ from: 1 }),
  endDivisor: number({ from: 1 }),
  steps: whole({ from: 2 }),
};

/**
 * Runs saved before 'by-updates' was there have null: they continue by the share of the run that is done, as they began, which is up
 * to one update behind.
 */
export type OneCycleMemory = 'by-updates' | null;

/**
 * One cycle (Smith and Topin 2018): up to the optimizer's learning rate and down to nearly nothing, each along half a
 * cosine, as `torch.optim.lr_scheduler.OneCycleLR` with cycle_momentum off and `steps` as total_steps. Without
 * `steps`, where a truncation draws how many updates there are, the cycle follows the share of the run that is done.
 * @throws ArgumentError
 */
export function oneCycle(options: OneCycleOptions = {}): Schedule<OneCycleMemory> {
  checkOptions<OneCycleOptions>(options, oneCycleChecks);
  const {
    rise = oneCycleDefaults.rise,
    startDivisor = oneCycleDefaults.startDivisor,
    endDivisor = oneCycleDefaults.endDivisor,
    steps,
  } = options;
  const start = 1 / startDivisor;
  const end = start / endDivisor;
  return {
    initial: 'by-updates',
    factor({ step, progress, plan }, memory) {
      const planned = memory === 'by-updates' ? plan : undefined;
      const cycle = steps === undefined ? planned : { updates: steps, before: step };
      if (!cycle) {
        return progress < rise
          ? between(start, 1, progress / rise)
          : between(1, end, (progress - rise) / (1 - rise));
      }
      // PyTorch's borders: the top is reached at update rise * updates - 1, the end at the last update.
      const top = rise * cycle.updates - 1;
      const last = cycle.updates - 1;
      // A rise of one update or less has no start: the first update is the top, or beyond it.
      if (cycle.before <= top) return top > 0 ? between(start, 1, cycle.before / top) : 1;
      return between(1, end, Math.min((cycle.before - top) / (last - top), 1));
    },
    observe: (memory) => memory,
  };
}

function between(from: number, to: number, done: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * done))) / 2;
}
