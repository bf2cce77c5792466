import { describe, expect, it } from 'vitest';
import { formatOf, openCatalogueSeries, openSine, openText, trainingLength } from './open-series.js';

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

describe('openCatalogueSeries', () => {
  it('knows the season, the calendar and the rights', async () => {
    const births = await openCatalogueSeries('us-births', {});
    expect(births).toMatchObject({ period: 7, calendar: ['day-of-week', 'day-of-year'] });
    expect(births.notes[0]).toContain('Daily births');
    expect(trainingLength(births.series.length, births.trainShare)).toBe(Math.floor(0.7 * 7305));
    expect((await openCatalogueSeries('us-births', { period: 365 })).period).toBe(365);
  });

  it('asks for a column where there are several, and takes the first where nobody can be asked', async () => {
    await expect(openCatalogueSeries('seattle-weather', {})).rejects.toThrow(
      'column: expected the name of a column, as there are several (precipitation, temp_max',
    );
    await expect(openCatalogueSeries('seattle-weather', { column: 'snow' })).rejects.toThrow("got 'snow'");
    const first = await openCatalogueSeries('seattle-weather', { flaws: 'note' });
    expect(first.series.variables).toEqual(['precipitation']);
    expect(first.columns).toContain('temp_max');
  });
});

describe('openText', () => {
  const holes = 'day,y\n2020-01-01,1\n2020-01-02,\n2020-01-04,3\n2020-01-05,4\n';
  const open = (text: string, options = {}) => openText(text, { name: 'wave', column: 'y', ...options });

  it('refuses flaws unless it is told what to do with them', () => {
    expect(() => open(holes)).toThrow('y: expected a number, got a missing value at line 3');
    expect(() => open(holes.replace(',\n', ',2\n'))).toThrow('expected 2020-01-03, got 2020-01-04');
    expect(() => open('date,y\n01.02.2020,1\n')).toThrow('date: expected a time such as 1949-01-31');
  });

  it('leaves them out', () => {
    const { series, period, notes } = open(holes, { flaws: 'leave out' });
    expect([...series.observed]).toEqual([1, 0, 0, 1, 1]);
    expect([...series.values]).toEqual([1, Number.NaN, Number.NaN, 3, 4]);
    expect({ period, notes }).toEqual({ period: 7, notes: [] });
    expect(() => open('date,y\n01.02.2020,1\n', { flaws: 'leave out' })).toThrow('date: expected a time');
  });

  it('numbers rows where it may, with a note', () => {
    const uneven = open(holes, { flaws: 'note' });
    expect([...uneven.series.observed]).toEqual([1, 0, 1, 1]);
    expect(uneven.series.timeline).toBeUndefined();
    expect(uneven).toMatchObject({ period: 1, calendar: [] });
    expect(uneven.notes).toEqual(['The time stamps are not evenly spaced: rows are taken as equal steps.']);
    expect(open('date,y\n01.02.2020,1\n02.02.2020,2\n', { flaws: 'note' }).notes[0]).toContain('numbered');
  });

  it('reads the format that a name promises', () => {
    expect(['a.csv', 'a.TSV', 'b.tab', 'c.json', 'd'].map(formatOf)).toEqual([
      'csv',
      'tsv',
      'tsv',
      'json',
      'csv',
    ]);
    const rows = [
      ['csv', 't;y\n1;2,5\n3;4\n'.replace(',', '.')],
      // Of a name with commas in it, tabs are the separators all the same.
      ['tsv', 't, in s, from 0\ty\n1\t2.5\n3\t4\n'],
      ['json', '[{ "t": 1, "y": 2.5 }, { "t": 3, "y": 4 }]'],
    ] as const;
    for (const [format, text] of rows) expect([...open(text, { format }).series.values]).toEqual([2.5, 4]);
    expect(() => open('[{ "y": null }]', { format: 'json' })).toThrow('missing value');
    expect([
      ...open('[{ "y": null }, { "y": 1 }]', { format: 'json', flaws: 'note' }).series.observed,
    ]).toEqual([0, 1]);
  });

  it('finds a column that begins with more missing values than the sample has lines', () => {
    const text = `x,y\n${'1,\n'.repeat(40)}1,5\n`;
    expect(open(text, { flaws: 'leave out' }).series.values.at(-1)).toBe(5);
    expect(() => open(text, { column: 'z' })).toThrow("column: expected a column of the series (x), got 'z'");
  });
});
