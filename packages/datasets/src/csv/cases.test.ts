import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatFrequency } from '../series/frequency.js';
import { alignTimestamps, formatRowTime } from '../series/timeline.js';
import { formatOfFile, type ReadSeriesOptions, readSeries } from './read-series.js';

// Files as people have them, most with the same sixty values on sixty days, so that they are read alike.

const folder = fileURLToPath(new URL('./fixtures/cases/', import.meta.url));
const days = ['2021-01-04', '2021-03-04', 'D'] as const;
const ends = [100, 162] as const;

interface Expected {
  readonly rows: number;
  /** The first and the last time, and the step. */
  readonly times?: readonly [string, string, string];
  readonly values: readonly [number, number];
  readonly zone?: string;
  readonly done?: string;
  readonly options?: ReadSeriesOptions;
}

const plain: Expected = { rows: 60, times: days, values: ends };

const read: Readonly<Record<string, Expected>> = {
  'big.csv': { rows: 60, times: ['2018-01-01', '2022-12-01', 'M'], values: [1234568379, 1234626978] },
  'bill30.csv': { rows: 40, times: ['2018-04-30', '2021-07-30', 'M-30'], values: [100, 139] },
  'biz.csv': { rows: 100, times: ['2021-01-04', '2021-05-21', 'B'], values: [99.84, 141.4] },
  'dateafter.csv': { ...plain, done: "times from 'date'" },
  'dmy.csv': { ...plain, done: 'day first' },
  'dollar.csv': { ...plain, done: 'in $' },
  'dotdate.csv': plain,
  'dst_daily.csv': {
    ...{ rows: 60, times: ['2021-03-01', '2021-04-29', 'D'], values: [100, 159] },
    done: 'offsets +01:00 and +02:00: local dates',
  },
  'dst_hour.csv': {
    ...{ rows: 97, times: ['2021-10-29T00:00:00+02:00', '2021-11-01T23:00:00+01:00', 'h'], values: [0, 95] },
    ...{ zone: 'Europe/Berlin', options: { zone: 'Europe/Berlin' } },
  },
  'dst_month.csv': {
    ...{ rows: 40, times: ['2018-01-01', '2021-04-01', 'M'], values: [100, 149] },
    done: 'offsets +01:00 and +02:00: local dates',
  },
  'epochms.csv': { ...plain, zone: 'UTC', done: 'milliseconds since 1970' },
  'epochs.csv': { ...plain, zone: 'UTC', done: 'seconds since 1970' },
  'extra_missing.csv': { ...plain, options: { columns: ['sales'] } },
  'extra_text.csv': plain,
  'gap.csv': { ...plain, rows: 58 },
  'hh.csv': {
    rows: 1008,
    times: ['2021-01-04T00:00:00', '2021-01-24T23:30:00', '30min'],
    values: [1001.2, 951.9],
  },
  'idx.csv': { ...plain, done: "times from 'date'" },
  'inter.csv': { rows: 120, times: ['2021-01-01', '2021-04-30', 'D'], values: [0, 0] },
  'm60.csv': { rows: 60, times: ['2018-01-01', '2022-12-01', 'M'], values: [210.3, 295.1] },
  'mdy.csv': { ...plain, done: 'month first' },
  'miss_na.csv': { ...plain, options: { missing: 'keep' } },
  'ndjson.json': plain,
  'newest.csv': { ...plain, done: 'newest first: reversed' },
  'nohead1.csv': { rows: 60, values: ends, done: 'no line of names' },
  'nohead2.csv': { ...plain, done: 'no line of names' },
  'ok.csv': plain,
  'p28.csv': { rows: 60, times: ['2017-01-02', '2021-07-12', '4W'], values: [100, 159] },
  'page-desc.csv': {
    ...{ rows: 300, times: ['2020-02-06', '2020-12-01', 'D'], values: [34.9, 0] },
    done: 'newest first: reversed',
  },
  'page-dup.csv': { rows: 300, values: [0, 5], options: { time: false } },
  'page-gaps.csv': {
    rows: 300,
    times: ['2020-01-01', '2020-10-26', 'D'],
    values: [0, 5],
    options: { missing: 'keep' },
  },
  'page-huge-values.csv': { rows: 300, values: [1e12, 999890480547.1] },
  'page-semicolon.csv': {
    ...{ rows: 300, times: ['2020-01-01', '2020-11-20', 'D'], values: [100, 80.5] },
    done: 'between semicolons; decimal comma',
  },
  'page-thousands.csv': {
    rows: 200,
    values: [1200, 1399],
    done: 'thousands separators',
    options: { time: false },
  },
  'page-tiny-values.csv': { rows: 300, values: [0, -1.0951945285370122e-10] },
  'pandas.json': { ...plain, zone: 'UTC', done: 'milliseconds since 1970' },
  'pandascol.json': { ...plain, zone: 'UTC', done: 'milliseconds since 1970' },
  'panel.csv': { ...plain, values: [102, 164], options: { id: 'id=2' } },
  'sameday.csv': { ...plain, times: ['2021-01-04T18:00:00Z', '2021-03-04T18:00:00Z', 'D'], zone: 'UTC' },
  'semi.csv': { ...plain, done: 'between semicolons' },
  'semidec.csv': { ...plain, values: [100.19, 161.88], done: 'between semicolons; decimal comma' },
  'stray.csv': { rows: 61, values: [0, 59], options: { time: false, columns: ['value'] } },
  'thou.csv': { ...plain, values: [100_000, 162_000], done: 'thousands separators' },
  'timestep4.csv': { rows: 60, values: ends, done: "'time' numbers the rows" },
  'trail.csv': plain,
  'tz.csv': { ...plain, zone: '+01:00' },
  'utf16.csv': { ...plain, done: 'UTF-16' },
  'yyyymmdd.csv': plain,
};

