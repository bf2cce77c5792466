import { positive, whole } from '@throughtime/errors';
import { positional, type Schedule } from './schedule.js';

/**
 * Constant up to and including an epoch, then multiplied by `decay` every epoch: decay^max(epoch - after, 0), with epochs counted
 * from 1, as in the Penn Treebank code (small: after 4, decay 0.5; medium: 6, 0.8; large: 14, 1 / 1.15).
 * `exponentialAfter(0, decay)` decays from the first epoch on.
 * @throws ArgumentError
 */
export function exponentialAfter(after: number, decay: number): Schedule<null> {
  whole({ from: 0 })('after', after);
  positive('decay', decay);
  return positional(({ epoch }) => decay ** Math.max(epoch - after, 0));
}
