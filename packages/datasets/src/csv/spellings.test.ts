import { isUserError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSteps, parseFrequency } from '../series/frequency.js';
import { formatTimestamp } from '../series/timestamps.js';
import { type ReadSeriesOptions, readSeries } from './read-series.js';

const times = (text: string, options?: ReadSeriesOptions) => {
  const { series } = readSeries(text, { missing: 'keep', ...options });
  return [...(series.times ?? [])].map((time) => formatTimestamp(time, undefined, series.zone));
};
const values = (text: string, options?: ReadSeriesOptions) => {
  const { series } = readSeries(text, { missing: 'keep', ...options });
  return [...series.values[series.columns[0]]];
};
/** A table of times in a column called date, beside the numbers 1, 2, ... */
const dated = (cells: readonly string[], name = 'date') =>
  `${name};y\n${cells.map((cell, i) => `"${cell}";${i + 1}`).join('\n')}\n`;

describe('times', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['ISO dates', ['2021-01-04', '2021-01-05'], ['2021-01-04', '2021-01-05']],
    [
      'ISO times',
      ['2021-01-04T10:00:00', '2021-01-04T11:00:00'],
      ['2021-01-04T10:00:00', '2021-01-04T11:00:00'],
    ],
    [
      'UTC in words',
      ['2021-01-04 10:00:00 UTC', '2021-01-04 11:00:00 UTC'],
      ['2021-01-04T10:00:00Z', '2021-01-04T11:00:00Z'],
    ],
    [
      'short offsets',
      ['2021-01-04 10:00:00+00', '2021-01-04 11:00:00+00'],
      ['2021-01-04T10:00:00Z', '2021-01-04T11:00:00Z'],
    ],
    ['offsets', ['2021-01-04T00:00:00-05:00', '2021-01-05T00:00:00-05:00'], ['2021-01-04', '2021-01-05']],
    ['slashes, year first', ['2021/1/4', '2021/1/5'], ['2021-01-04', '2021-01-05']],
    ['digits', ['20210104', '20210105'], ['2021-01-04', '2021-01-05']],
    ['digits of months', ['202101', '202102'], ['2021-01-01', '2021-02-01']],
    [
      'digits with the time',
      ['202101041000', '202101041100'],
      ['2021-01-04T10:00:00', '2021-01-04T11:00:00'],
    ],
    ['months', ['2021-01', '2021-02'], ['2021-01-01', '2021-02-01']],
    ['month and year', ['01/2021', '02/2021'], ['2021-01-01', '2021-02-01']],
    ['months of statistical offices', ['2021M01', '2021M02'], ['2021-01-01', '2021-02-01']],
    ['years', ['1999', '2000'], ['1999-01-01', '2000-01-01']],
    ['years that pandas made fractions', ['1999.0', '2000.0'], ['1999-01-01', '2000-01-01']],
    [
      "R's months",
      ['1949', '1949.08333333', '1949.167', '1949.25'],
      ['1949-01-01', '1949-02-01', '1949-03-01', '1949-04-01'],
    ],
    ['quarters', ['1990Q1', '1990Q2'], ['1990-01-01', '1990-04-01']],
    ['quarters, year last', ['Q1 1990', 'Q2 1990'], ['1990-01-01', '1990-04-01']],
    ['quarters with a hyphen', ['1990-Q3', '1990-Q4'], ['1990-07-01', '1990-10-01']],
    ['quarters of other languages', ['1990K1', '1990K2'], ['1990-01-01', '1990-04-01']],
    [
      'weeks with their ends',
      ['2021-01-04/2021-01-10', '2021-01-11/2021-01-17'],
      ['2021-01-04', '2021-01-11'],
    ],
    ['half years', ['1990H1', '1990H2'], ['1990-01-01', '1990-07-01']],
    ['ISO weeks', ['2020-W53', '2021-W01'], ['2020-12-28', '2021-01-04']],
    ['ISO weeks with the day', ['2021-W01-3', '2021-W02-3'], ['2021-01-06', '2021-01-13']],
    ['days of the year', ['2020-366', '2021-001'], ['2020-12-31', '2021-01-01']],
    ['dots', ['31.12.2020', '01.01.2021'], ['2020-12-31', '2021-01-01']],
    ['dots with short years', ['31.12.20', '01.01.21'], ['2020-12-31', '2021-01-01']],
    ['dots with the time', ['31.12.2020 23:00', '01.01.2021 0:00'], ['2020-12-31T23:00:00', '2021-01-01']],
    ['the day first', ['31/12/2020', '01/01/2021'], ['2020-12-31', '2021-01-01']],
    ['the month first', ['12/31/2020', '1/1/2021'], ['2020-12-31', '2021-01-01']],
    [
      'the month first, with AM and PM',
      ['1/13/2021 11:30 PM', '1/14/2021 12:00 AM'],
      ['2021-01-13T23:30:00', '2021-01-14'],
    ],
    ['short years of the 20th century', ['31-12-69', '01-01-70'], ['1969-12-31', '1970-01-01']],
    ['names of months', ['Jan-00', 'Feb-00'], ['2000-01-01', '2000-02-01']],
    ['long names of months', ['January 2000', 'February 2000'], ['2000-01-01', '2000-02-01']],
    ['names of months with days', ['31-Dec-2020', '01-Jan-2021'], ['2020-12-31', '2021-01-01']],
    ['American dates', ['Dec 31, 2020', 'Jan 1, 2021'], ['2020-12-31', '2021-01-01']],
    ['weekdays', ['Thu, 31 Dec 2020', 'Fri, 1 Jan 2021'], ['2020-12-31', '2021-01-01']],
    ['German months', ['März 2021', 'Mai 2021'], ['2021-03-01', '2021-05-01']],
    ['French months', ['31 déc. 2020', '1 janv. 2021'], ['2020-12-31', '2021-01-01']],
    ['seconds since 1970', ['1609718400', '1609804800'], ['2021-01-04', '2021-01-05']],
    ['milliseconds since 1970', ['1609718400000', '1609804800000'], ['2021-01-04', '2021-01-05']],
    ['nanoseconds since 1970', ['1609718400000000000', '1609804800000000000'], ['2021-01-04', '2021-01-05']],
    [
      'fractions of seconds',
      ['1609718400.5', '1609718401.5'],
      ['2021-01-04T00:00:00.500Z', '2021-01-04T00:00:01.500Z'],
    ],
    [
      'a zone in brackets',
      ['2021-07-01T00:00:00+02:00[Europe/Berlin]', '2021-07-02T00:00:00+02:00[Europe/Berlin]'],
      ['2021-07-01', '2021-07-02'],
    ],
  ])('%s', (_, cells, expected) => {
    expect(times(dated(cells))).toEqual(expected);
    expect(times(dated(cells), { time: 'date' })).toEqual(expected);
  });

  it.each<[string, readonly string[], ReadSeriesOptions, readonly string[]]>([
    ["Excel's days", ['44200', '44201.5'], { timeFormat: 'excel' }, ['2021-01-04', '2021-01-05T12:00:00']],
    ['the day first', ['03/04/2021', '04/04/2021'], { timeFormat: 'dmy' }, ['2021-04-03', '2021-04-04']],
    ['the month first', ['03/04/2021', '03/05/2021'], { timeFormat: 'mdy' }, ['2021-03-04', '2021-03-05']],
    ['the year first', ['01/02/03', '01/02/04'], { timeFormat: 'ymd' }, ['2001-02-03', '2001-02-04']],
    ['directives', ['4|1|2021', '5|1|2021'], { timeFormat: '%d|%m|%Y' }, ['2021-01-04', '2021-01-05']],
    ['seconds', ['100', '160'], { timeFormat: 's' }, ['1970-01-01T00:01:40Z', '1970-01-01T00:02:40Z']],
    [
      'local times of a zone',
      ['2021-07-01 00:00', '2021-07-01 12:00'],
      { zone: 'Europe/Berlin' },
      ['2021-07-01', '2021-07-01T12:00:00+02:00'],
    ],
    [
      'UTC shown by a zone',
      ['2021-07-01T22:00Z', '2021-07-01T23:00Z'],
      { zone: 'Europe/Berlin' },
      ['2021-07-02', '2021-07-02T01:00:00+02:00'],
    ],
  ])('as they are said to be: %s', (_, cells, options, expected) => {
    expect(times(dated(cells), options)).toEqual(expected);
  });

  it.each<[string, string, string]>([
    [
      '03/04/2021 throughout',
      '03/04/2021',
      "date: '03/04/2021' may be 2021-04-03 or 2021-03-04; give timeFormat: 'dmy' or timeFormat: 'mdy'",
    ],
    ['three orders', '01/02/03', "give timeFormat: 'dmy' or timeFormat: 'mdy' or timeFormat: 'ymd'"],
    ['30 February', '30/02/2021', "expected a time such as 1949-01-31, got '30/02/2021'"],
    [
      '25:00',
      '2021-01-01 25:00',
      "got '2021-01-01 25:00' at line 2; give timeFormat: '%d.%m.%Y %H:%M' or time: false",
    ],
    ['week 54', '2021-W54', "got '2021-W54'"],
    ['a word', 'soon', "got 'soon'"],
  ])('are refused with the option that decides: %s', (_, cell, message) => {
    expect(() => times(dated([cell]))).toThrow(message);
  });

  it('carried over by a format are none', () => {
    expect(() => times(dated(['30.02.2021']), { timeFormat: '%d.%m.%Y' })).toThrow(
      "expected a time in the format '%d.%m.%Y', got '30.02.2021' at line 2",
    );
    expect(() => times(dated(['1']), { timeFormat: 'monthly' })).toThrow(
      'timeFormat: expected one of iso, dmy',
    );
  });

  it('decide between day and month by their even steps', () => {
    const months = ['01/01/2020', '01/02/2020', '01/03/2020', '01/04/2020'];
    const thirteen = Array.from(
      { length: 13 },
      (_, i) => `01/${String((i % 12) + 1).padStart(2, '0')}/${2020 + Math.floor(i / 12)}`,
    );
    expect(() => times(dated(months))).toThrow('may be');
    expect(times(dated(thirteen)).at(-1)).toBe('2021-01-01');
    expect(times(dated(thirteen))[1]).toBe('2020-02-01');
  });

  it('in several columns', () => {
    expect(times('year,month,y\n2020,11,1\n2020,12,2\n2021,1,3\n')).toEqual([
      '2020-11-01',
      '2020-12-01',
      '2021-01-01',
    ]);
    expect(times('Year,Month,Day,Hour,y\n2020,2,29,23,1\n2020,3,1,0,3\n')).toEqual([
      '2020-02-29T23:00:00',
      '2020-03-01',
    ]);
    expect(times('Date;Time;y\n16/12/2006;17:24:00;1\n16/12/2006;17:25:00;2\n')).toEqual([
      '2006-12-16T17:24:00',
      '2006-12-16T17:25:00',
    ]);
    expect(times('year,name,y\n2020,Jan,1\n2020,Feb,3\n', { time: ['year', 'name'] })).toEqual([
      '2020-01-01',
      '2020-02-01',
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'year and quarter',
      'year,quarter,y\n2020,3,1\n2020,4,2\n2021,1,3\n',
      ['2020-07-01', '2020-10-01', '2021-01-01'],
    ],
    ['quarters in words', 'Year,Qtr,y\n2020,Q4,1\n2021,Q1,2\n', ['2020-10-01', '2021-01-01']],
    ['year and ISO week', 'year,week,y\n2020,53,1\n2021,1,2\n', ['2020-12-28', '2021-01-04']],
    ['German weeks', 'Jahr;KW;y\n2020;KW 53;1\n2021;KW 1;2\n', ['2020-12-28', '2021-01-04']],
    ['year and day of the year', 'year,doy,y\n2020,366,1\n2021,1,2\n', ['2020-12-31', '2021-01-01']],
  ])('in two columns: %s', (_, text, expected) => {
    expect(times(text)).toEqual(expected);
    expect(values(text)[0]).toBe(1);
  });

  it('of a column of weeks are ISO weeks, not months', () => {
    const monday = (row: number, first: number) => new Date(first + row * 7 * 86_400_000);
    const isoWeek = (time: Date, mark: string) => {
      const thursday = new Date(time.getTime() + 3 * 86_400_000);
      const year = thursday.getUTCFullYear();
      const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
      return `${year}${mark}${String(week).padStart(2, '0')}`;
    };
    fc.assert(
      fc.property(
        fc.constantFrom(
          'week',
          'Week',
          'wk',
          'KW',
          'kw',
          'year_week',
          'yearweek',
          'iso week',
          'Kalenderwoche',
        ),
        fc.constantFrom('', '-'),
        fc.integer({ min: 0, max: 1500 }),
        fc.integer({ min: 3, max: 80 }),
        (name, mark, from, count) => {
          const weeks = Array.from({ length: count }, (_, row) =>
            monday(row, Date.UTC(1995, 0, 2 + 7 * from)),
          );
          const text = dated(
            weeks.map((week) => isoWeek(week, mark)),
            name,
          );
          expect(times(text)).toEqual(weeks.map((week) => week.toISOString().slice(0, 10)));
          expect(readSeries(text).notes).toContain('ISO weeks');
        },
      ),
    );
    const twelve = Array.from({ length: 12 }, (_, i) => `2020${String(i + 1).padStart(2, '0')}`);
    expect(times(dated(twelve, 'month')).at(-1)).toBe('2020-12-01');
    expect(times(dated(twelve, 'period')).at(-1)).toBe('2020-12-01');
    expect(times(dated(twelve, 'week'), { timeFormat: '%Y%m' }).at(-1)).toBe('2020-12-01');
    // Power, not weeks.
    const power = twelve.map((value, i) => `2021-01-${i + 10},${value}`).join('\n');
    expect(values(`date,kW\n${power}\n`)).toEqual(twelve.map(Number));
  });

  it('some with a zone and some without need one', () => {
    const text = 'ts,y\n2021-01-01T00:00:00Z,1\n2021-01-01T02:00:00,2\n2021-01-01T02:00:00Z,3\n';
    expect(() => times(text)).toThrow(
      "ts: expected a zone at every time or at none, got none at line 3; give zone: 'Europe/Berlin' or time: false",
    );
    expect(times(text, { zone: 'Europe/Berlin' })).toEqual([
      '2021-01-01T01:00:00+01:00',
      '2021-01-01T02:00:00+01:00',
      '2021-01-01T03:00:00+01:00',
    ]);
  });

  it('wherever their column stands, and whatever it is called', () => {
    expect(times('id,date,y\n7,2021-01-04,1\n7,2021-01-05,2\n')).toEqual(['2021-01-04', '2021-01-05']);
    expect(times('y,when\n1,2021-01-04\n2,2021-01-05\n')).toEqual(['2021-01-04', '2021-01-05']);
    expect(times('[{"date":"2021-01-04","1":5},{"date":"2021-01-05","1":6}]')).toEqual([
      '2021-01-04',
      '2021-01-05',
    ]);
    expect(times('{"columns":["y"],"index":["2021-01-04","2021-01-05"],"data":[[1],[2]]}')).toEqual([
      '2021-01-04',
      '2021-01-05',
    ]);
    expect(times('{"2021-01-04":{"y":1},"2021-01-05":{"y":2}}')).toEqual(['2021-01-04', '2021-01-05']);
    expect(times('{"schema":{},"data":[{"date":"2021-01-04","y":1}]}')).toEqual(['2021-01-04']);
  });

  it('of a clock that is set back are told apart by the zone', () => {
    const hours = ['01:30', '02:00', '02:30', '02:00', '02:30', '03:00'].map((hour) => `2021-10-31 ${hour}`);
    expect(() => times(dated(hours))).toThrow(/earlier than the row before it.*zone: 'Europe\/Berlin'/);
    expect(times(dated(hours), { zone: 'Europe/Berlin' }).map((time) => time.slice(11))).toEqual([
      ...[
        '01:30:00+02:00',
        '02:00:00+02:00',
        '02:30:00+02:00',
        '02:00:00+01:00',
        '02:30:00+01:00',
        '03:00:00+01:00',
      ],
    ]);
    expect(() => times(dated(['2021-03-28 02:30']), { zone: 'Europe/Berlin' })).toThrow(
      'which daylight saving skips, at line 2',
    );
  });

  it('of a clock that is set back or forward are put in order by their instants', () => {
    const autumn = {
      'Europe/Berlin': Date.UTC(2024, 9, 27, 1),
      'America/New_York': Date.UTC(2024, 10, 3, 6),
      'Australia/Lord_Howe': Date.UTC(2024, 3, 6, 15),
    };
    const minute = 60_000;
    const shown = (time: number, zone: string) =>
      formatTimestamp(time, parseFrequency('min'), zone).slice(0, 16);
    type Row = { readonly time: number; readonly text: string; readonly y: number };
    /** Orders of rows in which the first of two equal times is the earlier one, but for 'newest first'. */
    const orders: Readonly<Record<string, (rows: readonly Row[]) => readonly Row[]>> = {
      'oldest first': (rows) => rows,
      'newest first': (rows) => rows.toReversed(),
      'by the text': (rows) => rows.toSorted((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text))),
    };
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(autumn) as (keyof typeof autumn)[])),
        fc.constantFrom(10, 15, 30, 60),
        fc.integer({ min: -40, max: -7 }),
        fc.integer({ min: 50, max: 90 }),
        fc.constantFrom('oldest first', 'newest first', 'by the text'),
        fc.boolean(),
        (zone, step, from, count, order, sort) => {
          // Half an hour of Lord Howe is shown twice.
          if (zone === 'Australia/Lord_Howe' && step === 60) return;
          const rows = Array.from({ length: count }, (_, i) => {
            const time = autumn[zone] + (from + i) * step * minute;
            return { time, text: shown(time, zone), y: i };
          });
          const text = `time,y\n${orders[order](rows)
            .map(({ text, y }) => `${text},${y}`)
            .join('\n')}\n`;
          const { series } = readSeries(text, { zone, sort: sort || order === 'by the text' });
          expect([...series.times!]).toEqual(rows.map(({ time }) => time));
          expect([...series.values.y]).toEqual(rows.map(({ y }) => y));
        },
      ),
    );
  });

  it('are days where daylight saving skips their midnight', () => {
    const days = ['2018-11-02', '2018-11-03', '2018-11-04', '2018-11-05'];
    const zone = 'America/Sao_Paulo';
    expect(times(dated(days), { zone })).toEqual([
      ...['2018-11-02', '2018-11-03', '2018-11-04T01:00:00-02:00', '2018-11-05'],
    ]);
    const { series } = readSeries(dated(days), { zone, frequency: parseFrequency('D') });
    const shown = [...series.times!].map((time) => formatTimestamp(time, parseFrequency('D'), zone));
    expect(shown).toEqual(days);
    expect(() => times(dated(['2018-11-03 23:00', '2018-11-04 00:00']), { zone })).toThrow(
      'which daylight saving skips, at line 3',
    );
  });

  it('with changing offsets are a zone, where that is certain', () => {
    const hours = Array.from({ length: 48 }, (_, i) => {
      const time = Date.UTC(2021, 2, 27) + i * 3_600_000;
      return formatTimestamp(time, parseFrequency('h'), 'America/New_York');
    });
    const march = Array.from({ length: 48 }, (_, i) =>
      formatTimestamp(Date.UTC(2021, 2, 27, 12) + i * 3_600_000, parseFrequency('h'), 'Europe/Paris'),
    );
    expect(readSeries(dated(hours)).series.zone).toBe('-04:00');
    // Berlin's clock is that of Paris, then and for the year that follows.
    expect(readSeries(dated(march)).series.zone).toBe('Europe/Berlin');
    expect(times(dated(march))).toEqual(march.map((time) => time.replace(/T00:00:00.*/, '')));
    const mixed = ['2021-01-01T00:00:00+01:00', '2021-01-01T01:00:00+07:00', '2021-01-01T02:00:00-03:00'];
    expect(() => times(dated(mixed))).toThrow(/date: (offsets change|line)/);
    expect(() => times(dated(['2021-01-01T00:00Z', '2021-01-01 01:00']))).toThrow(
      'expected a zone at every time or at none',
    );
  });
});

