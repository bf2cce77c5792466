import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp, parseTimestamp } from './timestamps.js';

describe('parseTimestamp', () => {
  it.each([
    ['1700', Date.UTC(1700, 0)],
    ['1949-12', Date.UTC(1949, 11)],
    ['2012-02-29', Date.UTC(2012, 1, 29)],
    ['2012/2/9', Date.UTC(2012, 1, 9)],
    ['2016-07-01 05:00:00', Date.UTC(2016, 6, 1, 5)],
    ['2016-07-01T05:06', Date.UTC(2016, 6, 1, 5, 6)],
    ['2016-07-01T05:06:07.25Z', Date.UTC(2016, 6, 1, 5, 6, 7, 250)],
    ['2016-07-01T05:00:00+02:00', Date.UTC(2016, 6, 1, 3)],
    ['2016-07-01 05:00:00 UTC', Date.UTC(2016, 6, 1, 5)],
    ['2016-07-01 05:00:00+00', Date.UTC(2016, 6, 1, 5)],
    ['2016-07-01 05:00:00.123456789 +0200', Date.UTC(2016, 6, 1, 3, 0, 0, 123)],
    ['2016-07-01T24:00', Date.UTC(2016, 6, 2)],
    ['2016.07.01', Date.UTC(2016, 6, 1)],
    ['2016-07-01T22:00:00-0330', Date.UTC(2016, 6, 2, 1, 30)],
    // Date.UTC would read years below 100 as 19xx.
    ['0033-04-03', Date.parse('0033-04-03T00:00:00Z')],
  ])('reads %s', (text, expected) => {
    expect(parseTimestamp(text)).toBe(expected);
  });

  it.each([
    '',
    'x',
    '112',
    '2012-13',
    '2013-02-29',
    '2012-01-01 25:00',
    '2012-01-01Z',
    '01/02/2012',
    '2012-1-1-1',
    '2012-00-01',
    '2012-02-30 24:00',
    '2012-01-01 23:60',
    '2012-01/02',
    '1949.12',
  ])("refuses '%s'", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it('reads what formatTimestamp writes', () => {
    const moments = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moments, (date) => {
        expect(parseTimestamp(formatTimestamp(date.getTime()))).toBe(date.getTime());
      }),
    );
  });
});

describe('formatTimestamp', () => {
  it('writes the date alone at midnight, and for a whole series where its steps are days or longer', () => {
    const noon = Date.UTC(2012, 0, 31, 12);
    expect(formatTimestamp(Date.UTC(2012, 0, 31))).toBe('2012-01-31');
    expect(formatTimestamp(noon)).toBe('2012-01-31T12:00:00');
    expect(formatTimestamp(noon + 5)).toBe('2012-01-31T12:00:00.005');
    expect(formatTimestamp(Date.UTC(2012, 0, 31), { unit: 'hour', every: 6 })).toBe('2012-01-31T00:00:00');
    // A daily series measured at noon keeps its noon.
    expect(formatTimestamp(noon, { unit: 'day', every: 1 })).toBe('2012-01-31T12:00:00');
  });

  it('writes the clock of a zone', () => {
    const summer = Date.UTC(2021, 6, 1, 22);
    expect(formatTimestamp(summer, undefined, 'Europe/Berlin')).toBe('2021-07-02');
    expect(formatTimestamp(summer + 1000, undefined, '+02:00')).toBe('2021-07-02T00:00:01+02:00');
    expect(formatTimestamp(summer, undefined, 'UTC')).toBe('2021-07-01T22:00:00Z');
    expect(formatTimestamp(summer, undefined, '-03:30')).toBe('2021-07-01T18:30:00-03:30');
    expect(formatTimestamp(Date.UTC(2021, 0, 1, 3), undefined, 'Europe/London')).toBe(
      '2021-01-01T03:00:00+00:00',
    );
  });
});
