import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Frequency, formatFrequency, parseFrequency } from './frequency.js';
import { alignTimestamps, formatRowTime, shiftTimeline, type Timeline, timestampAt } from './timeline.js';
import { parseTimestamp } from './timestamps.js';

const zones = [undefined, 'UTC', '+05:30', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe'];
const aliases = [
  'ms',
  '15min',
  'h',
  '6h',
  'D',
  '30D',
  'B',
  'W',
  '4W',
  '4-4-5',
  '4-5-4',
  'M',
  '2M',
  'MS',
  'ME',
  'Q',
  'Y',
];

const timelines = fc
  .record({
    start: fc
      .integer({ min: Date.UTC(1990, 0), max: Date.UTC(2030, 0) })
      .map((time) => time - (time % 60_000)),
    frequency: fc.constantFrom(...aliases).map(parseFrequency),
    zone: fc.constantFrom(...zones),
  })
  // The line of `MS` begins where `MS` can.
  .map(
    (line): Timeline => ({
      ...line,
      start: timestampAt({ ...line, start: line.start - 40 * 86_400_000 }, 1),
    }),
  );

describe('a timeline', () => {
  it('keeps the time of every row when it is cut, and cut again', () => {
    fc.assert(
      fc.property(timelines, fc.nat(40), fc.nat(40), fc.nat(40), (timeline, first, second, row) => {
        const cut = shiftTimeline(shiftTimeline(timeline, first), second);
        expect(cut.start).toBe(timestampAt(timeline, first + second));
        expect(timestampAt(cut, row)).toBe(timestampAt(timeline, first + second + row));
      }),
    );
  });

  it('of month ends from the 30th keeps them through February', () => {
    const timeline = { start: parseTimestamp('2021-01-30')!, frequency: parseFrequency('M') };
    const cut = shiftTimeline(timeline, 1);
    expect([0, 1, 2].map((row) => formatRowTime(cut, row))).toEqual([
      '2021-02-28',
      '2021-03-30',
      '2021-04-30',
    ]);
  });

  it('is found again from its times, with gaps in them', () => {
    const cut = fc.array(fc.nat(30), { maxLength: 8 });
    fc.assert(
      fc.property(timelines, cut, (timeline, gaps) => {
        const rows = Array.from({ length: 40 }, (_, row) => row).filter(
          (row) => row < 4 || row > 38 || !gaps.includes(row),
        );
        const times = rows.map((row) => timestampAt(timeline, row));
        // Daylight saving may move two times of a line onto one another, or make the first of them another one's.
        fc.pre(times.every((time, i) => i === 0 || time > times[i - 1]));
        const { zone } = timeline;
        const frequency = timeline.frequency.unit === 'business-day' ? undefined : timeline.frequency;
        const { positions, timeline: found } = alignTimestamps(times, { zone, frequency, gaps: 'missing' });
        expect([...positions].flatMap((position, row) => (position < 0 ? [] : [row]))).toEqual(rows);
        expect(rows.map((row) => timestampAt(found, row))).toEqual(times);
      }),
    );
  });
});

describe('alignTimestamps', () => {
  const days = (text: string) => text.split(' ').map((each) => parseTimestamp(`2021-01-${each}`)!);

  it('tells gaps from stray times', () => {
    expect(() => alignTimestamps(days('01 02 03 05'))).toThrow(
      'timestamps[3]: expected 2021-01-04, got 2021-01-05 (a gap',
    );
    const stray = [...days('01 02 03 04'), parseTimestamp('2021-01-04T00:00:01')!, ...days('05 06')];
    for (const gaps of ['error', 'missing'] as const) {
      expect(() => alignTimestamps(stray, { gaps })).toThrow(
        "timestamps[4]: expected 2021-01-04 or 2021-01-05, as steps are 'D' from 2021-01-01, got 2021-01-04T00:00:01",
      );
    }
  });

  it('refuses to fill up to more than ten times as many rows', () => {
    const frequency: Frequency = { unit: 'second', every: 1 };
    expect(() => alignTimestamps(days('01 02'), { frequency, gaps: 'missing' })).toThrow(
      "timestamps[1]: expected at most 20 rows, 10 times as many as there are, at steps of 's' from 2021-01-01T00:00:00",
    );
    const far = [...days('01 02 03'), Date.UTC(9000, 0)];
    expect(() => alignTimestamps(far, { gaps: 'missing' })).toThrow(
      'timestamps[3]: expected at most 40 rows',
    );
    expect(
      alignTimestamps(days('01 11'), { frequency: { unit: 'day', every: 1 }, gaps: 'missing' }).positions
        .length,
    ).toBe(11);
  });

  it('lets later times decide what the first leaves open', () => {
    const times = ['2021-04-30', '2021-05-30', '2021-06-30'].map((each) => parseTimestamp(each)!);
    const { timeline } = alignTimestamps(times, { frequency: { unit: 'month', every: 1 } });
    expect(formatFrequency(timeline.frequency)).toBe('M-30');
    expect(formatRowTime(timeline, 10)).toBe('2022-02-28');
  });
});
