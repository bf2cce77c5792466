import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnOf, UnknownColumnError } from '../series/series.js';
import { MissingValueError, SeriesFormatError } from '../series/series-errors.js';
import { type ReadSeriesOptions, readSeries } from './read-series.js';

const read = (text: string, options: ReadSeriesOptions = {}) => readSeries(text, options).series;

describe('readSeries', () => {
  it('reads time stamps and several columns, quoted or not, with a byte order mark and Windows line ends', () => {
    const series = read('\uFEFF"Month","a, b",c\r\n"1949-01","1.5",-2\r\n\r\n1949-02,+3e2,.5\r\n');
    expect(series.columns).toEqual(['a, b', 'c']);
    expect([...series.times!]).toEqual([Date.UTC(1949, 0), Date.UTC(1949, 1)]);
    expect([...columnOf(series, 'a, b')]).toEqual([1.5, 300]);
    expect([...columnOf(series, 'c')]).toEqual([-2, 0.5]);
  });

  it('takes a first column of dates for the time, whatever its name, and one of numbers for values', () => {
    expect(read('when,x\n2020-01-01,1\n2020-01-02,2').columns).toEqual(['x']);
    const numbers = read('births,x\n8486,1\n9002,2');
    expect(numbers.columns).toEqual(['births', 'x']);
    expect(numbers.times).toBeUndefined();
    expect(read('1\n2', { header: false }).columns).toEqual(['column1']);
  });

  it('loses no value of a file without a line of names', () => {
    expect([...columnOf(read('1\n2\n3\n'))]).toEqual([1, 2, 3]);
    expect([...columnOf(read('-1.5\n2e3\n'))]).toEqual([-1.5, 2000]);
    const dated = read('2020-01-01,5\n2020-01-02,6\n');
    expect([...columnOf(dated)]).toEqual([5, 6]);
    expect(dated.times).toHaveLength(2);
    expect(read('1,NA\n2,3\n', { missing: 'keep' }).length).toBe(2);
    expect(read('1,-\n2,3\n', { missing: 'keep', missingMarkers: ['-'] }).length).toBe(2);
  });

  it('takes numbers for names beside words, as pandas writes them, and on request', () => {
    expect(read('when,1960,1961\n1,2,3').columns).toEqual(['when', '1960', '1961']);
    expect(read(',0,1\n0,2,3\n1,4,5', { columns: ['0', '1'] }).length).toBe(2);
    expect(read('1\n2\n3\n', { header: true }).columns).toEqual(['1']);
  });

  it('reads as many observations as there are lines of numbers, with or without names', () => {
    const line = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 2,
      maxLength: 2,
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1 }), fc.boolean(), fc.boolean(), (lines, dated, named) => {
        const date = (row: number) => new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10);
        const rows = lines.map((values, row) => [...(dated ? [date(row)] : []), ...values].join(','));
        const names = [...(dated ? ['date'] : []), 'x', 'y'].join(',');
        const series = read([...(named ? [names] : []), ...rows].join('\n'));
        expect(series.length).toBe(lines.length);
        expect(series.columns.map((column) => [...columnOf(series, column)])).toEqual([
          lines.map(([x]) => x + 0),
          lines.map(([, y]) => y + 0),
        ]);
        expect(series.times !== undefined).toBe(dated);
      }),
      { numRuns: 200 },
    );
  });

  it('obeys options: time, timeFormat, columns, delimiter', () => {
    const text = 'x;y;when\n1;2;3/1/2020\n4;5;4/1/2020';
    const series = read(text, { delimiter: ';', time: 'when', timeFormat: '%d/%m/%Y', columns: ['y'] });
    expect([...series.times!]).toEqual([Date.UTC(2020, 0, 3), Date.UTC(2020, 0, 4)]);
    expect([...columnOf(series)]).toEqual([2, 5]);
    expect(read('year,x\n1999,2\n2000,3', { time: false }).columns).toEqual(['year', 'x']);
    expect(() => read(text, { delimiter: ';', time: 'date' })).toThrow(
      'time: expected a column of the table (x, y, when)',
    );
    expect(() => read('x\n1', { columns: ['z'] })).toThrow(ArgumentError);
  });

  it('says where a value is that is no number', () => {
    expect(() => read('date,x\n2020-01-01,1\n2020-01-02,1o')).toThrow(
      "x: expected a finite number, got '1o' at line 3",
    );
    expect(() => read('date,x\n2020-01-01,Infinity')).toThrow(SeriesFormatError);
    expect(() => read('x\n0x10')).toThrow(SeriesFormatError);
    expect(() => read('date,x\n2020-01-01,1\nsoon,2')).toThrow(
      "date: expected a time such as 1949-01-31, got 'soon' at line 3",
    );
  });

  it('refuses an empty file, a header alone, a ragged row and tells apart columns named alike', () => {
    expect(() => read('')).toThrow('expected rows of values, got an empty file');
    expect(() => read('date,x\n')).toThrow('expected observations, got none');
    expect(() => read('date,x\n2020-01-01')).toThrow(/not CSV: .*line 2/);
    expect(read('x,x\n1,2').columns).toEqual(['x', 'x.1']);
  });

  it('refuses times twice or out of order, and sorts on request', () => {
    expect(() => read('date,x\n2020-01-01,1\n2020-01-01,2')).toThrow(
      'time: line 3 (2020-01-01) has the same time as line 2',
    );
    const text = 'date,x\n2020-01-02,2\n2020-01-01,1\n2020-01-03,3';
    expect(() => read(text)).toThrow(
      'line 3 (2020-01-01) is earlier than the row before it; give sort: true',
    );
    expect([...columnOf(read(text, { sort: true }))]).toEqual([1, 2, 3]);
  });
});

