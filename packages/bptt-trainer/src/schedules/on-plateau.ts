import { checkOptions, number, type OptionChecks, whole } from '@throughtime/errors';
import type { Schedule } from './schedule.js';

/** When the rate falls, and how far. */
export interface OnPlateauOptions {
  /** Multiplies the rate each time. Default 0.1. */
  readonly factor?: number;
  /** How many validations in a row may pass without improvement; one more lowers the rate. Default 10. */
  readonly patience?: number;
  /** Improvement means loss < best * (1 - threshold). Default 1e-4. */
  readonly threshold?: number;
  /** Validations after a lowering during which none counts as bad. Default 0. */
  readonly cooldown?: number;
  /** The factor never falls below this. Default 0. */
  readonly minimum?: number;
}

const onPlateauChecks: OptionChecks<OnPlateauOptions> = {
  factor: number({ above: 0, below: 1 }),
  patience: whole({ from: 0 }),
  threshold: number({ from: 0, below: 1 }),
  cooldown: whole({ from: 0 }),
  minimum: number({ from: 0, to: 1 }),
};

/** What {@link onPlateau} remembers between validations; fit for JSON. */
export interface PlateauMemory {
  /** What the optimizer's rate is multiplied by now; 1 at first. */
  readonly factor: number;
  /** null before the first validation: JSON has no infinity. */
  readonly best: number | null;
  /** Validations without improvement in a row. */
  readonly bad: number;
  /** Validations left during which none counts as bad. */
  readonly cooling: number;
}

/**
 * Lowers the rate when validation stops improving, as `torch.optim.lr_scheduler.ReduceLROnPlateau` (mode min, relative
 * threshold). Needs validation in `fit`.
 * @throws ArgumentError
 */
export function onPlateau(options: OnPlateauOptions = {}): Schedule<PlateauMemory> {
  checkOptions<OnPlateauOptions>(options, onPlateauChecks);
  const { factor = 0.1, patience = 10, threshold = 1e-4, cooldown = 0, minimum = 0 } = options;
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
