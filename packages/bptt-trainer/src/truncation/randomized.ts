import { number } from '@throughtime/errors';
import type { Random } from '@throughtime/random';
import { plainWindow, type Truncation, type Window } from './truncation.js';

/**
 * Randomized truncation (Tallec and Ollivier 2017; Dive into Deep Learning, "Backpropagation Through Time"). At each border between
 * two steps of a batch the gradient is multiplied by xi, which is 0 with probability 1 - keep and 1 / keep otherwise. So its
 * expectation is exactly the gradient of full BPTT, while memory holds about 1 / (1 - keep) steps at once. One update per batch.
 * Its variance grows with keep^-distance: choose keep near 1.
 *
 * A batch is cut where xi is 0; inside a piece every border has the factor 1 / keep. The pieces' gradients are added up to the
 * gradient of the whole batch's loss.
 * @param keep probability that the gradient passes a border, above 0 and at most 1
 * @throws ArgumentError
 */
export function randomized(keep: number): Truncation {
  number({ above: 0, to: 1 })('keep', keep);
  return {
    name: `randomized(${keep})`,
    needs: 'recurrent-gradient-scale',
    windows: (steps, random) => pieces(steps, keep, random),
  };
}

function pieces(steps: number, keep: number, random: Random): Window[] {
  const windows: Window[] = [];
  let start = 0;
  for (let end = 1; end <= steps; end++) {
    const last = end === steps;
    if (last || random.uniform() >= keep) {
      windows.push(plainWindow(start, end, { gradientScale: 1 / keep, update: last }));
      start = end;
    }
  }
  return windows;
}