describe('missing values', () => {
  const text = 'date,x,y\n2020-01-01,1,5\n2020-01-02,,6\n2020-01-04,NA,7\n2020-01-05,5,8\n';

  it('are an error that names the first of them, unless asked for otherwise', () => {
    expect(() => read(text)).toThrow(MissingValueError);
    expect(() => read(text)).toThrow(
      "x: expected a number, got a missing value at line 3 (2020-01-02); missing: 'interpolate', 'drop' or 'keep' accepts it",
    );
    // @ts-expect-error: a choice that JavaScript callers may pass
    expect(() => read(text, { missing: 'ignore' })).toThrow("missing: expected one of 'error', 'drop'");
  });

  it('are interpolated in time, not in rows', () => {
    const series = read(text, { missing: 'interpolate' });
    expect([...columnOf(series, 'x')]).toEqual([1, 2, 4, 5]);
    expect([...columnOf(series, 'y')]).toEqual([5, 6, 7, 8]);
    expect([...columnOf(read('x\n1\nNaN\n\nnull\n4', { missing: 'interpolate' }))]).toEqual([1, 2, 3, 4]);
  });

  it('are not made up before the first or after the last value', () => {
    expect(() => read('x,y\nNA,1\n1,2', { missing: 'interpolate' })).toThrow(
      'missing value at line 2; nothing to interpolate from before it',
    );
    expect(() => read('x,y\n1,1\nNA,2', { missing: 'interpolate' })).toThrow('from after it');
  });

  it('are dropped with their whole row, or kept as NaN', () => {
    const dropped = read(text, { missing: 'drop' });
    expect([...columnOf(dropped, 'y')]).toEqual([5, 8]);
    expect([...dropped.times!]).toEqual([Date.UTC(2020, 0, 1), Date.UTC(2020, 0, 5)]);
    expect([...columnOf(read(text, { missing: 'keep' }), 'x')]).toEqual([1, Number.NaN, Number.NaN, 5]);
    expect(() => read('x,y\nNA,1', { missing: 'drop', columns: ['x', 'y'] })).toThrow(
      'no observation is left',
    );
  });

  it('may be marked by other text', () => {
    expect([
      ...columnOf(read('x\n1\n-999\n3', { missing: 'interpolate', missingMarkers: ['-999'] })),
    ]).toEqual([1, 2, 3]);
  });

  it('include rows that a regular series lacks', () => {
    const gap = 'date,x\n2020-01-01,1\n2020-01-02,2\n2020-01-05,5\n';
    expect(read(gap).length).toBe(3);
    expect(() => read(gap, { frequency: { unit: 'day', every: 1 } })).toThrow(
      'missing value at 2020-01-03 (no such row)',
    );
    const filled = read(gap, { frequency: { unit: 'day', every: 1 }, missing: 'interpolate' });
    expect([...columnOf(filled)]).toEqual([1, 2, 3, 4, 5]);
    expect(() => read(gap, { frequency: { unit: 'week', every: 1 } })).toThrow(
      "frequency: line 3 (2020-01-02): expected 2020-01-01 or 2020-01-08, as steps are 'W' from 2020-01-01",
    );
    expect(() => read('x\n1', { frequency: { unit: 'day', every: 1 } })).toThrow('got one without');
  });

  it('follow the calendar: months of all lengths, month ends, leap years', () => {
    const monthly = (text: string) =>
      read(text, { frequency: { unit: 'month', every: 1 }, missing: 'keep' }).times!.length;
    expect(monthly('month,x\n2020-01,1\n2020-02,1\n2021-01,1')).toBe(13);
    expect(monthly('date,x\n2020-01-31,1\n2020-02-29,1\n2020-03-31,1\n2020-06-30,1')).toBe(6);
    const yearly = read('year,x\n1999,1\n2001,3', {
      frequency: { unit: 'year', every: 1 },
      missing: 'interpolate',
    });
    // 2000 is 365 days after 1999 and 366 before 2001.
    expect(columnOf(yearly)[1]).toBeCloseTo(1 + (2 * 365) / 731, 12);
    // @ts-expect-error: a frequency that JavaScript callers may pass
    expect(() => read('year,x\n1999,1', { frequency: 'often' })).toThrow(
      "frequency: expected an object with the options unit, every, dayOfMonth, yearFrom, byClock, got 'often'",
    );
  });
});