describe('numbers', () => {
  it.each<[string, readonly string[], readonly number[]]>([
    ['plain', ['1', '-2.5', '3e2', '.5', '1E+02'], [1, -2.5, 300, 0.5, 100]],
    ['decimal commas', ['1,5', '-2,25', '3'], [1.5, -2.25, 3]],
    ['German', ['1.234,5', '12.345.678'], [1234.5, 12_345_678]],
    ['American', ['1,234.5', '12,345,678'], [1234.5, 12_345_678]],
    ['Indian', ['12,34,567.5', '1,234.25'], [1_234_567.5, 1234.25]],
    ['Swiss', ["1'234.5", '12’345'], [1234.5, 12_345]],
    ['French', ['1 234,5', '12\u202f345', '1\u00a0000'], [1234.5, 12_345, 1000]],
    ['dollars', ['$1.50', '-$2', '$-3.25', '($4)'], [1.5, -2, -3.25, -4]],
    ['euros', ['1,50 €', '-2,00 €'], [1.5, -2]],
    ['other currencies', ['R$ 5', 'R$ -6'], [5, -6]],
    ['codes of currencies', ['USD 5', '6 USD'], [5, 6]],
    ['percent', ['12.5%', '-3 %', '0'], [12.5, -3, 0]],
    ['signs behind', ['5-', '6'], [-5, 6]],
    ['real minus signs', ['−5', '+6'], [-5, 6]],
    ['parentheses', ['(1,234.50)', '6'], [-1234.5, 6]],
    ['thousands and millions', ['1.5K', '2M', '3B'], [1500, 2e6, 3e9]],
    ['thousands that all are whole', ['1.234.567', '2.000'], [1_234_567, 2000]],
    ['zeros in front', ['0,125', '1,250'], [0.125, 1.25]],
  ])('%s', (_, cells, expected) => {
    const table = `date;y\n${cells.map((cell, i) => `2021-01-0${i + 1};"${cell}"`).join('\n')}\n`;
    expect(values(table)).toEqual(expected);
  });

  it.each([
    '',
    'NA',
    'N/A',
    'n/a',
    '#N/A',
    '<NA>',
    'NaN',
    'nan',
    'NAN',
    'null',
    'NULL',
    'None',
    '-',
    '--',
    '.',
    '..',
    '?',
    '#DIV/0!',
    'NaT',
  ])("'%s' is missing", (cell) => {
    expect(values(`date,y\n2021-01-01,1\n2021-01-02,${cell}\n2021-01-03,3\n`)).toEqual([1, Number.NaN, 3]);
  });

  it('a number that stands for missing values does so however its zeros are written', () => {
    const gap = fc.integer({ min: -99_999, max: 99_999 });
    fc.assert(
      fc.property(gap, fc.integer({ min: 0, max: 5 }), fc.constantFrom('.', ','), (value, zeros, mark) => {
        const cell = zeros === 0 ? String(value) : `${value}${mark}${'0'.repeat(zeros)}`;
        // 1,000 may be a thousand.
        if (mark === ',' && zeros === 3) return;
        const table = `date;y\n2021-01-01;1${mark}5\n2021-01-02;${cell}\n2021-01-03;${value - 1}\n`;
        const read = { missingMarkers: ['x', String(value)], decimal: mark } as const;
        expect(values(table, read)).toEqual([1.5, Number.NaN, value - 1]);
      }),
    );
    const text = 'date;y\n2021-01-01;1\n2021-01-02;-999\n2021-01-03;-9990\n';
    expect(values(text, { missingMarkers: ['-999.0'] })).toEqual([1, Number.NaN, -9990]);
  });

  it.each<[string, readonly string[], string]>([
    [
      '1,234 between semicolons',
      ['1,234', '5,678'],
      "y: '1,234' may have a decimal mark or one for thousands; give decimal: '.' or decimal: ','",
    ],
    ['1.234 between semicolons', ['1.234', '5.678'], "give decimal: '.' or decimal: ','"],
    ['two currencies', ['$5', '6 €'], 'y: expected one currency, got $, €'],
    ['percent and none', ['5%', '6'], 'y: expected % at every number or at none'],
    [
      'a word',
      ['1', '2', 'x3'],
      "y: expected a finite number, got 'x3' at line 4; give missingMarkers: 'x3'",
    ],
    ['groups of another size', ['1,23,4', '5', '6'], "got '1,23,4' at line 2"],
    ['infinity', ['1', '2', 'inf'], "got 'inf'"],
    ['codes of products', ['1', '2', 'SKU12'], "got 'SKU12'"],
  ])('are refused: %s', (_, cells, message) => {
    expect(() =>
      values(`date;y\n${cells.map((cell, i) => `0${i + 1}.01.2021;${cell}`).join('\n')}\n`),
    ).toThrow(message);
  });

  it('follow the decimal mark of another column', () => {
    expect(values('y;x\n1,234;1,5\n5,678;2,5\n', { columns: ['y'] })).toEqual([1.234, 5.678]);
    expect(values('y;x\n1.234;1,5\n5.678;2,5\n', { columns: ['y'] })).toEqual([1234, 5678]);
    expect(values('date;y;x\n2021-01-01;1.234;1,5\n', { columns: ['y'] })).toEqual([1234]);
    // Programs, which write ISO dates, group no thousands.
    expect(values('date;y\n2021-01-01;1.234\n2021-01-02;5.678\n')).toEqual([1.234, 5.678]);
    expect(values('y;x\n1.234;1\n', { decimal: ',', columns: ['y'] })).toEqual([1234]);
  });
});

