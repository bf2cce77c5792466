import {
  alignTimestamps,
  createSeries,
  formatRowTime,
  parseFrequency,
  timestampAt,
} from '@throughtime/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calendarFeatures } from './calendar.js';
import { fromDataset, fromPanel } from './from-dataset.js';
import { Scaler } from './scaler.js';
import { TimeSeries } from './time-series.js';

const day = (text: string) => Date.parse(text);

describe('TimeSeries', () => {
  const two = TimeSeries.of({
    name: 'two',
    values: [1, 10, 2, 20, 3, 30],
    variables: ['a', 'b'],
    timeline: { start: day('2020-02-28'), frequency: parseFrequency('D') },
    known: { names: ['holiday'], values: [0, 1, 0, 0, 1] },
  });

  it('slices values and times, and keeps the known future', () => {
    const cut = two.slice(1, 2);
    expect([...cut.values]).toEqual([2, 20]);
    expect(new Date(cut.timeline?.start ?? 0).toISOString()).toBe('2020-02-29T00:00:00.000Z');
    expect([...(cut.known?.values ?? [])]).toEqual([1, 0, 0, 1]);
    expect(cut.knownAhead).toBe(3);
  });

  it('is whole again when its slices are joined', () => {
    const joined = two.slice(0, 1).append(two.slice(1));
    expect(joined.values).toEqual(two.values);
    expect(joined.known?.values).toEqual(two.known?.values);
    expect(joined.timeline).toEqual(two.timeline);
  });

  it('picks a variable', () => {
    expect([...two.variable('b').values]).toEqual([10, 20, 30]);
    expect(() => two.variable('c')).toThrow("variable: expected one of a, b, got 'c'");
  });

  it('holds NaN where a value is missing, and refuses NaN where none is masked', () => {
    const masked = TimeSeries.of({ values: [1, Number.NaN, 3], observed: [1, 0, 1] });
    expect([...masked.values]).toEqual([1, Number.NaN, 3]);
    expect(() => TimeSeries.of({ name: 'x', values: [1, Number.NaN] })).toThrow(
      "series 'x': expected a finite number in 'value', row 1, got NaN",
    );
    expect(() => TimeSeries.of({ values: [1, 2, 3], variables: ['a', 'b'] })).toThrow('whole rows of 2');
    expect(() => TimeSeries.of({ values: [1, 2], known: { names: ['c'], values: [1] } })).toThrow(
      'at least 2 rows',
    );
  });
});

describe('alignTimestamps', () => {
  const times = ['2020-01-01', '2020-01-02', '2020-01-05'].map(day);

  it('names the first gap, or makes it missing rows', () => {
    expect(() => alignTimestamps(times)).toThrow('timestamps[2]: expected 2020-01-03, got 2020-01-05');
    expect([...alignTimestamps(times, { gaps: 'missing' }).positions]).toEqual([0, 1, -1, -1, 2]);
  });

  it('refuses times out of order or off the line', () => {
    expect(() => alignTimestamps([times[1], times[0]])).toThrow(
      'timestamps[1]: expected a time after 2020-01-02',
    );
    const off = [0, 3_600_000, 4_000_000, 7_200_000];
    expect(() => alignTimestamps(off, { frequency: parseFrequency('h'), gaps: 'missing' })).toThrow(
      'timestamps[2]',
    );
  });
});

describe('fromDataset', () => {
  it('takes columns, times and what is missing', () => {
    const series = createSeries({
      values: { a: [1, 2, 3], b: [4, Number.NaN, 6] },
      times: ['2020-01-01', '2020-01-02', '2020-01-04'].map(day),
      missing: 'keep',
    });
    const taken = fromDataset(series, { columns: ['b'], gaps: 'missing' });
    expect([...taken.observed]).toEqual([1, 0, 0, 1]);
    expect([...taken.values]).toEqual([4, Number.NaN, Number.NaN, 6]);
    expect(() => fromDataset(series)).toThrow('expected 2020-01-03, got 2020-01-04');
    expect(() => fromDataset(series, { columns: ['c'] })).toThrow("columns: expected some of a, b, got 'c'");
  });
});

describe('Scaler', () => {
  it('learns from observed values alone, and undoes what it does', () => {
    const series = TimeSeries.of({ values: [2, 4, 1000], observed: [1, 1, 0] });
    const standard = Scaler.fit([series], 'standard');
    expect([standard.scale(2, 0), standard.scale(4, 0)]).toEqual([-1, 1]);
    expect(standard.unscale(standard.scale(17, 0), 0)).toBeCloseTo(17, 12);
    expect(Scaler.fit([series], 'min-max').scale(3, 0)).toBe(0.5);
    expect(Scaler.fromJSON(JSON.parse(JSON.stringify(standard)))).toEqual(standard);
    expect(() => Scaler.fit([series], 'robust' as 'none')).toThrow(
      "scaler: expected one of 'standard', 'min-max', 'none', got 'robust'",
    );
  });
});

