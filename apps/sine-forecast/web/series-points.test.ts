import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pointsFrom, rowAt, timeOf } from './series-points.js';

const month = 30 * 86_400_000;
const dated = { times: Float64Array.from({ length: 50 }, (_, i) => i * month) };

describe('series points', () => {
  it('finds the row of a time, the nearest where there is none', () => {
    for (const series of [dated, {}]) {
      for (const row of [0, 7, 49]) expect(rowAt(series, timeOf(series, row))).toBe(row);
    }
    expect(rowAt(dated, new Date(3.4 * month))).toBe(3);
    expect(rowAt(dated, new Date(3.6 * month))).toBe(4);
    expect(rowAt({}, 8.3)).toBe(7);
  });

  it('gives the points of a window, whatever of it the values reach', () => {
    const rows = fc.integer({ min: -5, max: 40 });
    fc.assert(
      fc.property(fc.nat(9), fc.nat(20), rows, rows, (from, count, a, b) => {
        const window = { from: Math.min(a, b), to: Math.max(a, b) };
        const values = Array.from({ length: count }, (_, i) => from + i);
        const shown = pointsFrom({}, from, values, window).map(({ value }) => value);
        expect(shown).toEqual(values.filter((row) => row >= window.from && row <= window.to));
        expect(pointsFrom({}, from, values).map(({ time }) => Number(time) - 1)).toEqual(values);
      }),
    );
  });
});