describe('numbers with three digits behind the mark', () => {
  const delimiters = [',', ';', '\t', '|'];
  const tables: Readonly<Record<string, (cells: readonly string[]) => string>> = {
    ...Object.fromEntries(
      delimiters.flatMap((mark) => [
        [`ISO dates ${mark}`, (cells) => table(cells, mark, (day) => `2024-01-${day}`)],
        [`dotted dates ${mark}`, (cells) => table(cells, mark, (day) => `${day}.01.2024`)],
      ]),
    ),
    'a column alone': (cells) => `y\n${cells.join('\n')}\n`,
  };
  function table(cells: readonly string[], mark: string, date: (day: number) => string) {
    return `date${mark}y\n${cells.map((cell, i) => `${date(i + 10)}${mark}${cell}`).join('\n')}\n`;
  }
  const small = fc.integer({ min: 1, max: 999 });
  const thousands = fc.integer({ min: 1000, max: 999_999 });
  const german = (value: number) => String(value).replace(/(?=\d{3}$)(?<=\d)/, '.');
  const sign = fc.constantFrom('', '-');
  const anyTable = fc.constantFrom(...Object.keys(tables));

  it('are refused beside whole numbers of up to three, and read with the mark that is named', () => {
    fc.assert(
      fc.property(
        fc.array(small, { minLength: 1, maxLength: 8 }),
        fc.array(thousands, { minLength: 1, maxLength: 8 }),
        anyTable,
        (few, many, name) => {
          const cells = [...few, ...many].map(german);
          const text = tables[name](cells);
          expect(() => values(text)).toThrow(/may have a decimal mark or one for thousands; give decimal/);
          expect(values(text, { decimal: ',' })).toEqual([...few, ...many]);
          expect(values(text, { decimal: '.' })).toEqual(cells.map(Number));
        },
      ),
    );
  });

  it('are read where any number shows what the mark is for', () => {
    const shows = fc.oneof(
      // A number below 1, another count of decimals, thousands without a mark.
      fc.integer({ min: 1, max: 999 }).map((rest) => `0.${String(rest).padStart(3, '0')}`),
      fc.integer({ min: 0, max: 99 }).map((rest) => `1.${String(rest).padStart(2, '0')}`),
      fc.integer({ min: 1000, max: 9_999_999 }).map(String),
    );
    fc.assert(
      fc.property(
        fc.array(fc.tuple(sign, small), { maxLength: 4 }),
        fc.array(fc.tuple(sign, thousands), { minLength: 1, maxLength: 4 }),
        fc.tuple(sign, shows),
        anyTable,
        (few, many, [minus, telling], name) => {
          const cells = [...few, ...many].map(([sign, value]) => sign + german(value));
          const all = [...cells, minus + telling];
          expect(values(tables[name](all))).toEqual(all.map((cell) => Number(cell)));
        },
      ),
    );
  });

  it('are decimals where all numbers have three, but for 0, in files of programs and between commas', () => {
    const three = fc.tuple(sign, thousands).map(([sign, value]) => sign + german(value));
    const cell = fc.oneof({ weight: 9, arbitrary: three }, fc.constant('0'));
    const ordinary = anyTable.filter((name) => !['dotted dates ;', 'dotted dates \t'].includes(name));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 8 }), ordinary, (cells, name) => {
        expect(values(tables[name](['1.250', ...cells]))).toEqual([1.25, ...cells.map(Number)]);
      }),
    );
    // Between tabs as between semicolons, where dates have points.
    for (const mark of [';', '\t']) {
      expect(() => values(tables[`dotted dates ${mark}`](['1.250', '2.500']))).toThrow('give decimal');
    }
  });

  it('are read as another column of numbers shows, but not one of months', () => {
    expect(values('a\tb\n980\t3,5\n1.004\t4,5\n', { columns: ['a'] })).toEqual([980, 1004]);
    expect(values('a\tb\n1.201\t3,5\n1.004\t4,5\n', { columns: ['a'] })).toEqual([1201, 1004]);
    expect(values('a,b\n980,3.5\n1.004,4.5\n', { columns: ['a'] })).toEqual([980, 1.004]);
    expect(() => values('Monat;y\n01.2024;980\n02.2024;1.004\n')).toThrow('give decimal');
  });

  it('are decimals in JSON, whose numbers have no other mark', () => {
    expect(values('[980, 1.004]')).toEqual([980, 1.004]);
  });
});

