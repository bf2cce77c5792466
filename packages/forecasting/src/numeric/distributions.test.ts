import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chiSquareSurvival,
  normalCdf,
  normalQuantile,
  sampleStudent,
  studentCdf,
  studentQuantile,
} from './distributions.js';
import { digamma, logGamma } from './special-functions.js';
import { mean, variance } from './statistics.js';

describe('special functions', () => {
  it('agree with closed forms', () => {
    expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.sqrt(Math.PI)), 13);
    expect(logGamma(11)).toBeCloseTo(Math.log(3_628_800), 12);
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 12); // minus Euler's constant
    expect(digamma(0.5)).toBeCloseTo(-0.5772156649015329 - 2 * Math.LN2, 12);
  });

  it('digamma is the slope of logGamma', () => {
    for (const x of [0.3, 1.7, 4, 25]) {
      expect(digamma(x)).toBeCloseTo((logGamma(x + 1e-5) - logGamma(x - 1e-5)) / 2e-5, 6);
    }
  });
});

describe('distributions', () => {
  it('normal: tables, and the quantile inverts the distribution', () => {
    expect(normalCdf(1.959963984540054)).toBeCloseTo(0.975, 12);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 10);
    for (const level of [1e-6, 0.01, 0.3, 0.5, 0.9, 0.999])
      expect(normalCdf(normalQuantile(level))).toBeCloseTo(level, 12);
    // Far out in the tails, as Python's statistics.NormalDist has them.
    expect(normalQuantile(1e-10)).toBeCloseTo(-6.361340902404056, 12);
    expect(normalQuantile(1e-20)).toBeCloseTo(-9.262340089798409, 12);
    expect([0, 1, 2, Number.NaN].map(normalQuantile)).toEqual([-Infinity, Infinity, Number.NaN, Number.NaN]);
  });

  it('normal: the quantile of any level is where the distribution has it', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-12, max: 0.5, noNaN: true }), (level) => {
        const z = normalQuantile(level);
        // The distribution itself is a difference from a half.
        expect(Math.abs(normalCdf(z) - level)).toBeLessThan(1e-14);
        expect(normalQuantile(1 - level)).toBeCloseTo(-z, level > 1e-3 ? 11 : 2);
      }),
    );
  });

  it('Student: closed forms at one and two degrees of freedom, the normal at many', () => {
    // F(t) = 1/2 + atan(t) / pi; F(t) = 1/2 + t / (2 sqrt(2 + t^2))
    expect(studentCdf(-2, 1)).toBeCloseTo(0.5 - Math.atan(2) / Math.PI, 12);
    expect(studentCdf(3, 2)).toBeCloseTo(0.5 + 3 / (2 * Math.sqrt(11)), 12);
    expect(studentCdf(1, 1e7)).toBeCloseTo(normalCdf(1), 6);
    for (const df of [1, 3.5, 30]) expect(studentCdf(studentQuantile(0.07, df), df)).toBeCloseTo(0.07, 10);
  });

  it('chi-square: exp(-x / 2) at two degrees of freedom, and the 5% point of ten', () => {
    for (const x of [0.1, 2, 9, 40]) expect(chiSquareSurvival(x, 2)).toBeCloseTo(Math.exp(-x / 2), 12);
    expect(chiSquareSurvival(18.307038053275146, 10)).toBeCloseTo(0.05, 10);
  });

  it('draws Student with its variance, df / (df - 2)', () => {
    const random = Random.seeded(1);
    const values = Float64Array.from({ length: 40_000 }, () => sampleStudent(10, random));
    // Standard errors: of the mean 0.0056; of the variance sqrt((kurtosis - 1) / n) * 1.25 = 0.011; five of them.
    expect(Math.abs(mean(values))).toBeLessThan(0.03);
    expect(Math.abs(variance(values) - 1.25)).toBeLessThan(0.06);
  });
});
