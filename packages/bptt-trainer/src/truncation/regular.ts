import { checkOptions, type OptionChecks, required, whole } from '@throughtime/errors';
import { plainWindow, type Truncation, type Window } from './truncation.js';

/** TBPTT(k1, k2) of Williams and Peng (1990). */
export interface RegularOptions {
  /** k1: steps from one update to the next. */
  readonly every: number;
  /** k2: how many steps back, at most, the gradient of those losses flows. Default: `every`. */
  readonly back?: number;
}

const regularChecks: OptionChecks<RegularOptions> = {
  every: required(whole({ from: 1 })),
  back: whole({ from: 1 }),
};

/**
 * Regular truncation, BPTT(k1, k2) (Williams and Peng 1990; Sutskever 2013, section 2.8.6): one update every k1 steps, whose
 * gradient flows back at most k2 steps.
 *
 * - k2 = k1, written `regular(k)`: consecutive chunks of k steps, the usual choice.
 * - k2 > k1: overlapping windows of k2 steps, each of which counts the losses of its last k1. The steps before are run again with
 *   the present weights, from the state carried to the window's start. The model must have the capability.
 * - k2 < k1: the first k1 - k2 steps run forward only, as in evaluation (without dropout). Their losses are reported but have no
 *   gradient.
 *
 * A batch's last window is shorter where T is no multiple of k1, and windows do not reach back over a batch's border: make
 * batches long compared with k2.
 * @throws ArgumentError
 */
export function regular(steps: number | RegularOptions): Truncation {
  if (typeof steps === 'object') checkOptions<RegularOptions>(steps, regularChecks);
  else whole({ from: 1 })('steps', steps);
  const { every, back = every }: RegularOptions = typeof steps === 'object' ? steps : { every: steps };
  if (back > every) {
    return {
      name: `regular(every ${every}, back ${back})`,
      needs: 'overlapping-windows',
      windows: (length) => overlapping(length, every, back),
    };
  }
  return {
    name: back === every ? `regular(${every})` : `regular(every ${every}, back ${back})`,
    windows: (length) => consecutive(length, every, back),
  };
}

function consecutive(length: number, every: number, back: number): Window[] {
  const windows: Window[] = [];
  for (let start = 0; start < length; start += every) {
    const end = Math.min(start + every, length);
    const cut = Math.max(start, end - back);
    if (cut > start) windows.push(plainWindow(start, cut, { backward: false, update: false }));
    windows.push(plainWindow(cut, end));
  }
  return windows;
}

function overlapping(length: number, every: number, back: number): Window[] {
  const windows: Window[] = [];
  for (let lossFrom = 0; lossFrom < length; lossFrom += every) {
    const end = Math.min(lossFrom + every, length);
    const nextEnd = Math.min(end + every, length);
    // After the last window the state of the batch's end is carried to the next batch.
    const carryAt = end === length ? end : Math.max(0, nextEnd - back);
    windows.push(plainWindow(Math.max(0, end - back), end, { lossFrom, carryAt }));
  }
  return windows;
}
