import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { columnOf } from '../series/series.js';
import { readSeriesFile } from './read-series-file.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-node-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('readSeriesFile', () => {
  it('reads CSV, TSV and JSON by extension', async () => {
    const files = {
      'a.csv': 'year,x\n1999,1\n2000,2',
      'a.tsv': 'year\tx\n1999\t1\n2000\t2',
      'a.json': '[1, 2]',
    };
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(folder, name), text);
      const { series } = await readSeriesFile(join(folder, name));
      expect(series.name).toBe('a');
      expect([...columnOf(series)]).toEqual([1, 2]);
    }
    await writeFile(join(folder, 'b.csv'), 'x;y\n1;2');
    expect((await readSeriesFile(join(folder, 'b.csv'), { delimiter: ';' })).available).toEqual(['x', 'y']);
  });

  it('names a file that is not there, and reads Latin-1', async () => {
    const absent = join(folder, 'absent.csv');
    await expect(readSeriesFile(absent)).rejects.toThrow(
      `path: expected a file that can be read, got '${absent}' (ENOENT)`,
    );
    await writeFile(join(folder, 'latin.csv'), Buffer.from('jahr,h\xf6he\n1999,1', 'latin1'));
    const { series, summary } = await readSeriesFile(join(folder, 'latin.csv'));
    expect(series.columns).toEqual(['höhe']);
    expect(summary).toBe('read 1 row, Windows-1252');
  });
});