describe('tables', () => {
  it.each<[string, string, ReadSeriesOptions?]>([
    ['commas', 'date,y\n2021-01-04,1.5\n2021-01-05,2\n'],
    ['semicolons', 'date;y\n2021-01-04;1,5\n2021-01-05;2\n'],
    ['tabs', 'date\ty\n2021-01-04\t1,5\n2021-01-05\t2\n'],
    ['bars', 'date|y\n2021-01-04|1.5\n2021-01-05|2\n'],
    ['another mark', 'date~y\n2021-01-04~1.5\n2021-01-05~2\n', { delimiter: '~' }],
    ["Excel's own line", 'sep=;\ndate;y\n2021-01-04;1,5\n2021-01-05;2\n'],
    ['quotes with spaces before them', '"date", "y"\n"2021-01-04", "1.5"\n"2021-01-05", "2"\n'],
    ['a line of blanks at the end', 'date,y\n2021-01-04,1.5\n2021-01-05,2\n   \n,,\n'],
    ['a mark at the end of lines', 'date,y,\n2021-01-04,1.5,\n2021-01-05,2,\n'],
    ['such marks in the rows alone', 'date,y\n2021-01-04,1.5,\n2021-01-05,2,\n'],
    ['a row of totals', 'date,y\n2021-01-04,1.5\n2021-01-05,2\nTotal,3.5\n'],
    ['lines before the table', 'Sales of the shop\n\ndate,x,y\n2021-01-04,a,1.5\n2021-01-05,b,2\n'],
    ['comments', '# made by a program\n# 2021\ndate,y\n2021-01-04,1.5\n2021-01-05,2\n'],
    ['a source after the table', 'date,y\n2021-01-04,1.5\n2021-01-05,2\nSource: the shop\n'],
    ['row numbers of R', '"date","y"\n"1","2021-01-04",1.5\n"2","2021-01-05",2\n'],
    ['no names', '2021-01-04,1.5\n2021-01-05,2\n'],
    ['no names, and text', '2021-01-04,a,1.5\n2021-01-05,b,2\n'],
    ['newest rows first', 'date,y\n2021-01-05,2\n2021-01-04,1.5\n'],
    ['Windows line ends', 'date,y\r\n2021-01-04,1.5\r\n2021-01-05,2\r\n'],
    ['old line ends', 'date,y\r2021-01-04,1.5\r2021-01-05,2\r'],
    ['a byte order mark', '\uFEFFdate,y\n2021-01-04,1.5\n2021-01-05,2\n'],
    ['records', '[{"date":"2021-01-04","y":1.5},{"date":"2021-01-05","y":2}]'],
    ['one record per line', '{"date":"2021-01-04","y":1.5}\n{"date":"2021-01-05","y":2}\n'],
    ['rows in brackets', '[["2021-01-04",1.5],["2021-01-05",2]]'],
    ['lists', '{"date":["2021-01-04","2021-01-05"],"y":[1.5,2]}'],
    [
      "a service's answer",
      '{"count":2,"observations":[{"date":"2021-01-04","y":"1.5"},{"date":"2021-01-05","y":"2"}]}',
    ],
  ])('with %s', (_, text, options = {}) => {
    expect(times(text, options)).toEqual(['2021-01-04', '2021-01-05']);
    expect(values(text, options)).toEqual([1.5, 2]);
  });

  it.each(['utf-8', 'utf16le', 'utf16be', 'utf16le with a mark', 'latin1'])('in %s', (encoding) => {
    const text = 'Tag;Höhe\n04.01.2021;1,5\n05.01.2021;2\n';
    const encoded = () => {
      if (encoding === 'utf-8') return Buffer.from(text);
      if (encoding === 'latin1') return Buffer.from(text, 'latin1');
      const bytes = Buffer.from(encoding.includes('mark') ? `\uFEFF${text}` : text, 'utf16le');
      return encoding === 'utf16be' ? bytes.swap16() : bytes;
    };
    const { series } = readSeries(new Uint8Array(encoded()));
    expect(series.columns).toEqual(['Höhe']);
    expect([...series.values.Höhe]).toEqual([1.5, 2]);
  });

  it('with several series', () => {
    const rows = ['2021-01-04,A,1', '2021-01-04,B,10', '2021-01-05,A,2', '2021-01-05,B,20'];
    const below = `date,shop,y\n${rows.join('\n')}\n`;
    expect(() => values(below)).toThrow(
      "line 3 (2021-01-04) has the same time as line 2; give id: 'shop=A' or id: 'shop=B'",
    );
    expect(values(below, { id: 'shop=B' })).toEqual([10, 20]);
    expect(() => values(below, { id: 'shop=C' })).toThrow("id: expected a value of 'shop' (A, B), got 'C'");
    expect(() => values(below, { id: 'store=A' })).toThrow(
      'id: expected a column of the table (date, shop, y)',
    );
    const [a, b, c, d] = rows;
    expect(() => values(`date,shop,y\n${[a, c, b, d].join('\n')}\n`)).toThrow(
      "give id: 'shop=A' or id: 'shop=B'",
    );
  });

  it('that are not what they seem are refused', () => {
    expect(() => values('date,y\n2021-01-04,1\n2021-01-05\n')).toThrow(
      'expected 2 cells in every row, got 1 at line 3',
    );
    expect(() => readSeries(new Uint8Array([1, 0, 2, 3, 0]))).toThrow('got one with NUL bytes');
    expect(() => values('a,b\nx,y\n')).toThrow('expected a column of values, got none');
    expect(() => values('date,y\n44200,1\n44201,2\n')).toThrow(
      "got numbers such as '44200'; give timeFormat: 'excel' or time: false",
    );
  });
});

