import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCsv } from './read-csv.js';

const read = (text: string, column?: string) =>
  readCsv(text, { name: 'a.csv', column, flaws: 'note', mostColumns: 200 });

describe('readCsv', () => {
  it('reads commas, semicolons and tabs, with or without names', () => {
    for (const separator of [',', ';', '\t']) {
      const { series, columns } = read(['x', 'y\n1', '2\n3', '4'].join(separator));
      expect(columns).toEqual(['x', 'y']);
      expect([...series.values.x]).toEqual([1, 3]);
    }
    expect([...read('1\n2\n3\n').series.values.column1]).toEqual([1, 2, 3]);
    expect(read('1,5\n2,6\n').columns).toEqual(['column1', 'column2']);
    const dated = read('2020-01-01,5\n2020-01-02,6\n');
    expect(dated.columns).toEqual(['column2']);
    expect([...dated.series.values.column2]).toEqual([5, 6]);
    expect(dated.series.times).toHaveLength(2);
  });

  it('offers the columns of numbers, not those of words or of time', () => {
    const text = 'year,place,rain,sun\n2001,here,1,9\n2002,there,,8\n2003,here,3,7\n';
    const first = read(text);
    expect(first.columns).toEqual(['rain', 'sun']);
    expect([...first.series.values.rain]).toEqual([1, Number.NaN, 3]);
    expect(first.series.times).toHaveLength(3);
    expect([...read(text, 'sun').series.values.sun]).toEqual([9, 8, 7]);
  });

  it('passes over a column that cannot be read, and says so, unless it was asked for', () => {
    const text = `a,b\n${'1,2\n'.repeat(40)}oops,3\n`;
    const { series, notes } = read(text);
    expect(series.columns).toEqual(['b']);
    expect(notes).toEqual(["Passed over: a: expected a finite number, got 'oops' at line 42"]);
    expect(() => read(text, 'a')).toThrow("got 'oops'");
  });

  it('numbers rows whose times it cannot read', () => {
    const { series, notes } = read('date,x\n01.02.2020,1\n02.02.2020,2\n');
    expect(series.times).toBeUndefined();
    expect(notes[0]).toContain(
      'Rows are numbered instead of dated: date: expected a time such as 1949-01-31',
    );
  });

  it('refuses what is no table of numbers, by name', () => {
    expect(() => read('\n\n')).toThrow('a.csv: expected rows of values');
    expect(() => read('a,b\nx,y\n')).toThrow('a.csv: expected a column of numbers, got none');
    expect(() => read('a\n"1\n2\n')).toThrow('a.csv: not CSV');
    expect(() => read(`a${',b'.repeat(300)}\n`)).toThrow('expected at most 200 columns, got 301');
  });

  it('answers any text with a series or an error that names the file or a column', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('1', 'x', ',', ';', '"', '\n', '\r', '-', ' ', '\t') }),
        (text) => {
          try {
            expect(read(text).series.length).toBeGreaterThan(0);
          } catch (error) {
            expect((error as Error).message).toMatch(/^[^:]*: ./);
          }
        },
      ),
    );
  });
});
