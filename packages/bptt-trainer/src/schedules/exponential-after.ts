import { requireNumber, requireWhole } from '../errors.js';
import { positional, type Schedule } from './schedule.js';

/**
 * Constant up to and including an epoch, then multiplied by `decay` every epoch: decay^max(epoch - after, 0), epochs from
 * 1, as the PTB code does (small: after 4, decay 0.5; medium: 6, 0.8; large: 14, 1 / 1.15). `exponentialAfter(0, decay)`
 * decays from the first epoch on.
 */
export function exponentialAfter(after: number, decay: number): Schedule<null> {
  requireWhole('exponentialAfter: after', after, 0);
  requireNumber('exponentialAfter: decay', decay, 'a number above 0', (value) => value > 0);
  return positional(({ epoch }) => decay ** Math.max(epoch - after, 0));
}
