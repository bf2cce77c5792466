import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteInWords } from './notes.js';
import {
  type OpenFileOptions,
  openCatalogSeries,
  openFile,
  openSine,
  trainingLength,
} from './open-series.js';

describe('openSine', () => {
  it("is the chapter's: 1000 values, 604 of them to learn from, a floor of the noise's variance", () => {
    const { series, period, trainShare, noiseFloor, columns } = openSine({ seed: 1 });
    expect(series.length).toBe(1000);
    expect(trainingLength(series.length, trainShare)).toBe(604);
    expect(noiseFloor).toBeCloseTo(0.04);
    expect(columns).toEqual(['x']);
    // Its wave of 628 steps is longer than the training values: nobody could learn it as a season.
    expect(period).toBe(1);
  });

  it('takes the first of several waves for the season', () => {
    const waves = [{ period: 40 }, { period: 12, amplitude: 0.5 }];
    expect(openSine({ seed: 1, waves, noise: 0 })).toMatchObject({ period: 40, noiseFloor: 0 });
    expect(openSine({ seed: 1, waves, period: 12 }).period).toBe(12);
    expect(openSine({ seed: 1, waves: [{ period: 302.4 }] }).period).toBe(302);
    expect(openSine({ seed: 1, waves: [{ period: 303 }] }).period).toBe(1);
  });
});

describe('openCatalogSeries', () => {
  it('knows the season, the calendar and the rights', async () => {
    const births = await openCatalogSeries('us-births', {});
    expect(births).toMatchObject({ period: 7, calendar: ['day-of-week', 'day-of-year'] });
    expect(noteInWords(births.notes[0])).toContain('Daily births');
    expect(trainingLength(births.series.length, births.trainShare)).toBe(Math.floor(0.7 * 7305));
    expect((await openCatalogSeries('us-births', { period: 365 })).period).toBe(365);
  });

  it('asks for a column where there are several, and takes the first where nobody can be asked', async () => {
    await expect(openCatalogSeries('seattle-weather', {})).rejects.toThrow(
      'column: expected the name of a column, as there are several (precipitation, temp_max',
    );
    await expect(openCatalogSeries('seattle-weather', { column: 'snow' })).rejects.toThrow("got 'snow'");
    const first = await openCatalogSeries('seattle-weather', { flaws: 'note' });
    expect(first.series.variables).toEqual(['precipitation']);
    expect(first.columns).toContain('temp_max');
  });
});

