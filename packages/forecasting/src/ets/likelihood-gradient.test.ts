import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LikelihoodDifferentiator } from './likelihood-gradient.js';
import { type EtsState, type SmoothingParameters, smooth } from './smoothing.js';
import { candidates, formatEts } from './specification.js';

const period = 3;
const every = [...candidates({ period, positive: true }), ...candidates({ period: 1, positive: true })];

const share = fc.double({ min: 0.05, max: 0.9, noNaN: true });
const value = fc.double({ min: 5, max: 15, noNaN: true });
const example = fc.record({
  alpha: share,
  betaShare: share,
  gammaShare: share,
  phi: fc.double({ min: 0.8, max: 1, noNaN: true }),
  trend: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
  values: fc.array(
    fc.oneof({ arbitrary: value, weight: 9 }, { arbitrary: fc.constant(Number.NaN), weight: 1 }),
    {
      minLength: 8,
      maxLength: 20,
    },
  ),
});

describe('LikelihoodDifferentiator', () => {
  it.each(every.map((specification) => [formatEts(specification), specification] as const))(
    '%s: the likelihood of smooth, and its differences',
    (_, specification) => {
      fc.assert(
        fc.property(example, ({ alpha, betaShare, gammaShare, phi, trend, values: list }) => {
          fc.pre(list.filter((each) => !Number.isNaN(each)).length > 5);
          const values = Float64Array.from(list);
          const season = { none: [0], additive: [0.5, -0.2, -0.3], multiplicative: [1.1, 0.95, 0.95] };
          const point = [alpha, alpha * betaShare, (1 - alpha) * gammaShare, phi, 10, trend];
          point.push(...season[specification.seasonal]);
          const read = (x: readonly number[]): [SmoothingParameters, EtsState] => [
            { alpha: x[0], beta: x[1], gamma: x[2], phi: x[3] },
            { level: x[4], trend: x[5], season: Float64Array.from(x.slice(6)) },
          ];
          const at = (x: readonly number[]) => smooth(specification, ...read(x), values).logLikelihood;
          const { logLikelihood, parameters, start } = new LikelihoodDifferentiator(
            specification,
            values,
          ).differentiate(...read(point));
          expect(logLikelihood).toBeCloseTo(at(point), 10);
          const { alpha: dAlpha, beta, gamma, phi: dPhi } = parameters;
          const gradient = [dAlpha, beta, gamma, dPhi, start.level, start.trend, ...start.season];
          gradient.forEach((slope, i) => {
            const moved = (by: number) => at(point.map((entry, j) => (j === i ? entry + by : entry)));
            const numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            expect(Math.abs(slope - numeric)).toBeLessThan(1e-4 * Math.max(1, Math.abs(slope)));
          });
        }),
        { numRuns: 20 },
      );
    },
  );
});
