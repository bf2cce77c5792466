import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSampler, type SamplingOptions } from './sampler.js';

const p = [0.5, 0.2, 0.2, 0.1];
const logP = p.map(Math.log);

function distribution(options: SamplingOptions, recent?: readonly number[], of = logP): number[] {
  const sampler = createSampler({ random: Random.seeded(1), ...options }, of.length);
  return [...sampler.probabilities(of, recent)];
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  actual.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i], 12);
  });
}

describe('the distribution that is drawn from', () => {
  it('is the model own by default', () => {
    expectClose(distribution({}), p);
  });

  it('is p to the power alpha, normalized; temperature is its inverse', () => {
    const squares = p.map((value) => value ** 2);
    const total = squares.reduce((a, b) => a + b, 0);
    const expected = squares.map((value) => value / total);
    expectClose(distribution({ power: 2 }), expected);
    expectClose(distribution({ temperature: 0.5 }), expected);
  });

  it('keeps the k most probable, of equals the lower id', () => {
    expectClose(distribution({ topK: 2 }), [5 / 7, 2 / 7, 0, 0]);
    expectClose(distribution({ topK: 9 }), p);
  });

  it('keeps the smallest nucleus that reaches topP', () => {
    expectClose(distribution({ topP: 0.5 }), [1, 0, 0, 0]);
    expectClose(distribution({ topP: 0.6 }), [5 / 7, 2 / 7, 0, 0]);
    expectClose(distribution({ topP: 0.85 }), [5 / 9, 2 / 9, 2 / 9, 0]);
  });

  it('measures the nucleus after topK', () => {
    // Of the two kept, 5/7 and 2/7, the first alone reaches 0.7.
    expectClose(distribution({ topK: 2, topP: 0.7 }), [1, 0, 0, 0]);
  });

  it('drops what is less probable than minP times the best', () => {
    expectClose(distribution({ minP: 0.3 }), [5 / 9, 2 / 9, 2 / 9, 0]);
    expectClose(distribution({ minP: 1 }), [1, 0, 0, 0]);
  });

  it('keeps a token at exactly minP times the best, however its logarithm is rounded', () => {
    const thirds = (as: (values: number[]) => readonly number[] | Float32Array) => {
      const scores = as([0.5, 0.15, 0.149999, 0.2].map(Math.log));
      return [...createSampler({ minP: 0.3, random: Random.seeded(1) }, 4).probabilities(scores)];
    };
    for (const as of [(values: number[]) => values, (values: number[]) => Float32Array.from(values)]) {
      expect(thirds(as).map((value) => value > 0)).toEqual([true, true, false, true]);
    }
    // Small probabilities, whose float32 logarithms are coarse.
    for (let percent = 1; percent <= 100; percent++) {
      for (const best of [1e-6, 0.0000024216460446384278, 0.0000028013522722888154, 1e-4, 0.01]) {
        const scores = Float32Array.of(Math.log(best), Math.log((best * percent) / 100));
        const q = createSampler({ minP: percent / 100, random: Random.seeded(1) }, 2).probabilities(scores);
        expect(q[1], `${percent}% of ${best}`).toBeGreaterThan(0);
      }
    }
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.double({ min: 1e-6, max: 1, noNaN: true }),
        fc.boolean(),
        (percent, best, single) => {
          const share = percent / 100;
          const scores = [Math.log(best), Math.log(best * share), Math.log(best * share * 0.9999)];
          const sampler = createSampler({ minP: share, random: Random.seeded(1) }, 3);
          const q = sampler.probabilities(single ? Float32Array.from(scores) : scores);
          expect([...q].map((value) => value > 0)).toEqual([true, true, false]);
        },
      ),
    );
  });

  it('is the limit at temperatures near 0: the most probable token', () => {
    for (const temperature of [0, 1e-320, 5e-324, 1e-310]) {
      expectClose(distribution({ temperature }), [1, 0, 0, 0]);
      expectClose(distribution({ temperature }, [], [-2, -Infinity, -1, -3]), [0, 0, 1, 0]);
      expect(createSampler({ temperature }, 4).choose([-1, -1, -1, -1])).toBe(0);
    }
    const scores = fc.array(fc.oneof(fc.integer({ min: -900, max: 0 }), fc.constant(-Infinity)), {
      minLength: 1,
      maxLength: 9,
    });
    fc.assert(
      fc.property(scores, fc.double({ min: 0, max: 1e-3, noNaN: true }), (values, temperature) => {
        fc.pre(values.some((value) => value > -Infinity));
        const q = distribution({ temperature }, [], values);
        expect(q.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
        const best = Math.max(...values);
        q.forEach((value, v) => {
          expect(value > 0 && values[v] < best).toBe(false);
        });
      }),
    );
  });

  it.each([Number.NaN, Infinity, undefined])('is refused by name for a log-probability of %s', (value) => {
    const broken = [-1, value as number, -1];
    for (const options of [{ random: Random.seeded(1) }, { greedy: true }, { temperature: 0 }]) {
      const sampler = createSampler(options, 3);
      expect(() => sampler.choose(broken)).toThrow(ArgumentError);
      expect(() => sampler.choose(broken)).toThrow(
        'logProbabilities[1]: expected a number or -Infinity, got',
      );
      expect(() => sampler.probabilities(broken)).toThrow('logProbabilities[1]');
    }
  });

  it('penalises recent tokens once each, within the window', () => {
    const weights = [0.5 ** 2, 0.2, 0.2, 0.1];
    const total = weights.reduce((a, b) => a + b, 0);
    const expected = weights.map((value) => value / total);
    expectClose(distribution({ repetitionPenalty: 2 }, [0, 0, 0]), expected);
    expectClose(distribution({ repetitionPenalty: 2, repetitionWindow: 1 }, [3, 1, 0]), expected);
  });

  it('never chooses excluded ids', () => {
    expectClose(distribution({ exclude: [0] }), [0, 0.4, 0.4, 0.2]);
  });

  it('is a distribution on the allowed ids for any options and any scale of scores', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.integer({ min: -50_000, max: 0 }).map((n) => n / 100),
          { minLength: 1, maxLength: 40 },
        ),
        fc.double({ min: 0.05, max: 5, noNaN: true }),
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (scores, temperature, topK, topP, minP) => {
          const q = distribution({ temperature, topK, topP, minP }, [], scores);
          expect(q.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 9);
          const kept = q.filter((value) => value > 0).length;
          expect(kept).toBeGreaterThan(0);
          expect(kept).toBeLessThanOrEqual(topK);
          expect(q[scores.indexOf(Math.max(...scores))]).toBeGreaterThan(0);
        },
      ),
    );
  });
});