const refused: Readonly<Record<string, RegExp>> = {
  'dst_hour.csv':
    /line 53 \(2021-10-31T02:00:00\) has the same time as line 52; give zone: 'Europe\/Berlin' or time: false/,
  'miss_na.csv': /value: expected a number, got a missing value .* missing: 'interpolate'/,
  'page-dup.csv': /line 3 \(2020-01-01\) has the same time as line 2; give time: false/,
  'page-gaps.csv': /v: expected a number, got a missing value at line 5/,
  'page-thousands.csv': /line 14 \(2001-01-01\) is earlier than the row before it; give time: false/,
  'panel.csv': /line 3 \(2021-01-04\) has the same time as line 2; give id: 'id=1' or id: 'id=2'/,
};

const open = (name: string, options: ReadSeriesOptions = {}) =>
  readSeries(readFileSync(`${folder}${name}`), { ...formatOfFile(name), name, ...options });

describe('the files that people have', () => {
  it('have each an entry here', () => {
    expect(Object.keys(read)).toEqual(readdirSync(folder).sort());
  });

  it.each(Object.entries(read))('%s is read right', (name, { rows, times, values, zone, done, options }) => {
    const { series, notes } = open(name, options);
    const [column] = series.columns;
    expect({ rows: series.length, zone: series.zone, columns: series.columns.length }).toEqual({
      rows,
      zone,
      columns: 1,
    });
    expect([series.values[column][0], series.values[column].at(-1)]).toEqual(values);
    expect(notes.join('; ')).toBe(done ?? '');
    if (times === undefined || series.times === undefined) return expect(series.times).toBe(times);
    const { timeline, positions } = alignTimestamps(series.times, { zone, gaps: 'missing' });
    const [first, last] = [formatRowTime(timeline, 0), formatRowTime(timeline, positions.length - 1)];
    expect([first, last, formatFrequency(timeline.frequency)]).toEqual(times);
  });

  it.each(Object.entries(refused))('%s is refused with the option that helps', (name, message) => {
    expect(() => open(name)).toThrow(message);
  });

  it('with one stray time among days is not taken for seconds', () => {
    const { times } = open('stray.csv').series;
    expect(() => alignTimestamps(times!, { gaps: 'missing' })).toThrow(
      "timestamps[31]: expected 2021-02-03 or 2021-02-04, as steps are 'D' from 2021-01-04, got 2021-02-03T00:00:01",
    );
  });
});
