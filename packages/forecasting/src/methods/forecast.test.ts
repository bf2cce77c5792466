import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelsOf } from './forecast.js';

describe('levelsOf', () => {
  it('bounds intervals by levels that are written without rounding', () => {
    expect(levelsOf([0.9, 0.8, 0.95])).toEqual([0.025, 0.05, 0.1, 0.9, 0.95, 0.975]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), (tenThousandths) => {
        const [lower, upper] = levelsOf([tenThousandths / 10_000]);
        // Half of four decimals has five.
        expect(String(lower).length).toBeLessThanOrEqual('0.00005'.length);
        expect(String(upper).length).toBeLessThanOrEqual('0.99995'.length);
        expect(upper - lower).toBeCloseTo(tenThousandths / 10_000, 12);
      }),
    );
  });

  it('keeps levels within 0 and 1 for any coverage', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1 - 1e-12, minExcluded: true, noNaN: true }), (coverage) => {
        const [lower, upper] = levelsOf([coverage]);
        expect(lower).toBeGreaterThan(0);
        expect(upper).toBeLessThan(1);
      }),
    );
  });
});
