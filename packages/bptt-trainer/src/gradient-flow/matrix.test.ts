import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { matrix, multiply, randomMatrix, scaled, spectralNorm, spectralRadius, transpose } from './matrix.js';
import { powerAlignment } from './power-alignment.js';
import { logSlope } from './slope.js';
import { spectralRadiusSweep } from './spectral-radius-sweep.js';

describe('matrix', () => {
  it('spectral radius and norm of matrices whose eigenvalues are known', () => {
    const diagonal = matrix(2, 2, [-3, 0, 0, 2]);
    expect(spectralRadius(diagonal)).toBeCloseTo(3, 6);
    expect(spectralNorm(diagonal)).toBeCloseTo(3, 12);
    // Rotation by 1 radian, times 0.5: eigenvalues 0.5 exp(+-i).
    const rotation = matrix(
      2,
      2,
      [Math.cos(1), -Math.sin(1), Math.sin(1), Math.cos(1)].map((x) => x / 2),
    );
    expect(spectralRadius(rotation)).toBeCloseTo(0.5, 6);
    // A Jordan block: radius 0.9, norm far larger.
    const jordan = matrix(2, 2, [0.9, 10, 0, 0.9]);
    expect(spectralRadius(jordan)).toBeCloseTo(0.9, 6);
    expect(spectralNorm(jordan)).toBeGreaterThan(10);
    expect(spectralRadius(matrix(2, 2, [0, 1, 0, 0]))).toBe(0);
    expect(spectralNorm(matrix(2, 3, [0, 0, 0, 0, 0, 0]))).toBe(0);
  });

  it('products, transposes, and shapes that do not fit', () => {
    const a = matrix(2, 3, [1, 2, 3, 4, 5, 6]);
    expect([...transpose(a).values]).toEqual([1, 4, 2, 5, 3, 6]);
    // By hand: a a^T.
    expect([...multiply(a, transpose(a)).values]).toEqual([14, 32, 32, 77]);
    expect(() => multiply(a, a)).toThrow('b: expected 3 rows, got 2');
    expect(() => matrix(2, 2, [1])).toThrow('values: expected 2 x 2 of them, got 1');
  });
});

describe('powerAlignment', () => {
  it('turns towards the leading eigenvector and stretches by its eigenvalue', () => {
    // Symmetric: eigenvalues 3 along (1, 1) and 1 along (1, -1).
    const { norms, alignment } = powerAlignment(matrix(2, 2, [2, 1, 1, 2]), [1, -0.6], 30);
    expect(alignment[0]).toBeLessThan(0.95);
    expect(alignment.at(-1)).toBeCloseTo(1, 12);
    expect(norms[30] / norms[29]).toBeCloseTo(3, 10);
  });
});

describe('spectralRadiusSweep', () => {
  it('finds slopes of log rho, below one and above', () => {
    const rows = spectralRadiusSweep({ radii: [0.8, 0.95, 1, 1.1], random: Random.seeded(3) });
    for (const { slope, expectedSlope, norms } of rows) {
      expect(Math.abs(slope - expectedSlope)).toBeLessThan(0.005);
      expect(norms[0]).toBeCloseTo(1, 12);
    }
    expect(rows[0].norms.at(-1)).toBeLessThan(1e-15);
    expect(rows[3].norms.at(-1)).toBeGreaterThan(1e6);
  });
});

describe('logSlope', () => {
  it('of a geometric series is the logarithm of its factor', () => {
    const series = Array.from({ length: 20 }, (_, k) => 5 * 0.7 ** k);
    expect(logSlope(series)).toBeCloseTo(Math.log(0.7), 12);
    expect(logSlope([99, 1, ...series], 2)).toBeCloseTo(Math.log(0.7), 12);
  });

  it('random matrices have a spectral radius near one', () => {
    expect(spectralRadius(randomMatrix(60, 60, Random.seeded(1)))).toBeCloseTo(1, 0);
    const m = randomMatrix(8, 8, Random.seeded(2));
    expect(spectralRadius(scaled(m, 3))).toBeCloseTo(3 * spectralRadius(m), 8);
  });
});
