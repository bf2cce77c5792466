import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatTimestamp } from '../series/timestamps.js';
import { readPanel, readSeries } from './read-series.js';

const shops = `date,shop,item,sales
2021-01-01,A,1,10
2021-01-01,A,2,20
2021-01-01,B,1,30
2021-01-02,A,1,11
2021-01-02,B,1,31
2021-01-03,A,1,12
2021-01-03,A,2,22
2021-01-04,B,2,"1,000"
`;

/** Each series' name, with what it holds. */
const shown = (text: string, options: Parameters<typeof readPanel>[1]) => {
  const { series } = readPanel(text, options);
  return series.map(({ name, times, columns, values }) => [
    name,
    ...Array.from(values[columns[0]], (value, row) =>
      times === undefined ? value : `${formatTimestamp(times[row])} ${value}`,
    ),
  ]);
};

describe('a table of several series', () => {
  it('is read as all of them, each with the times of its own rows', () => {
    expect(shown(shops, { id: 'shop,item', columns: ['sales'] })).toEqual([
      ['shop=A,item=1', '2021-01-01 10', '2021-01-02 11', '2021-01-03 12'],
      ['shop=A,item=2', '2021-01-01 20', '2021-01-03 22'],
      ['shop=B,item=1', '2021-01-01 30', '2021-01-02 31'],
      ['shop=B,item=2', '2021-01-04 1000'],
    ]);
    expect(readPanel(shops, { id: 'shop,item' })).toMatchObject({
      available: ['sales'],
      summary: 'read 8 rows of 4 series, thousands separators',
    });
  });

  it('is read as one of them, by what tells it apart, which may have commas and equals signs itself', () => {
    const one = [['series', '2021-01-01 20', '2021-01-03 22']];
    expect(shown(shops, { id: 'shop=A,item=2', columns: ['sales'] })).toEqual(one);
    expect(readSeries(shops, { id: 'shop=A,item=2' }).available).toEqual(['sales']);
    const odd = 'date,a=b,y\n2021-01-01,"x,c=1",1\n2021-01-01,z,2\n2021-01-02,"x,c=1",3\n';
    expect(shown(odd, { id: 'a=b=x,c=1' })).toEqual([['series', '2021-01-01 1', '2021-01-02 3']]);
    expect(shown(odd, { id: 'a=b' }).map(([name]) => name)).toEqual(['a=b=x,c=1', 'a=b=z']);
  });

  it('names the columns that tell its series apart, where it is read as one', () => {
    const panel = 'date,shop,sales\n2021-01-01,A,1\n2021-01-01,B,2\n2021-01-02,A,3\n2021-01-02,B,4\n';
    expect(() => readPanel(panel)).toThrow("give id: 'shop' or id: 'shop=A' or id: 'shop=B'");
    expect(() => readSeries(panel)).toThrow("give id: 'shop=A' or id: 'shop=B'");
    const two = Array.from(
      { length: 27 },
      (_, i) => `2021-01-0${1 + Math.floor(i / 9)},${Math.floor(i / 3) % 3},${i % 3},${i}`,
    );
    const both = `date,shop,item,sales\n${two.join('\n')}\n`;
    expect(() => readPanel(both)).toThrow("give id: 'shop,item' or id: 'shop=0,item=0'");
    expect(() => readPanel(both, { id: 'shop' })).toThrow("give id: 'shop,item'");
    expect(readPanel(both, { id: 'shop,item' }).series).toHaveLength(9);
  });

  it('is refused where one series is to be read, and where there is no such column', () => {
    // @ts-expect-error: what JavaScript callers may pass is no type error
    expect(() => readSeries(shops, { id: 3 })).toThrow(
      "id: expected a column and a value, such as 'store=A'",
    );
    expect(() => readSeries(shops, { id: 'shop' })).toThrow('id: expected a column and a value');
    expect(() => readSeries('date,a=b,y\n2021-01-01,x,1\n', { id: 'a=b' })).toThrow(
      'id: expected a column and a value',
    );
    expect(() => readPanel(shops, { id: 'store' })).toThrow(
      'id: expected a column of the table (date, shop, item, sales)',
    );
    expect(() => readPanel(shops, { id: 'shop=C' })).toThrow(
      "id: expected a value of 'shop' (A, B), got 'C'",
    );
  });

  it('loses no row and mixes none, in whatever order they stand', () => {
    const row = fc.record({
      id: fc.integer({ min: 0, max: 4 }),
      day: fc.integer({ min: 1, max: 28 }),
      value: fc.integer(),
    });
    const rows = fc.uniqueArray(row, {
      minLength: 1,
      maxLength: 60,
      selector: ({ id, day }) => 100 * id + day,
    });
    fc.assert(
      fc.property(rows, (table) => {
        const lines = table.map(
          ({ id, day, value }) => `2021-01-${String(day).padStart(2, '0')},s${id},${value}`,
        );
        const { series } = readPanel(`date,id,y\n${lines.join('\n')}\n`, { id: 'id', sort: true });
        const got = series.flatMap(({ name, times, values }) =>
          Array.from(
            values.y,
            (value, i) => `${formatTimestamp(times![i])},${name.replace('id=', '')},${value}`,
          ),
        );
        expect(got.sort()).toEqual(lines.map((line) => line.replace(',-0', ',0')).sort());
      }),
    );
  });
});
