import { ArgumentError, checkOptions, number, type OptionChecks, oneOf, whole } from '@throughtime/errors';
import { positional, type Schedule } from './schedule.js';

/** The shape of the cycles, and how they shrink. */
export interface CyclicalOptions {
  /** The lowest factor, from which each cycle rises to 1. Default 0.25, of the quarter to a third that Smith advises. */
  readonly bottom?: number;
  /** Updates of a rise. Default: `cycles` cycles fill the whole of `fit`, rising and falling equally long. */
  readonly stepsUp?: number;
  /** Updates of a fall. Default: as many as of a rise. Only with `stepsUp`. */
  readonly stepsDown?: number;
  /** Without `stepsUp`: cycles in the whole of `fit`. Default 4: after fewer than three, Smith found, a run had not settled. */
  readonly cycles?: number;
  /**
   * Whether cycles stay as high as the first, each is half as high as the one before (`halved`, PyTorch's `triangular2`), or their
   * height shrinks by `shrink` each update (PyTorch's `exp_range`). Default `constant`.
   */
  readonly height?: 'constant' | 'halved' | 'shrinking';
  /** For `shrinking`: the factor on the height, one for each update. Default 0.9999. */
  readonly shrink?: number;
}

/** The defaults of {@link cyclical} over a whole `fit`. */
export const cyclicalDefaults = { bottom: 0.25, cycles: 4 };

const cyclicalChecks: OptionChecks<CyclicalOptions> = {
  bottom: number({ from: 0, to: 1 }),
  stepsUp: whole({ from: 1 }),
  stepsDown: whole({ from: 1 }),
  cycles: whole({ from: 1 }),
  height: oneOf(['constant', 'halved', 'shrinking']),
  shrink: number({ above: 0, to: 1 }),
};

/**
 * Cyclical learning rates (Smith 2017): from `bottom` up to the optimizer's learning rate along a line and down again, over and over.
 * As `torch.optim.lr_scheduler.CyclicLR` with cycle_momentum off, max_lr the optimizer's rate and base_lr `bottom` of it.
 * @throws ArgumentError
 */
export function cyclical(options: CyclicalOptions = {}): Schedule<null> {
  checkOptions<CyclicalOptions>(options, cyclicalChecks);
  const { bottom = cyclicalDefaults.bottom, cycles = cyclicalDefaults.cycles, height = 'constant' } = options;
  const { stepsUp, stepsDown = stepsUp, shrink = 0.9999 } = options;
  if (stepsUp === undefined && stepsDown !== undefined)
    throw new ArgumentError('stepsDown', 'undefined without stepsUp', stepsDown);
  const updates = stepsUp !== undefined && stepsDown !== undefined ? stepsUp + stepsDown : undefined;
  const rise = updates === undefined ? 0.5 : stepsUp! / updates;
  return positional(({ step, progress }) => {
    const place = updates === undefined ? progress * cycles : step / updates;
    const cycle = Math.floor(place);
    const within = place - cycle;
    const risen = within <= rise ? within / rise : (1 - within) / (1 - rise);
    const scale = height === 'halved' ? 0.5 ** cycle : height === 'shrinking' ? shrink ** step : 1;
    return bottom + (1 - bottom) * risen * scale;
  });
}
