import { ArgumentError } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankUnits, type UnitFeature } from './rank-units.js';
import { textFeatures } from './text-features.js';

const prose = Array.from(
  { length: 24 },
  (_, i) => `He said: "Go to pier ${i * 7}, now!" And so they went.\nNobody followed them\nthat night. `,
).join('');
const features = textFeatures([...prose]);
const tokens = [...prose].length;

/** Noise of many units, with one that follows a feature, from far off. */
function planted(feature: UnitFeature, { units = 40, at = 17, sign = 1 } = {}): Float32Array {
  const random = Random.seeded(5);
  const activations = Float32Array.from({ length: tokens * units }, () => 2 * random.uniform() - 1);
  const largest = Math.max(...feature.values);
  for (let i = 0; i < tokens; i++)
    activations[i * units + at] =
      sign * Math.tanh(feature.values[i] / largest - 0.5 + 0.6 * random.uniform() - 0.3);
  return activations;
}

describe('rankUnits', () => {
  it.each(features)('ranks a unit that was planted to follow $name first', (feature) => {
    for (const sign of [1, -1]) {
      const rankings = rankUnits(planted(feature, { sign }), features);
      const [best, second] = rankings[features.indexOf(feature)];
      expect(best.unit).toBe(17);
      expect(sign * best.score).toBeGreaterThan(0.7);
      // The noise beside it follows nothing.
      expect(Math.abs(second.score)).toBeLessThan(0.3);
    }
  });

  it('is the share of pairs in the right order, of both halves the weaker', () => {
    const answers = fc.constantFrom(0, 1);
    const half = fc.array(fc.tuple(answers, fc.integer({ min: -4, max: 4 })), {
      minLength: 20,
      maxLength: 30,
    });
    fc.assert(
      fc.property(half, half, (one, other) => {
        const length = Math.min(one.length, other.length);
        const halves = [one.slice(0, length), other.slice(0, length)];
        const all = halves.flat();
        const values = Float32Array.from(all, ([value]) => value);
        const [ranking] = rankUnits(
          Float32Array.from(all, ([, activation]) => activation),
          [{ kind: 'yes-no', values }],
        );
        const counts = halves.map((rows) => rows.filter(([value]) => value === 1).length);
        if (counts.some((yes) => Math.min(yes, length - yes) < 5)) {
          expect(ranking).toEqual([]);
          return;
        }
        const [a, b] = halves.map((rows) => {
          let sum = 0;
          let pairs = 0;
          for (const [yes, high] of rows)
            for (const [no, low] of rows)
              if (yes === 1 && no === 0) {
                sum += Math.sign(high - low);
                pairs++;
              }
          return sum / pairs;
        });
        const expected = a * b <= 0 ? 0 : Math.sign(a) * Math.min(Math.abs(a), Math.abs(b));
        expect(ranking[0].score).toBeCloseTo(expected, 10);
      }),
    );
  });

  it('sees the order of activations only, and none in a unit that never moves', () => {
    const [, line] = features;
    const activations = planted(line, { units: 3, at: 1 });
    for (let i = 0; i < tokens; i++) activations[i * 3 + 2] = 0.25;
    const scores = (of: Float32Array) =>
      rankUnits(of, [line])[0]
        .sort((a, b) => a.unit - b.unit)
        .map(({ score }) => score);
    const plain = scores(activations);
    expect(plain[2]).toBe(0);
    // Halving is exact, so no two activations fall together.
    const halved = scores(activations.map((value) => value / 2));
    for (const [unit, score] of halved.entries()) expect(score).toBeCloseTo(plain[unit], 12);
    const turned = scores(activations.map((value) => -value));
    for (const [unit, score] of turned.entries()) expect(score).toBeCloseTo(-plain[unit], 12);
  });

  it('ranks nothing by what the text lacks, and nothing in no text', () => {
    const without: UnitFeature = { kind: 'yes-no', values: new Float32Array(50) };
    const level: UnitFeature = { kind: 'graded', values: new Float32Array(50).fill(2) };
    expect(rankUnits(new Float32Array(100), [without, level])).toEqual([[], []]);
    expect(rankUnits(new Float32Array(0), [{ kind: 'yes-no', values: new Float32Array(0) }])).toEqual([[]]);
    expect(rankUnits(new Float32Array(3), [])).toEqual([]);
  });

  it('names lengths that do not fit', () => {
    const feature = (length: number): UnitFeature => ({ kind: 'yes-no', values: new Float32Array(length) });
    expect(() => rankUnits(new Float32Array(5), [feature(2)])).toThrow(ArgumentError);
    expect(() => rankUnits(new Float32Array(4), [feature(2), feature(3)])).toThrow('features[1].values');
  });
});
