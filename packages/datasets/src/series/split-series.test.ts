import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeries } from './create-series.js';
import { loadSeries } from './load-series.js';
import { columnOf } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { splitSeries } from './split-series.js';
import { formatTimestamp } from './timestamps.js';

const range = (length: number) => Float64Array.from({ length }, (_, i) => i);

describe('splitSeries', () => {
  it('splits by date', async () => {
    const passengers = await loadSeries('air-passengers');
    const { train, validation, test } = splitSeries(passengers, {
      validation: { from: '1957-01' },
      test: { from: new Date(Date.UTC(1959, 0)) },
    });
    expect([train.length, validation.length, test.length]).toEqual([96, 24, 24]);
    expect(formatTimestamp(validation.times![0])).toBe('1957-01-01');
    expect(formatTimestamp(test.times![0])).toBe('1959-01-01');
    expect(test.period).toBe(12);
  });

  it("splits at midnight of the series' zone", () => {
    const times = Array.from({ length: 9 }, (_, i) => Date.parse('2021-06-30T22:00Z') + i * 3_600_000);
    const series = createSeries({ values: { x: range(9) }, times, zone: 'Europe/Berlin' });
    const later = splitSeries(series, { test: { from: '2021-07-01 03:00' } }).test;
    expect(later).toMatchObject({ length: 6, zone: 'Europe/Berlin' });
    expect(splitSeries(series, { test: { from: '2021-07-01 03:00Z' } }).test.length).toBe(4);
  });

  it('leaves nothing out and shows nothing twice, by counts and fractions', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 99 }),
        fc.double({ min: 0.1, max: 0.4, noNaN: true }),
        (length, part) => {
          const series = createSeries({ values: { x: range(length) } });
          const { train, validation, test } = splitSeries(series, {
            validation: { fraction: part },
            test: { count: Math.floor(length / 5) },
          });
          expect(validation.length).toBe(Math.round(part * length));
          expect(test.length).toBe(Math.floor(length / 5));
          expect([train, validation, test].flatMap((each) => [...columnOf(each)])).toEqual([
            ...range(length),
          ]);
        },
      ),
    );
  });

  it('makes only the parts asked for', () => {
    const series = createSeries({ values: { x: range(10) } });
    const { train, validation, test } = splitSeries(series, { test: { count: 3 } });
    expect([train.length, validation.length, test.length]).toEqual([7, 0, 3]);
  });

  it('names a part that cannot be', () => {
    const series = createSeries({ values: { x: range(10) }, times: range(10) });
    expect(() => splitSeries(series, { test: { count: 10 } })).toThrow(
      'test: expected a part of the first 10',
    );
    expect(() => splitSeries(series, { test: { count: 0 } })).toThrow('test.count: expected');
    expect(() => splitSeries(series, { test: { count: 5 }, validation: { count: 5 } })).toThrow(
      'validation: expected a part of the first 5',
    );
    expect(() => splitSeries(series, { test: { fraction: 1 } })).toThrow('test.fraction: expected');
    expect(() => splitSeries(series, { test: { count: 1.5 } })).toThrow(
      'test.count: expected a whole number',
    );
    expect(() => splitSeries(series, { test: { from: 'soon' } })).toThrow('test.from: expected a time');
    expect(() => splitSeries(series, { test: { from: '2999' } })).toThrow('test: expected');
    const timeless = createSeries({ values: { x: range(10) } });
    expect(() => splitSeries(timeless, { test: { from: '1959' } })).toThrow(SeriesFormatError);
  });
});

describe('createSeries', () => {
  it('checks values in memory like those of files', () => {
    const times = [new Date('2020-01-01'), new Date('2020-01-02'), new Date('2020-01-03')];
    const series = createSeries({ values: { x: [1, Number.NaN, 3] }, times, missing: 'interpolate' });
    expect([...columnOf(series)]).toEqual([1, 2, 3]);
    expect(() => createSeries({ values: { x: [1, Number.NaN, 3] }, times })).toThrow(
      'x: expected a number, got a missing value at index 1 (2020-01-02)',
    );
    expect(() => createSeries({ values: { x: [1, Number.POSITIVE_INFINITY] } })).toThrow(
      'an infinity at index 1',
    );
    expect(() => createSeries({ values: { x: [1, 2], y: [1] } })).toThrow('y: expected 2 observations');
    expect(() => createSeries({ values: { x: [1, 2] }, times })).toThrow('times: expected 2');
    expect(() => createSeries({ values: { x: [1] }, times: [new Date('x')] })).toThrow(
      'times: expected a time',
    );
    expect(() => createSeries({ values: {} })).toThrow('values: expected at least one column');
    expect(() => createSeries({ values: { x: [] } })).toThrow('expected observations, got none');
  });
});
