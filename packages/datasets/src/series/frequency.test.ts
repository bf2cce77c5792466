import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSeries } from './create-series.js';
import {
  addSteps,
  type Frequency,
  formatFrequency,
  inferFrequency,
  parseFrequency,
  seasonalPeriod,
} from './frequency.js';
import { alignTimestamps, timestampAt } from './timeline.js';
import { formatTimestamp, parseTimestamp } from './timestamps.js';
import { instantOf } from './zones.js';

const day = (text: string) => Date.parse(text);

describe('frequencies', () => {
  it('are read, written and known by their season', () => {
    for (const text of [
      '250ms',
      '15min',
      'h',
      'D',
      'B',
      'W',
      '4-4-5',
      'M',
      'MS',
      '2ME',
      'Q-30',
      'YE',
      'Q',
      'Y',
      'BMS',
      'BME',
      '2BQE',
      '4-5-4/01-29',
      '12h/clock',
    ])
      expect(formatFrequency(parseFrequency(text))).toBe(text);
    expect(seasonalPeriod(parseFrequency('M'))).toBe(12);
    expect(seasonalPeriod(parseFrequency('5h'))).toBe(1);
    expect(
      ['B', '4W', '13W', '52W', '4-5-4', '30min'].map((text) => seasonalPeriod(parseFrequency(text))),
    ).toEqual([5, 13, 4, 1, 12, 48]);
    for (const text of [
      'M-0',
      'M-32',
      'DS',
      '0D',
      'W-SUN',
      'BD',
      'BM-3',
      'D/clock',
      '4-4-5/02-30',
      '4-4-5/13-01',
      'M/01-01',
    ])
      expect(() => parseFrequency(text)).toThrow('frequency: ');
    expect(() => parseFrequency('fortnight')).toThrow('frequency: expected one of ms, s, min, h');
  });

  it('with another unit or count are refused, wherever they are options', () => {
    const times = [day('2020-01-01')];
    const series = (frequency: unknown) => () =>
      createSeries({ values: { x: [1] }, times, frequency: frequency as Frequency });
    expect(series({ unit: 'days', every: 1 })).toThrow(
      "frequency.unit: expected one of 'millisecond', 'second', 'minute'",
    );
    expect(series({ unit: 'day', every: 0 })).toThrow(
      'frequency.every: expected a whole number of at least 1',
    );
    expect(series({ unit: 'day' })).toThrow('frequency.every: expected');
    expect(series('daily')).toThrow(
      "frequency: expected an object with the options unit, every, dayOfMonth, yearFrom, byClock, got 'daily'",
    );
  });

  it('step through months by the calendar, month ends to month ends', () => {
    const month = parseFrequency('M');
    const from = (start: string, steps: number) => formatTimestamp(addSteps(day(start), month, steps), month);
    expect(from('2020-01-31', 1)).toBe('2020-02-29');
    expect(from('2020-02-29', 12)).toBe('2021-02-28');
    expect(from('2020-01-15', -1)).toBe('2019-12-15');
  });

  it.each([
    ['the commonest distance, the shorter of two', ['2020-01-01', '2020-01-02', '2020-01-05'], 'D'],
    ['months, whatever their lengths', ['2020-01-01', '2020-02-01', '2020-04-01'], 'M'],
    ['two years', ['2018-01-01', '2020-01-01'], '2Y'],
    ['a distance that all are multiples of', ['2021-01-04', '2021-01-06', '2021-01-08', '2021-01-11'], 'D'],
    ['no stray time', ['2021-01-01', '2021-01-02', '2021-01-02T00:00:01', '2021-01-03', '2021-01-04'], 'D'],
    ['business days', ['2021-01-07', '2021-01-08', '2021-01-11', '2021-01-12'], 'B'],
    ['days, where a weekend is among them', ['2021-01-08', '2021-01-09', '2021-01-10', '2021-01-13'], 'D'],
    ['the 30th', ['2018-04-30', '2018-05-30', '2018-06-30'], 'M-30'],
    ['the 28th, from February', ['2021-02-28', '2021-03-28', '2021-04-28'], 'M-28'],
    ['the 29th, from February', ['2020-02-29', '2020-03-29', '2021-02-28', '2021-03-29'], 'M-29'],
    ['month ends', ['2018-04-30', '2018-05-31', '2018-06-30'], 'M'],
    ['the 31st, where there is one', ['2018-01-31', '2018-02-28', '2018-03-31'], 'M'],
    ['quarters on the 30th', ['2020-06-30', '2020-09-30', '2020-12-30', '2021-03-30'], 'Q-30'],
    ['years on 28 February', ['2019-02-28', '2020-02-28', '2021-02-28'], 'Y-28'],
    ['half years', ['2020-01-01', '2020-07-01', '2021-01-01'], '2Q'],
    ['28 days', ['2017-01-02', '2017-01-30', '2017-02-27', '2017-03-27'], '4W'],
    ['30 days', ['2021-01-01', '2021-01-31', '2021-03-02', '2021-04-01'], '30D'],
    ['91 days', ['2021-01-01', '2021-04-02', '2021-07-02', '2021-10-01'], '13W'],
    ['364 days', ['2020-01-06', '2021-01-04', '2022-01-03'], '52W'],
    ['4-4-5 weeks', ['2021-01-03', '2021-01-31', '2021-02-28', '2021-04-04', '2021-05-02'], '4-4-5'],
    ['5-4-4 weeks', ['2021-01-03', '2021-02-07', '2021-03-07', '2021-04-04', '2021-05-09'], '5-4-4'],
    ['half hours', ['2021-01-03', '2021-01-03 00:30', '2021-01-03 01:00'], '30min'],
    ['last business days', ['2021-01-29', '2021-02-26', '2021-03-31', '2021-04-30', '2021-05-31'], 'BME'],
    ['last business days with a gap', ['2021-04-30', '2021-05-31', '2021-07-30', '2021-10-29'], 'BME'],
    ['first business days', ['2021-01-01', '2021-02-01', '2021-03-01', '2021-04-01', '2021-05-03'], 'BMS'],
    ['last business days of quarters', ['2022-03-31', '2022-06-30', '2022-09-30', '2022-12-30'], 'BQE'],
    ['tenths of a second', ['2021-01-03', '2021-01-03 00:00:00.1', '2021-01-03 00:00:00.2'], '100ms'],
  ])('are inferred: %s', (_, times, frequency) => {
    const { timeline } = alignTimestamps(
      without('2021-01-02T00:00:01', times).map((each) => parseTimestamp(each)!),
      { gaps: 'missing' },
    );
    expect(formatFrequency(timeline.frequency)).toBe(frequency);
    expect(formatFrequency(inferFrequency(times.map((each) => parseTimestamp(each)!)))).toBe(frequency);
  });

  it('are refused for times that do not increase', () => {
    expect(() => inferFrequency([0, 0])).toThrow('timestamps: expected increasing times');
  });

  it('of days and longer follow the clock of a zone', () => {
    const walk = (start: string, frequency: string, zone: string) =>
      [0, 1, 2].map((steps) => {
        const time = addSteps(parseTimestamp(start)!, parseFrequency(frequency), steps, zone);
        return formatTimestamp(time, undefined, zone);
      });
    const berlin = 'Europe/Berlin';
    expect(walk('2021-03-27T00:00+01:00', 'D', berlin)).toEqual(['2021-03-27', '2021-03-28', '2021-03-29']);
    expect(walk('2021-03-27T02:30+01:00', 'D', berlin)).toEqual([
      '2021-03-27T02:30:00+01:00',
      // The clock goes from 2:00 to 3:00.
      '2021-03-28T03:30:00+02:00',
      '2021-03-29T02:30:00+02:00',
    ]);
    expect(walk('2021-10-31T02:30+02:00', 'h', berlin)).toEqual([
      '2021-10-31T02:30:00+02:00',
      '2021-10-31T02:30:00+01:00',
      '2021-10-31T03:30:00+01:00',
    ]);
    expect(walk('2021-10-31T02:30+01:00', 'D', berlin)[0]).toBe('2021-10-31T02:30:00+01:00');
    expect(walk('2021-02-28T23:00Z', 'M', berlin)).toEqual(['2021-03-01', '2021-04-01', '2021-05-01']);
    expect(walk('2021-01-01T00:00-05:00', 'W', 'America/New_York')[2]).toBe('2021-01-15');
  });
});