describe('choose', () => {
  it('takes the most probable when greedy or at temperature 0, of equals the lowest id', () => {
    expect(createSampler({ greedy: true }, 4).choose(logP)).toBe(0);
    expect(createSampler({ temperature: 0 }, 4).choose(logP)).toBe(0);
    expect(createSampler({ greedy: true, exclude: [0] }, 4).choose(logP)).toBe(1);
  });

  it('takes an allowed id where the model rules all of them out', () => {
    const ruledOut = [0, -Infinity, -Infinity, -Infinity];
    const exclude = [0, 1];
    for (const options of [
      { greedy: true },
      { random: Random.seeded(1) },
      { random: Random.seeded(1), topK: 1 },
    ]) {
      const sampler = createSampler({ ...options, exclude }, 4);
      for (let i = 0; i < 20; i++) expect(exclude).not.toContain(sampler.choose(ruledOut));
    }
    expect(createSampler({ greedy: true, exclude }, 4).choose(ruledOut)).toBe(2);
    expect([...createSampler({ random: Random.seeded(1), exclude }, 4).probabilities(ruledOut)]).toEqual([
      0, 0, 0.5, 0.5,
    ]);
    expect([...createSampler({ greedy: true, exclude }, 4).probabilities(ruledOut)]).toEqual([0, 0, 1, 0]);
  });

  it('draws in proportion: frequencies of 20,000 draws within four standard errors', () => {
    const draws = 20_000;
    const sampler = createSampler({ random: Random.seeded(7) }, 4);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < draws; i++) counts[sampler.choose(logP)]++;
    counts.forEach((count, v) => {
      const error = Math.sqrt((p[v] * (1 - p[v])) / draws);
      expect(Math.abs(count / draws - p[v])).toBeLessThan(4 * error);
    });
  });

  it('repeats itself from the same seed', () => {
    const draw = () => {
      const sampler = createSampler({ random: Random.seeded(3) }, 4);
      return Array.from({ length: 50 }, () => sampler.choose(logP));
    };
    expect(draw()).toEqual(draw());
  });
});

describe('options that mean nothing', () => {
  const random = Random.seeded(1);
  it.each<[SamplingOptions, string]>([
    [{ random, temperature: -1 }, 'temperature'],
    [{ random, temperature: Number.NaN }, 'temperature'],
    [{ random, power: 0 }, 'power'],
    [{ random, power: 1, temperature: 1 }, 'power'],
    [{ random, topK: 0 }, 'topK'],
    [{ random, topP: 0 }, 'topP'],
    [{ random, topP: 1.1 }, 'topP'],
    [{ random, minP: -0.1 }, 'minP'],
    [{ random, repetitionPenalty: 0 }, 'repetitionPenalty'],
    [{ random, exclude: [4] }, 'exclude[0]'],
    [{ random, exclude: [0, 1, 2, 3] }, 'exclude'],
  ])('%o is refused by name', (options, name) => {
    expect(() => createSampler(options, 4)).toThrow(ArgumentError);
    expect(() => createSampler(options, 4)).toThrow(`${name}: expected`);
  });
});