describe('readSeries of JSON', () => {
  it('reads numbers, records and lists alike', () => {
    expect([...columnOf(read('[1, 2.5, -3]'))]).toEqual([1, 2.5, -3]);
    const records = read('[{"year": 1949, "x": 1, "y": "2"}, {"year": 1950, "x": 3, "y": 4}]');
    const lists = read('{"year": [1949, 1950], "x": [1, 3], "y": [2, 4]}');
    expect(lists).toEqual(records);
    expect(records.columns).toEqual(['x', 'y']);
    expect([...records.times!]).toEqual([Date.UTC(1949, 0), Date.UTC(1950, 0)]);
  });

  it('counts null and absent fields as missing', () => {
    expect(() => read('[1, null, 3]')).toThrow('value: expected a number, got a missing value at [1]');
    expect([...columnOf(read('[{"x": 1}, {}, {"x": 3}]', { missing: 'interpolate' }))]).toEqual([1, 2, 3]);
  });

  it.each([
    ['[1, 2', 'not JSON'],
    ['{"x": 1}', 'expected a list of numbers, a list of records or a record of lists'],
    ['[]', 'expected a column of values'],
    ['{}', 'expected a column of values'],
    ['[[1], [2, 3]]', 'expected numbers, strings and null, got [1]'],
    ['[true]', 'expected numbers, strings and null, got true'],
    ['{"x": [1, 2], "y": [1]}', "'y' has 1 values, 'x' has 2"],
  ])('refuses %s', (text, message) => {
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).toThrow(SeriesFormatError);
  });
});

describe('columnOf', () => {
  it('needs a name where there are several columns, and an existing one', () => {
    const series = read('x,y\n1,2');
    expect(() => columnOf(series)).toThrow(UnknownColumnError);
    expect(() => columnOf(series)).toThrow(
      'column: expected the name of a column, as there are several (x, y), got none',
    );
    expect(() => columnOf(series, 'z')).toThrow("expected a column of the series (x, y), got 'z'");
  });
});
