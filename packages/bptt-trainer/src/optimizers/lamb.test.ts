import { describe, expect, it } from 'vitest';
import { parameter } from '../fixtures/pytorch.js';
import { lamb } from './lamb.js';
import { plainBackend } from './plain-backend.js';
import { noUpdates, WeightUpdater } from './weight-updater.js';

/** The weights after updates by these gradients. */
function after(
  start: readonly number[],
  gradients: readonly (readonly number[])[],
  optimizer = lamb(0.1, { epsilon: 0 }),
) {
  const p = parameter('w', [...start]);
  const updater = new WeightUpdater(optimizer, [p], plainBackend);
  let memory = noUpdates;
  for (const gradient of gradients) {
    p.gradient.set(gradient);
    memory = updater.update(memory, 1);
  }
  return [...p.data];
}

describe('lamb', () => {
  it('moves a matrix by the rate times its own length', () => {
    // First update: corrected m / sqrt(v) is the gradient's sign, (1, -1) of length sqrt 2; |w| = 5; so each moves by 0.1 * 5 / sqrt 2.
    const [a, b] = after([3, 4], [[20, -0.001]]);
    expect(a).toBeCloseTo(3 - 0.5 / Math.SQRT2, 6);
    expect(b).toBeCloseTo(4 + 0.5 / Math.SQRT2, 6);
  });

  it('adds the decay to the direction, not to the gradient', () => {
    // u = (1, 1) + 0.5 (3, -4) = (2.5, -1), |u| = sqrt 7.25.
    const [a, b] = after([3, -4], [[7, 7]], lamb(0.1, { epsilon: 0, weightDecay: 0.5 }));
    const share = (0.1 * 5) / Math.sqrt(7.25);
    expect(a).toBeCloseTo(3 - 2.5 * share, 6);
    expect(b).toBeCloseTo(-4 + share, 6);
  });

  it('follows the running means: the second update by hand', () => {
    // betas 0.5 and 0.5, gradients 1 then 3: m = 0.25 + 1.5 = 1.75, corrected by 0.75: 7/3. v = 0.25 + 4.5 = 4.75, corrected: 19/3. With one
    // weight the ratio makes every step 0.1 |w|, its sign that of m.
    expect(after([2], [[1], [3]], lamb(0.1, { epsilon: 0, betas: [0.5, 0.5] }))[0]).toBeCloseTo(2 * 0.81, 6);
    // Two weights show the direction. The second one's gradients are 1 and -1: m = 0.25 - 0.5, corrected -1/3; v = 0.75, corrected 1.
    const [a, b] = after(
      [2, 0],
      [
        [1, 1],
        [3, -1],
      ],
      lamb(0, { epsilon: 0, betas: [0.5, 0.5] }),
    );
    expect([a, b]).toEqual([2, 0]);
    const first = [2 - 0.2 / Math.SQRT2, -0.2 / Math.SQRT2];
    const u = [7 / 3 / Math.sqrt(19 / 3), -1 / 3];
    const share = (0.1 * Math.hypot(...first)) / Math.hypot(...u);
    const moved = after(
      [2, 0],
      [
        [1, 1],
        [3, -1],
      ],
      lamb(0.1, { epsilon: 0, betas: [0.5, 0.5] }),
    );
    expect(moved[0]).toBeCloseTo(first[0] - share * u[0], 6);
    expect(moved[1]).toBeCloseTo(first[1] - share * u[1], 6);
  });

  it('moves weights of zero by the direction itself, and none without a gradient', () => {
    expect(after([0], [[4]])[0]).toBeCloseTo(-0.1, 6);
    expect(after([3, 4], [[0, 0]])).toEqual([3, 4]);
    expect(after([1], [[Number.NaN]])[0]).toBeNaN();
  });
});