describe('any series in any spelling', () => {
  const two = (value: number) => String(value).padStart(2, '0');
  const parts = (time: number) => {
    const date = new Date(time);
    return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()] as const;
  };
  const spelledDates: Readonly<Record<string, (time: number) => string>> = {
    iso: (time) => new Date(time).toISOString().slice(0, 10),
    dots: (time) => parts(time).map(two).reverse().join('.'),
    digits: (time) => parts(time).map(two).join(''),
    seconds: (time) => String(time / 1000),
    milliseconds: String,
    names: (time) => new Date(time).toUTCString().slice(5, 16),
    dayFirst: (time) => parts(time).map(two).reverse().join('/'),
    monthFirst: (time) => {
      const [year, month, day] = parts(time);
      return `${month}/${day}/${year}`;
    },
    offset: (time) => `${new Date(time).toISOString().slice(0, 10)}T00:00:00+00:00`,
  };
  const group = (value: number, [thousands, decimal]: readonly [string, string]) => {
    const [whole, fraction] = Math.abs(value).toFixed(2).split('.');
    return `${value < 0 ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, thousands)}${decimal}${fraction}`;
  };
  const spelledNumbers: Readonly<Record<string, (value: number) => string>> = {
    plain: (value) => value.toFixed(2),
    comma: (value) => value.toFixed(2).replace('.', ','),
    american: (value) => group(value, [',', '.']),
    german: (value) => group(value, ['.', ',']),
    french: (value) => `${group(value, ['\u00a0', ','])} €`,
    swiss: (value) => group(value, ["'", '.']),
    dollars: (value) => (value < 0 ? `($${group(-value, [',', '.'])})` : `$${group(value, [',', '.'])}`),
    percent: (value) => `${value.toFixed(2)}%`,
  };

  it('is read back the same', () => {
    const file = fc.record({
      values: fc.array(fc.option(fc.integer({ min: -1e9, max: 1e9 }), { nil: undefined, freq: 12 }), {
        minLength: 40,
        maxLength: 60,
      }),
      start: fc.integer({ min: 4000, max: 22_000 }),
      date: fc.constantFrom(...Object.keys(spelledDates)),
      number: fc.constantFrom(...Object.keys(spelledNumbers)),
      delimiter: fc.constantFrom(',', ';', '\t', '|'),
      missing: fc.constantFrom('', 'NA', 'NaN', '#N/A', '-', 'null'),
      newestFirst: fc.boolean(),
      named: fc.boolean(),
      text: fc.boolean(),
      dateLast: fc.boolean(),
      lineEnd: fc.constantFrom('\n', '\r\n'),
    });
    fc.assert(
      fc.property(file, (one) => {
        // The first row shows what a column holds, where nothing names it.
        fc.pre(one.values[0] !== undefined && one.values.at(-1) !== undefined);
        // Digits alone are a date where a name says so, or where they come first.
        fc.pre(one.named || (!one.dateLast && !['seconds', 'milliseconds', 'digits'].includes(one.date)));
        const expected = one.values.map((cents) => (cents === undefined ? Number.NaN : cents / 100));
        const rows = expected.map((value, i) => {
          const time = (one.start + i) * 86_400_000;
          const number = Number.isNaN(value) ? one.missing : spelledNumbers[one.number](value);
          const cells = [
            spelledDates[one.date](time),
            ...(one.text ? [`shop ${i % 2 ? 'a' : 'b'}`] : []),
            number,
          ];
          return one.dateLast ? cells.reverse() : cells;
        });
        if (one.newestFirst) rows.reverse();
        const names = ['date', ...(one.text ? ['shop'] : []), 'y'];
        const lines = [...(one.named ? [one.dateLast ? names.reverse() : names] : []), ...rows];
        const text = lines
          .map((cells) => cells.map((cell) => `"${cell}"`).join(one.delimiter))
          .join(one.lineEnd);
        const { series } = readSeries(text, { missing: 'keep' });
        expect([...series.values[series.columns[0]]]).toEqual(expected.map((value) => value + 0));
        expect(series.columns).toHaveLength(1);
        expect(series.times?.[0]).toBe(one.start * 86_400_000);
        expect(series.times?.at(-1)).toBe((one.start + expected.length - 1) * 86_400_000);
      }),
      { numRuns: 300 },
    );
  });

  it('is read back with the time of every step and zone that we write', () => {
    const file = fc.record({
      start: fc
        .integer({ min: Date.UTC(1990, 0), max: Date.UTC(2030, 0) })
        .map((time) => time - (time % 60_000)),
      step: fc.constantFrom('15min', 'h', 'D', 'B', 'W', 'M', 'Q'),
      zone: fc.constantFrom('UTC', '+05:30', 'Europe/Berlin', 'America/New_York', undefined),
    });
    fc.assert(
      fc.property(file, ({ start, step, zone }) => {
        const frequency = parseFrequency(step);
        const line = Array.from({ length: 30 }, (_, i) => addSteps(start, frequency, i, zone));
        // A line through the hour that a clock skips is no line of the clock's.
        fc.pre(line.every((time, i) => i === 0 || time > line[i - 1]));
        const text = `time,y\n${line.map((time, i) => `${formatTimestamp(time, parseFrequency('h'), zone)},${i}`).join('\n')}\n`;
        const { series } = readSeries(text, zone === undefined ? {} : { zone });
        expect([...(series.times ?? [])]).toEqual(line);
      }),
    );
  });
});

