import { requireWhole } from '../errors.js';
import { constant } from './constant.js';
import type { Schedule } from './schedule.js';

/**
 * Rises linearly over the first `steps` updates, 1/steps at the first and 1 at the last of them, multiplied by `then`, which
 * runs from the start.
 */
export function warmUp(steps: number): Schedule<null>;
export function warmUp<M>(steps: number, then: Schedule<M>): Schedule<M>;
export function warmUp(steps: number, then: Schedule = constant()): Schedule {
  requireWhole('warmUp: steps', steps, 1);
  return {
    ...then,
    factor: (position, memory) => Math.min((position.step + 1) / steps, 1) * then.factor(position, memory),
    observe: (memory, loss) => then.observe(memory, loss),
  };
}