describe('business days at the ends of months', () => {
  const isWeekend = (time: number) => [0, 6].includes(new Date(time).getUTCDay());
  const month = fc.integer({ min: 0, max: 2400 });

  it.each([
    ['BME', -1],
    ['BMS', 1],
  ] as const)('%s: no business day lies between one and the edge of its month', (alias, inward) => {
    fc.assert(
      fc.property(month, fc.integer({ min: -100, max: 100 }), (months, steps) => {
        const time = addSteps(Date.UTC(1900, months, 15), parseFrequency(alias), steps);
        expect(isWeekend(time)).toBe(false);
        const date = new Date(time);
        expect(date.getUTCMonth()).toBe((((months + steps) % 12) + 12) % 12);
        for (let beyond = time - inward * 86_400_000; ; beyond -= inward * 86_400_000) {
          if (new Date(beyond).getUTCMonth() !== date.getUTCMonth()) break;
          expect(isWeekend(beyond)).toBe(true);
        }
      }),
    );
  });
});

describe('years of 52 and 53 weeks', () => {
  // The retail calendar of the National Retail Federation: fiscal years that began on these Sundays; 2006, 2012, 2017 and 2023 had 53 weeks.
  const starts = [
    ...['2006-01-29', '2007-02-04', '2008-02-03', '2009-02-01', '2010-01-31', '2011-01-30', '2012-01-29'],
    ...['2013-02-03', '2014-02-02', '2015-02-01', '2016-01-31', '2017-01-29', '2018-02-04', '2019-02-03'],
    ...['2020-02-02', '2021-01-31', '2022-01-30', '2023-01-29', '2024-02-04', '2025-02-02'],
  ].map(day);
  const weeks = [0, 4, 9, 13, 17, 22, 26, 30, 35, 39, 43, 48];
  const months = starts.flatMap((start) => weeks.map((passed) => start + passed * 7 * 86_400_000));

  it('are those that retailers count', () => {
    const frequency = parseFrequency('4-5-4/01-29');
    expect(months.map((_, i) => addSteps(months[0], frequency, i))).toEqual(months);
    expect(months.map((_, i) => addSteps(months[100], frequency, i - 100))).toEqual(months);
  });

  it('are found by the first of them, whichever month comes first, and continued', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 11 }), (from) => {
        const seen = months.slice(from, 12 * 13);
        const { timeline } = alignTimestamps(seen);
        expect(formatFrequency(timeline.frequency)).toBe('4-5-4/01-29');
        const times = months.slice(from);
        expect(times.map((_, row) => timestampAt(timeline, row))).toEqual(times);
      }),
    );
  });

  it('are found by ends, and the last Saturday of a month', () => {
    const nearest = months.map((time) => time - 86_400_000);
    expect(formatFrequency(alignTimestamps(nearest).timeline.frequency)).toBe('4-5-4/01-28');
    // Apple's: years end on the last Saturday of September.
    const ends = [
      '2010-09-25',
      '2011-09-24',
      '2012-09-29',
      '2013-09-28',
      '2014-09-27',
      '2015-09-26',
      '2016-09-24',
    ];
    const apple = [...ends, '2017-09-30', '2018-09-29'].map(day);
    const quarters = [0, 4, 8, 13, 17, 21, 26, 30, 34, 39, 43, 47];
    const months445 = apple.flatMap((end) => quarters.map((passed) => end + passed * 7 * 86_400_000));
    expect(formatFrequency(alignTimestamps(months445).timeline.frequency)).toBe('4-4-5/09-24');
  });
});

