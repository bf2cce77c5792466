import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { residualDiagnostics } from './residual-diagnostics.js';

const noise = (length: number, seed = 1) => {
  const random = Random.seeded(seed);
  return Float64Array.from({ length }, () => random.normal());
};

describe('residualDiagnostics', () => {
  it('finds nothing in white noise', () => {
    const { biasPValue, ljungBox, jarqueBera, count } = residualDiagnostics(noise(500));
    expect(count).toBe(500);
    for (const pValue of [biasPValue, ljungBox.pValue, jarqueBera.pValue])
      expect(pValue).toBeGreaterThan(0.01);
  });

  it('finds bias, a memory and heavy tails', () => {
    const shifted = noise(300).map((value) => value + 0.5);
    expect(residualDiagnostics(shifted).biasPValue).toBeLessThan(1e-6);
    const remembered = noise(300);
    for (let t = 1; t < 300; t++) remembered[t] += 0.5 * remembered[t - 1];
    expect(residualDiagnostics(remembered).ljungBox.pValue).toBeLessThan(1e-6);
    expect(residualDiagnostics(noise(300).map((value) => value ** 3)).jarqueBera.pValue).toBeLessThan(1e-6);
  });

  it('agrees with a derivation by hand', () => {
    // 1, -1, 1, -1, ...: autocorrelation at lag 1 of 8 values is -7/8; Q = 8 * 10 * (49/64) / 7.
    const { autocorrelations, ljungBox } = residualDiagnostics([1, -1, 1, -1, 1, -1, 1, -1], { lags: 1 });
    expect(autocorrelations[1]).toBeCloseTo(-7 / 8, 12);
    expect(ljungBox.statistic).toBeCloseTo(8.75, 12);
  });

  it('names too few', () => {
    expect(() => residualDiagnostics([1, 2, 3])).toThrow('residuals: expected at least 8, got 3');
  });
});
