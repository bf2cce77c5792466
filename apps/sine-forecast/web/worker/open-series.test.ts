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

  it('refuses what the page has no time for, and what cannot be learned from', async () => {
    await expect(openSeries(csv('long.csv', `x\n${'1\n2\n'.repeat(15_000)}`))).rejects.toThrow(
      'long.csv: expected at most 20000 rows, which this page trains on while you wait, got 30000',
    );
    await expect(openSeries(csv('wide.csv', ','.repeat(300)))).rejects.toThrow('at most 200 columns');
    await expect(openSeries(csv('flat.csv', `x\n${'7\n'.repeat(100)}`))).rejects.toThrow('the constant 7');
  });
});