describe('openFile', () => {
  const holes = 'day,y\n2020-01-01,1\n2020-01-02,\n2020-01-04,3\n2020-01-05,4\n';
  const open = (text: string, options = {}) =>
    openFile(text, { fileName: 'wave.csv', column: 'y', ...options });

  it('refuses flaws unless it is told what to do with them', async () => {
    await expect(open(holes)).rejects.toThrow('y: expected a number, got a missing value at line 3');
    await expect(open(holes.replace(',\n', ',2\n'))).rejects.toThrow('expected 2020-01-03, got 2020-01-04');
    await expect(open('date,y\nsoon,1\n')).rejects.toThrow(
      "date: expected a time such as 1949-01-31, got 'soon'",
    );
  });

  it('leaves them out', async () => {
    const { series, period, notes } = await open(holes, { flaws: 'leave out' });
    expect([...series.observed]).toEqual([1, 0, 0, 1, 1]);
    expect([...series.values]).toEqual([1, Number.NaN, Number.NaN, 3, 4]);
    expect(period).toBe(7);
    expect(notes.map(noteInWords)).toEqual(['1 time has no row: its value is missing']);
    await expect(open('date,y\nsoon,1\n', { flaws: 'leave out' })).rejects.toThrow('date: expected a time');
  });

  it('numbers rows where it may, with a note', async () => {
    const gaps = await open(holes, { flaws: 'note' });
    expect([...gaps.series.observed]).toEqual([1, 0, 0, 1, 1]);
    const uneven = await open(`${holes}2020-01-05 00:00:01,5\n2020-01-06,6\n`, { flaws: 'note' });
    expect([...uneven.series.observed]).toEqual([1, 0, 1, 1, 1, 1]);
    expect(uneven.series.timeline).toBeUndefined();
    expect(uneven).toMatchObject({ period: 1, calendar: [] });
    expect(uneven.notes.map(noteInWords)).toEqual([
      'The time stamps are not evenly spaced: rows are taken as equal steps.',
    ]);
    const numbered = await open('date,y\nsoon,1\nlater,2\n', { flaws: 'note' });
    expect(noteInWords(numbered.notes[0])).toContain('numbered');
  });

  it('never numbers rows that are of two series, or days that may be months', async () => {
    const panel = 'date,id,y\n2020-01-01,a,1\n2020-01-01,b,2\n2020-01-02,a,3\n2020-01-02,b,4\n';
    await expect(open(panel, { flaws: 'note' })).rejects.toThrow("give id: 'id=a' or id: 'id=b'");
    const second = await open(panel, { id: 'id=b' });
    expect([...second.series.values]).toEqual([2, 4]);
    await expect(open('date,y\n03/04/2021,1\n05/06/2021,2\n', { flaws: 'note' })).rejects.toThrow(
      "date: '03/04/2021' may be 2021-04-03 or 2021-03-04; give timeFormat: 'dmy' or timeFormat: 'mdy'",
    );
  });

  it('reads the format that a name promises', async () => {
    const rows = [
      ['a.csv', 't;y\n1;2,5\n3;4\n'],
      // Of a name with commas in it, tabs are the separators all the same.
      ['a.TSV', 't, in s, from 0\ty\n1\t2.5\n3\t4\n'],
      ['a.json', '[{ "t": 1, "y": 2.5 }, { "t": 3, "y": 4 }]'],
      ['a.jsonl', '{ "t": 1, "y": 2.5 }\n{ "t": 3, "y": 4 }\n'],
    ] as const;
    for (const [fileName, text] of rows)
      expect([...(await open(text, { fileName })).series.values]).toEqual([2.5, 4]);
    await expect(open('[{ "y": null }, { "y": 1 }]', { fileName: 'a.json' })).rejects.toThrow(
      'missing value',
    );
    const kept = await open('[{ "y": null }, { "y": 1 }]', { fileName: 'a.json', flaws: 'note' });
    expect([...kept.series.observed]).toEqual([0, 1]);
  });

  it('finds a column that begins with many missing values', async () => {
    const text = `x,y\n${'1,\n'.repeat(100)}1,5\n`;
    expect((await open(text, { flaws: 'leave out' })).series.values.at(-1)).toBe(5);
    await expect(open(text, { column: 'z' })).rejects.toThrow(
      "column: expected a column of numbers (x, y), got 'z'",
    );
  });

  it('offers the columns of numbers, not those of words or of time', async () => {
    const text = 'year,place,rain,sun\n2001,here,1,9\n2002,there,,8\n2003,here,3,7\n';
    const first = await open(text, { flaws: 'note', column: undefined });
    expect(first.columns).toEqual(['rain', 'sun']);
    expect(first.series.variables).toEqual(['rain']);
    expect((await open(text, { column: 'sun' })).series.timeline).toBeDefined();
    await expect(open(text, { column: undefined })).rejects.toThrow('as there are several (rain, sun)');
  });

  it('names columns that have no numbers, or not at every time', async () => {
    const rows = (cells: readonly string[], days = cells.map((_, i) => i + 1)) =>
      `date,v,p,empty\n${cells.map((cell, i) => `2021-01-0${days[i]},${i},${cell},\n`).join('')}`;
    const open = (text: string, options: Partial<OpenFileOptions> = {}) =>
      openFile(text, { fileName: 'x.csv', covariates: ['p'], ...options });
    await expect(open(rows(['a', 'b', 'c']))).rejects.toThrow(
      "covariates: expected some columns of numbers (v), got 'p'",
    );
    await expect(open(rows(['1', '2', '3']), { column: 'empty' })).rejects.toThrow(
      "column: expected a column of numbers (v), got 'empty'",
    );
    for (const flaws of ['refuse', 'leave out'] as const) {
      await expect(open(rows(['1', '', '3']), { flaws })).rejects.toThrow(
        "covariates: expected columns with a number at every time, got none in 'p' of x.csv, row 2 (2021-01-02)",
      );
    }
    await expect(open(rows(['1', '2', '3'], [1, 2, 4]), { flaws: 'leave out' })).rejects.toThrow(
      'covariates: expected columns with a number at every time, got a time without a row',
    );
    expect((await open(rows(['1', '2', '3']))).series.known!.names).toEqual(['p']);
  });

  it('passes over a column that cannot be read, and says so, unless it was asked for', async () => {
    const text = `a,b\n${'1,2\n'.repeat(40)}oops,3\n`;
    const { series, notes } = await open(text, { column: undefined, flaws: 'note' });
    expect(series.variables).toEqual(['b']);
    expect(noteInWords(notes[0])).toContain(
      "Passed over: a: expected a finite number, got 'oops' at line 42",
    );
    await expect(open(text, { column: 'a', flaws: 'note' })).rejects.toThrow("got 'oops'");
  });

  it('says in one line what was done', async () => {
    const { notes } = await open('Datum;y\n02.01.2021;1.000,5\n01.01.2021;2,5\n');
    expect(notes.map(noteInWords)).toEqual([
      'read 2 rows, between semicolons; newest first: reversed; decimal comma; thousands separators',
    ]);
    expect((await open('date,y\n2021-01-01,1\n2021-01-02,2\n')).notes).toEqual([]);
  });

  it('takes rows as equal steps, and times from a zone, on request', async () => {
    const text = 'date,y\n2021-01-01,1\n2021-01-01,2\n';
    await expect(open(text)).rejects.toThrow('same time as line 2; give time: false');
    expect((await open(text, { time: false })).series.length).toBe(2);
    const local = await open('time,y\n2021-10-31 02:00,1\n2021-10-31 02:00,2\n2021-10-31 03:00,3\n', {
      zone: 'Europe/Berlin',
    });
    expect(local.series.timeline).toMatchObject({
      zone: 'Europe/Berlin',
      frequency: { unit: 'hour', every: 1 },
    });
  });

  it('answers any text with a series or an error that names the file or a column', async () => {
    const texts = fc.string({
      unit: fc.constantFrom('1', 'x', ',', ';', '"', '\n', '\r', '-', ' ', '\t', '.', '/'),
    });
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        try {
          expect((await open(text, { column: undefined, flaws: 'note' })).series.length).toBeGreaterThan(0);
        } catch (error) {
          expect((error as Error).message).toMatch(/^[^:]*: ./);
        }
      }),
    );
  });
});
