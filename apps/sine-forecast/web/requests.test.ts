import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { concernsSeries, modelRequest, seriesRequest, settingsOf } from './requests.js';

const file = new File(['y\n1\n'], 'a.csv');
const asked = (settings: Record<string, string>) =>
  seriesRequest({ source: 'file', ...settings }, { file, column: undefined });

describe('seriesRequest', () => {
  it('says of a file what the form says, and nothing where it is left alone', () => {
    const nothing = { dates: '', decimal: '', names: '', rows: '', missing: '', fill: '', zone: '' };
    expect(asked(nothing)).toEqual({ kind: 'file', file, reading: {} });
    expect(asked({ ...nothing, dates: 'dmy', decimal: ',', names: 'values', rows: 'shop=A' })).toMatchObject({
      reading: { timeFormat: 'dmy', decimal: ',', header: false, id: 'shop=A' },
    });
    expect(asked({ ...nothing, dates: 'rows', missing: '-999, x', zone: 'UTC' })).toMatchObject({
      reading: { time: false, missingMarkers: ['-999', 'x'], zone: 'UTC' },
    });
  });

  it('asks for gaps to be filled where the form says so', () => {
    expect(asked({ fill: 'lines' })).toMatchObject({ fill: true });
  });

  it('is made again when a control of the file changes', async () => {
    const html = await readFile(new URL('./index.html', import.meta.url), 'utf8');
    const settings = /<div id="file-settings"[\s\S]*?<\/details>/.exec(html)![0];
    const names = [...settings.matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
    expect(names).toEqual(['dates', 'decimal', 'names', 'rows', 'missing', 'fill', 'zone']);
    for (const name of names) expect(concernsSeries(name)).toBe(true);
  });
});

describe('settingsOf', () => {
  it('gives the settings that ask for the same', () => {
    const settings = {
      model: 'gru',
      lags: '32',
      hidden: '16',
      horizon: '64',
      share: '60.4',
      epochs: '30',
      seed: '1',
    };
    for (const rest of [
      { rate: '', period: '' },
      { rate: '0.005', period: '12' },
    ])
      expect(settingsOf(modelRequest({ ...settings, ...rest }))).toEqual({ ...settings, ...rest });
  });
});