describe('what comes from', () => {
  it.each<[string, string, ReadSeriesOptions, readonly [string, string], readonly [number, number]]>([
    [
      'Yahoo',
      'Date,Open,High,Low,Close,Adj Close,Volume\n2021-01-04,1,2,3,4.5,5,100\n2021-01-05,null,null,null,null,null,null\n2021-01-06,1,2,3,6.5,5,120\n',
      { columns: ['Close'] },
      ['2021-01-04', '2021-01-06'],
      [4.5, 6.5],
    ],
    [
      'Investing.com',
      '"Date","Price","Vol.","Change %"\n"Jan 05, 2021","1,250.50","1.25M","0.45%"\n"Jan 04, 2021","1,240.00","980.50K","-0.10%"\n',
      { columns: ['Vol.'] },
      ['2021-01-04', '2021-01-05'],
      [980_500, 1_250_000],
    ],
    [
      'FRED',
      'observation_date,UNRATE\n1948-01-01,3.4\n1948-02-01,.\n1948-03-01,4.0\n',
      {},
      ['1948-01-01', '1948-03-01'],
      [3.4, 4],
    ],
    [
      'Eurostat',
      'geo,TIME_PERIOD,OBS_VALUE\nDE,1999-Q1,1.5\nDE,1999-Q2,2.5\n',
      {},
      ['1999-01-01', '1999-04-01'],
      [1.5, 2.5],
    ],
    [
      'Google Trends',
      'Category: All categories\n\nWeek,python: (Worldwide)\n2020-01-05,70\n2020-01-12,71\n',
      {},
      ['2020-01-05', '2020-01-12'],
      [70, 71],
    ],
    [
      'a German bank',
      '"Buchungstag";"Text";"Saldo"\n"31.12.20";"Miete";"-1.234,56 EUR"\n"01.01.21";"Lohn";"2.000,00 EUR"\n',
      { time: 'Buchungstag' },
      ['2020-12-31', '2021-01-01'],
      [-1234.56, 2000],
    ],
    [
      'Nixtla',
      'unique_id,ds,y\nH1,2021-01-01 00:00:00,1\nH1,2021-01-01 01:00:00,2\nH2,2021-01-01 00:00:00,3\nH2,2021-01-01 01:00:00,4\n',
      { id: 'unique_id=H2' },
      ['2021-01-01', '2021-01-01T01:00:00'],
      [3, 4],
    ],
    [
      "R's data sets",
      '"rownames","time","value"\n1,1949,112\n2,1949.08333333333,118\n',
      {},
      ['1949-01-01', '1949-02-01'],
      [112, 118],
    ],
    [
      'Binance',
      '[[1609718400000,"1.5","2"],[1609722000000,"2.5","3"]]',
      { columns: ['column2'] },
      ['2021-01-04', '2021-01-04T01:00:00Z'],
      [1.5, 2.5],
    ],
  ])('%s', (_, text, options, [first, last], [from, to]) => {
    expect([times(text, options)[0], times(text, options).at(-1)]).toEqual([first, last]);
    expect([values(text, options)[0], values(text, options).at(-1)]).toEqual([from, to]);
  });
});

