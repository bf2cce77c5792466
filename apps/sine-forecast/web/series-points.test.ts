import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keptRows, pointsFrom, rowAt, timeOf } from './series-points.js';

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

  it('keeps all points where they are few', () => {
    expect(pointsFrom({}, 5, [1, 2])).toEqual([
      { time: 6, value: 1 },
      { time: 7, value: 2 },
    ]);
  });

  it('thins to no more than asked for, in order, and loses neither the lowest nor the highest', () => {
    const value = fc.oneof(
      { weight: 9, arbitrary: fc.double({ noNaN: true }) },
      { weight: 1, arbitrary: fc.constant(Number.NaN) },
    );
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 2, max: 40 }),
        (values, most) => {
          const rows = keptRows(values, most);
          expect(rows.length).toBeLessThanOrEqual(most);
          expect(rows).toEqual([...new Set(rows)].sort((a, b) => a - b));
          const known = values.filter((one) => !Number.isNaN(one));
          const kept = rows.map((row) => values[row]).filter((one) => !Number.isNaN(one));
          if (known.length === 0) return;
          expect(Math.max(...kept)).toBe(Math.max(...known));
          expect(Math.min(...kept)).toBe(Math.min(...known));
        },
      ),
    );
  });
});
