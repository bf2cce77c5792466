import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openSeries } from './open-series.js';

const csv = (name: string, text: string) => ({ kind: 'file', file: new File([text], name) }) as const;

describe('openSeries', () => {
  it('suggests what the form begins with', async () => {
    const html = await readFile(new URL('../index.html', import.meta.url), 'utf8');
    const value = (id: string) => new RegExp(`<input[^>]* id="${id}"[^>]* value="([^"]*)"`).exec(html)?.[1];
    expect(/<option value="(\w+)" selected>/.exec(html)?.[1]).toBe('gru');
    const waves = [{ amplitude: 1, period: 628.32, phase: 0 }];
    const { shown } = await openSeries({ kind: 'sine', waves, noise: 0.2, length: 1000, seed: 1 });
    const suggested = { ...shown.suggested.series, ...shown.suggested.models.gru };
    expect(Object.fromEntries(Object.keys(suggested).map((id) => [id, value(id)]))).toEqual(suggested);
  });

  it('suggests the rate of each model, and none for a linear one', async () => {
    const { shown } = await openSeries({ kind: 'embedded', name: 'sunspots' });
    const { linear, mlp, lstm } = shown.suggested.models;
    expect([linear.rate, mlp.rate, lstm.rate]).toEqual(['', '0.01', '0.005']);
    expect(shown.suggested.series).toEqual({ share: '70' });
  });

  it('shows missing values as they are, and times past the end', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `2020-01-0${i + 1},${i === 4 ? '' : i}`);
    const { shown, opened } = await openSeries(csv('a.csv', `day,y\n${rows.join('\n')}\n`));
    expect([...shown.values].map(Number.isNaN)).toEqual(rows.map((_, i) => i === 4));
    expect(shown.times).toHaveLength(9 + 64);
    expect(new Date(shown.times![9])).toEqual(new Date('2020-01-10'));
    expect(opened.calendar).toEqual(['day-of-week', 'day-of-year']);
    expect(shown).toMatchObject({ name: 'a.csv', column: 'y', columns: ['y'], period: 7 });
  });

  it('shows times by the clock of their zone', async () => {
    const rows = Array.from({ length: 9 }, (_, i) => `2020-01-0${i + 1}T18:00:00-05:00,${i % 4}`);
    const { shown } = await openSeries(csv('a.csv', `day,y\n${rows.join('\n')}\n`));
    expect(new Date(shown.times![0])).toEqual(new Date('2020-01-01T18:00:00Z'));
    expect(shown.timeTexts![9]).toBe('2020-01-10T18:00:00-05:00');
  });

  it('reads a file as the form says, and names the control that decides', async () => {
    const days = Array.from({ length: 9 }, (_, i) => `0${i + 2}/03/2021;1.${100 + i}`).join('\n');
    const request = csv('a.csv', `date;y\n${days.replace('010/', '10/')}\n`);
    await expect(openSeries(request)).rejects.toThrow(
      "date: '02/03/2021' may be 2021-03-02 or 2021-02-03. Choose how it is read: Dates: day first, or Dates: month first.",
    );
    await expect(openSeries({ ...request, reading: { timeFormat: 'dmy' } })).rejects.toThrow(
      'Choose how it is read: Decimal mark: point, or Decimal mark: comma.',
    );
    const { shown } = await openSeries({ ...request, reading: { timeFormat: 'dmy', decimal: ',' } });
    expect(shown.values[0]).toBe(1100);
    expect(shown.timeTexts![0]).toBe('2021-03-02');
    const shops = Array.from({ length: 20 }, (_, i) => `2020-01-${11 + (i >> 1)},${'AB'[i % 2]},${i}`).join(
      '\n',
    );
    const panel = csv('b.csv', `date,shop,y\n${shops}\n`);
    await expect(openSeries(panel)).rejects.toThrow(
      'Choose how it is read: Rows of one series: shop=A, or Rows of one series: shop=B.',
    );
    expect((await openSeries({ ...panel, reading: { id: 'shop=B' } })).shown.values[0]).toBe(1);
  });

  it('refuses what the page has no time for, and what cannot be learned from', async () => {
    await expect(openSeries(csv('long.csv', `x\n${'1\n2\n'.repeat(15_000)}`))).rejects.toThrow(
      'long.csv has 30,000 rows; this page takes up to 20,000, on which it trains while you wait.',
    );
    await expect(openSeries(csv('wide.csv', ','.repeat(300)))).rejects.toThrow('at most 200 columns');
  });

  it('asks what days of Excel are, and offers no choice where the form has none', async () => {
    const days = `date,y\n${Array.from({ length: 20 }, (_, i) => `${44_200 + i},${i % 5}\n`).join('')}`;
    await expect(openSeries(csv('days.csv', days))).rejects.toThrow(
      "Choose how it is read: Dates: Excel's days",
    );
    const spaced = '2021-01-04   5\n2021-01-05   6\n';
    await expect(openSeries(csv('spaced.csv', spaced))).rejects.toThrow(/begins with '2021-01-05 +6'\)\.$/);
  });

  it('says that a constant forecasts itself', async () => {
    const { shown } = await openSeries(csv('flat.csv', `x\n${'7\n'.repeat(100)}`));
    expect(shown.notes).toEqual([{ kind: 'constant', name: 'flat.csv', value: 7, others: 0 }]);
  });
});