describe('whatever it is given, the reader', () => {
  it.each([
    ['bytes', fc.uint8Array({ maxLength: 80 })],
    ['JSON', fc.json({ maxDepth: 3 })],
    [
      'cells',
      fc.string({
        unit: fc.constantFrom(
          '1',
          '2021-01-04',
          'x',
          ',',
          ';',
          '"',
          '\n',
          '\t',
          '.',
          '/',
          '%',
          '(',
          ')',
          '$',
          ' ',
        ),
        maxLength: 40,
      }),
    ],
  ] as const)('answers with a series or an error for the user: %s', (_, sources) => {
    fc.assert(
      fc.property<[string | Uint8Array]>(sources as fc.Arbitrary<string | Uint8Array>, (source) => {
        try {
          expect(readSeries(source, { missing: 'keep' }).series.length).toBeGreaterThan(0);
        } catch (error) {
          expect(isUserError(error)).toBe(true);
          // A column may itself be named ':'.
          expect((error as Error).message).toMatch(/.: ./s);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('tables that were once read wrong, or refused without need', () => {
  it('without names, semicolons between dates and decimal commas', () => {
    const text = '04.01.2021;100,0\n05.01.2021;101,5\n06.01.2021;103,25\n';
    expect(times(text)).toEqual(['2021-01-04', '2021-01-05', '2021-01-06']);
    expect(values(text)).toEqual([100, 101.5, 103.25]);
  });

  it('are cut where cells are values, whichever of two marks cut all lines alike', () => {
    const cell = fc.double({ min: -1e6, max: 1e6, noNaN: true }).map((value) => value.toFixed(2));
    fc.assert(
      fc.property(fc.array(cell, { minLength: 2, maxLength: 30 }), fc.boolean(), (cells, named) => {
        const day = (row: number) => new Date(Date.UTC(2021, 0, 1 + row));
        const european = cells.map((text, row) => {
          const [year, month, date] = day(row).toISOString().slice(0, 10).split('-');
          return `${date}.${month}.${year};${text.replace('.', ',')}`;
        });
        const text = `${[...(named ? ['Datum;Wert'] : []), ...european].join('\n')}\n`;
        expect(values(text)).toEqual(cells.map((one) => Number(one) + 0));
        expect(times(text)).toEqual(cells.map((_, row) => day(row).toISOString().slice(0, 10)));
      }),
    );
  });

  it("a Series of pandas' JSON", () => {
    const text = '{"1609718400000":1.5,"1609804800000":null,"1609891200000":3}';
    expect(times(text)).toEqual(['2021-01-04', '2021-01-05', '2021-01-06']);
    expect(values(text)).toEqual([1.5, Number.NaN, 3]);
    expect(values('{"2021-01":1,"2021-02":2}')).toEqual([1, 2]);
  });

  it('a row of units below the names', () => {
    const text = 'date,load,note\n,kWh,\n2021-01-01,5,a\n2021-01-02,6,b\n2021-01-03,7,c\n';
    expect(values(text)).toEqual([5, 6, 7]);
    expect(times(text)).toEqual(['2021-01-01', '2021-01-02', '2021-01-03']);
    expect(readSeries(text).notes).toEqual(["without the row of units, 'kWh'"]);
  });

  it('years as names of columns, beside words', () => {
    const text = 'Country,1960,1961,1962\nGermany,1,2,3\nFrance,4,5,6\n';
    const { available, series } = readSeries(text);
    expect(available).toEqual(['1960', '1961', '1962']);
    expect(series.length).toBe(2);
    expect(readSeries('a,1,2\nb,3,4\n').series.length).toBe(2);
  });

  it('columns lined up with spaces, on request', () => {
    const text = '2021-01-04   100.5\n2021-01-05     7.25\n';
    expect(() => values(text)).toThrow("give delimiter: ' '");
    expect(values(text, { delimiter: ' ' })).toEqual([100.5, 7.25]);
    expect(times(text, { delimiter: ' ' })).toEqual(['2021-01-04', '2021-01-05']);
  });
});
