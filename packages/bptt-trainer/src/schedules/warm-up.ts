import { whole } from '@throughtime/errors';
import { constant, type Schedule, scheduleCheck } from './schedule.js';

/**
 * Rises linearly over the first `steps` updates, from 1 / steps at the first to 1 at the last of them. It is multiplied by `then`,
 * which runs from the start.
 * @throws ArgumentError
 */
export function warmUp(steps: number): Schedule<null>;
export function warmUp<M>(steps: number, then: Schedule<M>): Schedule<M>;
export function warmUp(steps: number, then: Schedule = constant()): Schedule {
  whole({ from: 1 })('steps', steps);
  scheduleCheck('then', then);
  return {
    ...then,
    factor: (position, memory) => Math.min((position.step + 1) / steps, 1) * then.factor(position, memory),
    observe: (memory, loss) => then.observe(memory, loss),
  };
}
