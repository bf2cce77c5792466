import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { matrix, multiply, randomMatrix, scaled, spectralNorm, spectralRadius, transpose } from './matrix.js';

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
    expect(() => multiply(a, a)).toThrow('b.rows: expected 3, as many as a has columns, got 2');
    expect(() => matrix(2, 2, [1])).toThrow('values.length: expected 2 x 2 = 4, got 1');
  });

  it('random matrices have a spectral radius near one', () => {
    expect(spectralRadius(randomMatrix(60, 60, Random.seeded(1)))).toBeCloseTo(1, 0);
    const m = randomMatrix(8, 8, Random.seeded(2));
    expect(spectralRadius(scaled(m, 3))).toBeCloseTo(3 * spectralRadius(m), 8);
  });
});
