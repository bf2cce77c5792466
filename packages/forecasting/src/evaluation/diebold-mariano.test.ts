import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { dieboldMariano } from './diebold-mariano.js';

describe('dieboldMariano', () => {
  it('agrees with a derivation by hand', () => {
    // Differences 1, 2, 3: mean 2, variance 2/3, 2 / sqrt(2/9) = 4.2426; the correction sqrt((3 + 1 - 2) / 3) makes 3.4641.
    // Student with 2 degrees of freedom: p = 1 - 3.4641 / sqrt(2 + 12) = .07418.
    const { statistic, pValue } = dieboldMariano([2, 3, 4], [1, 1, 1]);
    expect(statistic).toBeCloseTo(Math.sqrt(12), 10);
    expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 10);
  });

  it('is antisymmetric, and certain of nothing between equals', () => {
    const random = Random.seeded(1);
    const [a, b] = [0, 1].map(() => Array.from({ length: 30 }, () => random.uniform()));
    expect(dieboldMariano(a, b).statistic).toBeCloseTo(-dieboldMariano(b, a).statistic, 12);
    expect(dieboldMariano(a, a)).toMatchObject({ statistic: 0, pValue: 1 });
  });

  it('rejects equals as often as it should, though neighbours overlap', () => {
    const random = Random.seeded(2);
    const overlap = 4;
    let rejected = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      // Moving averages of order 3, as errors of 4-step forecasts are.
      const noise = Array.from({ length: 200 + overlap }, () => random.normal());
      const losses = Array.from({ length: 200 }, (_, i) =>
        noise.slice(i, i + overlap).reduce((sum, e) => sum + e, 0),
      );
      if (dieboldMariano(losses, new Float64Array(200), { overlap }).pValue < 0.05) rejected++;
    }
    // Bartlett's weights leave some of the covariance out, so a little above 5%; without them it would be near 30%.
    expect(rejected / runs).toBeLessThan(0.15);
  });

  it('names lists that do not match', () => {
    expect(() => dieboldMariano([1, 2], [1])).toThrow('losses: expected two lists of the same length');
  });
});
