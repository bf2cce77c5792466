import { requireNumber, requireWhole } from '../errors.js';
import type { Schedule } from './schedule.js';

export interface OnPlateauOptions {
  /** Multiplies the rate each time. Default 0.1. */
  readonly factor?: number;
  /** Validations without improvement that are put up with; the next one lowers the rate. Default 10. */
  readonly patience?: number;
  /** Improvement means loss < best * (1 - threshold). Default 1e-4. */
  readonly threshold?: number;
  /** Validations after a lowering during which none counts as bad. Default 0. */
  readonly cooldown?: number;
  /** The factor never falls below. Default 0. */
  readonly minimum?: number;
}

export interface PlateauMemory {
  readonly factor: number;
  /** null before the first validation: JSON has no infinity. */
  readonly best: number | null;
  readonly bad: number;
  readonly cooling: number;
}

/**
 * Lowers the rate when validation stops improving, as `torch.optim.lr_scheduler.ReduceLROnPlateau` (mode min, relative
 * threshold). Needs validation in `fit`.
 */
export function onPlateau(options: OnPlateauOptions = {}): Schedule<PlateauMemory> {
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, minimum = 0 } = options;
  requireNumber('onPlateau: factor', factor, 'a number in (0, 1)', (value) => value > 0 && value < 1);
  requireWhole('onPlateau: patience', patience, 0);
  requireWhole('onPlateau: cooldown', cooldown, 0);
  requireNumber('onPlateau: threshold', threshold, 'a number in [0, 1)', (value) => value >= 0 && value < 1);
  requireNumber('onPlateau: minimum', minimum, 'a number in [0, 1]', (value) => value >= 0 && value <= 1);
  return {
    needsValidation: 'onPlateau',
    initial: { factor: 1, best: null, bad: 0, cooling: 0 },
    factor: (_, memory) => memory.factor,
    observe(memory, loss) {
      const bar = memory.best === null ? Number.POSITIVE_INFINITY : memory.best * (1 - threshold);
      const improved = loss < bar;
      const best = improved ? loss : memory.best;
      const cooling = Math.max(memory.cooling - 1, 0);
      const bad = improved || memory.cooling > 0 ? 0 : memory.bad + 1;
      if (bad <= patience) return { factor: memory.factor, best, bad, cooling };
      return { factor: Math.max(memory.factor * factor, minimum), best, bad: 0, cooling: cooldown };
    },
  };
}
