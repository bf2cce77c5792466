import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimize, type Objective } from './lbfgs.js';

/** f(x, y) = (1 - x)^2 + 100 (y - x^2)^2: a curved valley with its minimum 0 at (1, 1). */
const rosenbrock: Objective = ([x, y], gradient) => {
  gradient[0] = -2 * (1 - x) - 400 * x * (y - x * x);
  gradient[1] = 200 * (y - x * x);
  return (1 - x) ** 2 + 100 * (y - x * x) ** 2;
};

describe('minimize (L-BFGS)', () => {
  it('follows the valley of Rosenbrock to its end, from anywhere', () => {
    const coordinate = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(coordinate, coordinate, (x, y) => {
        const { point, converged } = minimize(rosenbrock, [x, y], {
          valueTolerance: 0,
          gradientTolerance: 1e-8,
        });
        expect(converged).toBe(true);
        expect(point[0]).toBeCloseTo(1, 6);
        expect(point[1]).toBeCloseTo(1, 6);
      }),
    );
  });

  it('solves a quadratic in 50 unknowns', () => {
    const weights = Array.from({ length: 50 }, (_, i) => 10 ** (i / 24.5)); // 1 .. 10^2
    const quadratic: Objective = (point, gradient) => {
      let value = 0;
      for (let i = 0; i < 50; i++) {
        gradient[i] = weights[i] * (point[i] - i);
        value += 0.5 * weights[i] * (point[i] - i) ** 2;
      }
      return value;
    };
    const { point } = minimize(quadratic, new Float64Array(50), { maxIterations: 500, valueTolerance: 0 });
    for (let i = 0; i < 50; i++) expect(point[i]).toBeCloseTo(i, 4);
  });

  it('turns back from where the function is not finite', () => {
    const barrier: Objective = ([x], gradient) => {
      gradient[0] = 1 - 1 / x;
      return x - Math.log(x);
    };
    expect(minimize(barrier, [20]).point[0]).toBeCloseTo(1, 4);
  });

  it('stops when asked to, keeping the best point', () => {
    const controller = new AbortController();
    const values: number[] = [];
    const result = minimize(rosenbrock, [-1, 2], {
      signal: controller.signal,
      onIteration: (iteration, value) => {
        values.push(value);
        if (iteration === 3) controller.abort();
      },
    });
    expect(result.iterations).toBe(3);
    expect(result.converged).toBe(false);
    expect(result.value).toBe(values[2]);
  });
});
