import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { normalQuantile } from '../numeric/distributions.js';
import { coverage, gaussianCrps, pinballLoss, quantileCrps, sampleCrps } from './probabilistic-metrics.js';

describe('probabilistic metrics', () => {
  it('agree with derivations by hand', () => {
    expect(pinballLoss(10, 8, 0.9)).toBeCloseTo(1.8, 12);
    expect(pinballLoss(8, 10, 0.9)).toBeCloseTo(0.2, 12);
    expect(coverage([1, 2, 3, Number.NaN], [0, 2, 4, 0], [1, 3, 5, 9])).toBeCloseTo(2 / 3, 12);
    // Of N(0, 1) at 0: 2 phi(0) - 1 / sqrt(pi) = 0.2337
    expect(gaussianCrps(0, 0, 1)).toBeCloseTo((Math.SQRT2 - 1) / Math.sqrt(Math.PI), 12);
    // Samples 0 and 2 at 1: mean distance 1, half of the mean difference of pairs 2 / 2 = 1.
    expect(sampleCrps(1, [0, 2])).toBeCloseTo(0, 12);
  });

  it('samples and quantiles tend to the closed form', () => {
    const random = Random.seeded(1);
    const samples = Array.from({ length: 5000 }, () => 2 + 3 * random.normal());
    const exact = gaussianCrps(4, 2, 3);
    expect(Math.abs(sampleCrps(4, samples) - exact)).toBeLessThan(0.1);
    const levels = Array.from({ length: 999 }, (_, i) => (i + 1) / 1000);
    const quantiles = levels.map((level) => 2 + 3 * normalQuantile(level));
    expect(quantileCrps(4, levels, quantiles)).toBeCloseTo(exact, 2);
  });

  it('is the absolute error of a forecast that is certain', () => {
    expect(gaussianCrps(3, 5, 0)).toBe(2);
    expect(quantileCrps(3, [0.5], [5])).toBe(2);
  });
});

describe('coverage', () => {
  it('counts neither missing values nor infinite intervals', () => {
    const infinite = Number.POSITIVE_INFINITY;
    expect(coverage([1, 2, 3], [0, -infinite, 0], [2, infinite, 2])).toBe(0.5);
    expect(coverage([1, 2], [-infinite, 0], [infinite, infinite])).toBeNaN();
    expect(coverage([Number.NaN, 1], [0, 0], [2, 2])).toBe(1);
  });

  it('refuse what is no distribution, and lists that do not belong together', () => {
    expect(() => coverage([1, 2, 3], [0], [2])).toThrow('lower: expected 3 values, as many as actual, got 1');
    expect(() => coverage([1], [0], [2, 3])).toThrow('upper: expected 1 values, as many as actual, got 2');
    expect(() => quantileCrps(1, [0.1, 0.9], [1])).toThrow(
      'quantiles: expected 2 values, as many as levels, got 1',
    );
    expect(() => quantileCrps(1, [], [])).toThrow('levels: expected at least one, got none');
    expect(() => gaussianCrps(0, 0, -1)).toThrow('deviation: expected at least 0, got -1');
    for (const level of [-0.5, 0, 1, 2, Number.NaN]) {
      expect(() => pinballLoss(0, 0, level)).toThrow('level: expected a number');
    }
  });
});