describe('half days of a clock that is set forward and back', () => {
  const berlin = 'Europe/Berlin';
  const local = (hours: readonly string[], dates: readonly string[]) =>
    dates.flatMap((date) => hours.map((hour) => instantOf(parseTimestamp(`${date} ${hour}`)!, berlin)));
  const dates = (from: string, count: number) =>
    Array.from({ length: count }, (_, i) => formatTimestamp(day(from) + i * 86_400_000));

  it.each([
    ['spring', '2021-03-24', ['00:00', '12:00'], '12h/clock'],
    ['autumn', '2021-10-28', ['06:00', '18:00'], '12h/clock'],
    ['quarters of days', '2021-03-24', ['00:00', '06:00', '12:00', '18:00'], '6h/clock'],
  ])('are steps of the clock: %s', (_, from, hours, alias) => {
    const times = local(hours, dates(from, 10));
    const { timeline } = alignTimestamps(times, { zone: berlin });
    expect(formatFrequency(timeline.frequency)).toBe(alias);
    const later = local(hours, dates(from, 300));
    expect(later.map((_, row) => timestampAt(timeline, row))).toEqual(later);
  });

  it('are equal steps where the times are equally far apart', () => {
    const times = Array.from({ length: 20 }, (_, i) => day('2021-03-24') + i * 43_200_000);
    expect(formatFrequency(alignTimestamps(times, { zone: berlin }).timeline.frequency)).toBe('12h');
  });
});

function without(one: string, times: readonly string[]): string[] {
  return times.filter((each) => each !== one);
}
