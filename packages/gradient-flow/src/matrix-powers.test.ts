import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { matrix } from './matrix.js';
import { logSlope, powerAlignment, spectralRadiusSweep } from './matrix-powers.js';

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

  it.each([2, 0.5])('finds them where the norms are beyond doubles (radius %f)', (radius) => {
    const [{ slope, norms }] = spectralRadiusSweep({
      ...{ radii: [radius], hiddenSize: 4, steps: 2000 },
      random: Random.seeded(1),
    });
    expect(norms.at(-1)).toBe(radius > 1 ? Number.POSITIVE_INFINITY : 0);
    expect(slope).toBeCloseTo(Math.log(radius), 3);
  });

  it('fits the logarithms of the norms that it gives', () => {
    for (const { slope, norms } of spectralRadiusSweep({ radii: [0.7, 1.3], random: Random.seeded(2) }))
      expect(slope).toBeCloseTo(logSlope(norms, 100), 10);
  });

  it('refuses options that are missing or unknown', () => {
    const sweep = (options: unknown) => () => spectralRadiusSweep(options as never);
    expect(sweep(undefined)).toThrow('options: expected an object with the options radii, hiddenSize, steps');
    expect(sweep({ radii: [1] })).toThrow(
      'random: expected a Random, such as Random.seeded(1), got undefined',
    );
    expect(sweep({ radii: [1, -1], random: Random.seeded(1) })).toThrow('radii[1]: expected a');
    expect(sweep({ radii: [1], units: 3, random: Random.seeded(1) })).toThrow(
      'units: expected the name of an',
    );
  });
});

describe('logSlope', () => {
  it('of a geometric series is the logarithm of its factor', () => {
    const series = Array.from({ length: 20 }, (_, k) => 5 * 0.7 ** k);
    expect(logSlope(series)).toBeCloseTo(Math.log(0.7), 12);
    expect(logSlope([99, 1, ...series], 2)).toBeCloseTo(Math.log(0.7), 12);
  });
});