describe('a slice', () => {
  it('keeps the day of the month and the zone of every row', () => {
    const timeline = { start: day('2021-01-30'), frequency: parseFrequency('M') };
    const cut = TimeSeries.of({ values: [1, 2, 3, 4], timeline }).slice(1);
    expect([0, 1, 2].map((row) => formatRowTime(cut.timeline!, row))).toEqual([
      '2021-02-28',
      '2021-03-30',
      '2021-04-30',
    ]);
    const local = { start: day('2021-03-27T23:00Z'), frequency: parseFrequency('D'), zone: 'Europe/Berlin' };
    const later = TimeSeries.of({ values: [1, 2, 3], timeline: local }).slice(1);
    expect([0, 1].map((row) => formatRowTime(later.timeline!, row))).toEqual(['2021-03-29', '2021-03-30']);
  });
});

describe('calendarFeatures', () => {
  it('reads the clock and the calendar of the zone', () => {
    const features = (start: string, zone?: string) => [
      ...calendarFeatures({ start: day(start), frequency: parseFrequency('h'), zone }, ['hour-of-day'], {
        to: 1,
      }),
    ];
    expect(features('2021-07-01T22:00Z', 'Europe/Berlin').indexOf(1)).toBe(0);
    expect(features('2021-07-01T22:00Z').indexOf(1)).toBe(22);
    const midnight = { start: day('2021-01-03T23:00Z'), frequency: parseFrequency('D'), zone: '+01:00' };
    // 4 January 2021 was a Monday.
    expect(calendarFeatures(midnight, ['day-of-week'], { to: 1 }).indexOf(1)).toBe(1);
  });

  it('says day of the week and turns smoothly over new year', () => {
    const timeline = { start: day('2020-12-31'), frequency: parseFrequency('D') };
    const week = calendarFeatures(timeline, ['day-of-week'], { to: 2 });
    expect([...week]).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]); // a Thursday, a Friday
    const year = calendarFeatures(timeline, ['day-of-year'], { to: 2 });
    for (let i = 0; i < 6; i++) expect(Math.abs(year[6 + i] - year[i])).toBeLessThan(0.06);
    expect(() => calendarFeatures(timeline, ['moon' as 'day-of-week'], { to: 1 })).toThrow("got 'moon'");
  });
});

describe('fromPanel', () => {
  const day = (row: number) => Date.UTC(2021, 0, 1 + row);
  const one = (name: string, from: number, values: readonly number[]) =>
    createSeries({ name, values: { y: values }, times: values.map((_, row) => day(from + row)) });

  it('lays series on one line of time, missing before their first and after their last row', () => {
    const panel = fromPanel([one('a', 0, [1, 2, 3, 4]), one('b', 2, [5, 6]), one('c', 1, [7, 8, 9])]);
    expect(panel.map(({ name, values }) => [name, ...values])).toEqual([
      ['a', 1, 2, 3, 4],
      ['b', Number.NaN, Number.NaN, 5, 6],
      ['c', Number.NaN, 7, 8, 9],
    ]);
    for (const { timeline } of panel) expect(timeline).toMatchObject({ start: day(0) });
  });

  it('keeps every value at its time', () => {
    const rows = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 4, maxLength: 20 });
    fc.assert(
      fc.property(fc.array(rows, { minLength: 2, maxLength: 5 }), (panel) => {
        const frequency = parseFrequency('D');
        const all = panel.map((taken, i) => {
          const sorted = [...taken].sort((a, b) => a - b);
          return createSeries({ values: { y: sorted.map((row) => 100 * i + row) }, times: sorted.map(day) });
        });
        const laid = fromPanel(all, { frequency, gaps: 'missing' });
        laid.forEach(({ values, timeline }, i) => {
          const kept = [...values].flatMap((value, row) =>
            Number.isNaN(value) ? [] : [[timestampAt(timeline!, row), value]],
          );
          expect(kept).toEqual(Array.from(all[i].times!, (time, at) => [time, all[i].values.y[at]]));
        });
      }),
    );
  });

  it('refuses a gap within a series, other steps, and series that hardly overlap', () => {
    const gap = createSeries({ values: { y: [1, 2] }, times: [day(0), day(2)] });
    expect(() => fromPanel([one('a', 0, [1, 2, 3]), gap])).toThrow('expected 2021-01-02, got 2021-01-03');
    expect(fromPanel([one('a', 0, [1, 2, 3]), gap], { gaps: 'missing' })[1].observed[1]).toBe(0);
    const odd = createSeries({ values: { y: [1, 2] }, times: [day(0) + 1, day(1) + 1] });
    expect(() => fromPanel([one('a', 0, [1, 2, 3]), odd])).toThrow("as steps are 'D' from 2021-01-01");
    const far = Array.from({ length: 30 }, (_, i) => one(`s${i}`, 2 * i, [1, 2]));
    expect(() => fromPanel(far)).toThrow(
      'series: expected series over about the same times, got 30 with 60 values in all',
    );
  });

  it('without time stamps all begin in the same row', () => {
    const rows = [[1, 2, 3], [4]].map((y) => createSeries({ values: { y } }));
    expect(fromPanel(rows).map(({ values }) => [...values])).toEqual([
      [1, 2, 3],
      [4, Number.NaN, Number.NaN],
    ]);
  });
});
