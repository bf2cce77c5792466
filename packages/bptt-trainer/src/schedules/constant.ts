import { positional, type Schedule } from './schedule.js';

/** The optimiser's learning rate throughout; the default. */
export function constant(): Schedule<null> {
  return positional(() => 1);
}
