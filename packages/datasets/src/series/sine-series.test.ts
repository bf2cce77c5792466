import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { columnOf } from './series.js';
import { sineSeries } from './sine-series.js';

const random = () => Random.seeded(1);

describe('sineSeries', () => {
  it('is sin(0.01 t) for t = 1..1000 without noise', () => {
    const x = columnOf(sineSeries({ random: random(), noise: 0 }));
    expect(x.length).toBe(1000);
    for (const i of [0, 1, 499, 999]) expect(x[i]).toBeCloseTo(Math.sin(0.01 * (i + 1)), 12);
  });

  it('starts at t = 0 in the editions 0.6 and 0.7', () => {
    const first = (edition: '0.6' | '0.7' | '0.14' | '1.0') =>
      columnOf(sineSeries({ random: random(), noise: 0, edition }))[0];
    expect([first('0.6'), first('0.7')]).toEqual([0, 0]);
    expect(first('0.14')).toBeCloseTo(Math.sin(0.01), 12);
    expect(first('1.0')).toBeCloseTo(Math.sin(0.01), 12);
  });

  it('adds noise of the deviation asked for, the same for the same seed', () => {
    const clean = columnOf(sineSeries({ random: random(), noise: 0, length: 20_000 }));
    const noisy = columnOf(sineSeries({ random: random(), length: 20_000 }));
    const variance = noisy.reduce((sum, value, i) => sum + (value - clean[i]) ** 2, 0) / noisy.length;
    // Standard error 0.04 sqrt(2 / 20000) = 0.0004; five of them.
    expect(Math.abs(variance - 0.04)).toBeLessThan(0.002);
    expect(columnOf(sineSeries({ random: random(), length: 20_000 }))).toEqual(noisy);
  });

  it('mixes waves of other amplitudes, periods and phases', () => {
    const mixture = [
      { amplitude: 0.5, period: 8 },
      { phase: Math.PI / 2, period: 4 },
    ];
    const x = columnOf(
      sineSeries({
        random: random(),
        noise: 0,
        edition: '0.6',
        length: 9,
        amplitude: 2,
        period: 16,
        mixture,
      }),
    );
    x.forEach((value, t) => {
      const expected =
        2 * Math.sin((Math.PI * t) / 8) + 0.5 * Math.sin((Math.PI * t) / 4) + Math.cos((Math.PI * t) / 2);
      expect(value).toBeCloseTo(expected, 12);
    });
  });

  it('names an option that cannot be', () => {
    expect(() => sineSeries({ random: random(), noise: -1 })).toThrow('noise: expected');
    expect(() => sineSeries({ random: random(), period: 0 })).toThrow(
      'period: expected a finite number above 0, got 0',
    );
    expect(() => sineSeries({ random: random(), mixture: [{ amplitude: Number.NaN }] })).toThrow(
      'mixture[0].amplitude: expected a finite number, got NaN',
    );
    expect(() => sineSeries({ random: random(), length: 0 })).toThrow('length: expected');
    // @ts-expect-error: a typing error
    expect(() => sineSeries({ random: random(), noice: 0 })).toThrow('noice: expected the name of an option');
    // @ts-expect-error: a typing error
    expect(() => sineSeries({ random: random(), mixture: [{ amplitud: 1 }] })).toThrow(
      "mixture[0].amplitud: expected the name of an option, got one that is not known (did you mean 'amplitude'?)",
    );
    // @ts-expect-error: what draws the noise is left out
    expect(() => sineSeries({})).toThrow(
      'random: expected a Random, such as Random.seeded(1), got undefined',
    );
    // @ts-expect-error: an edition that JavaScript callers may pass
    expect(() => sineSeries({ random: random(), edition: '2.0' })).toThrow("edition: expected one of '0.6'");
  });
});
