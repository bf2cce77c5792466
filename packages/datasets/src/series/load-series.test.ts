import { describe, expect, it } from 'vitest';
import { UnknownDatasetError } from '../catalog/catalog.js';
import { loadSeries } from './load-series.js';
import { columnOf } from './series.js';
import { formatTimestamp } from './timestamps.js';

describe('loadSeries', () => {
  it.each([
    ['air-passengers', 144, '1949-01-01', '1960-12-01', 432],
    ['us-births', 7305, '1969-01-01', '1988-12-31', undefined],
    ['seattle-weather', 1461, '2012-01-01', '2015-12-31', undefined],
    ['sunspots', 309, '1700-01-01', '2008-01-01', 2.9],
    ['global-temperature', 144, '1880-01-01', '2023-01-01', undefined],
  ])('has all of %s', async (name, length, first, last, lastValue) => {
    const series = await loadSeries(name);
    expect(series.length).toBe(length);
    expect(formatTimestamp(series.times![0])).toBe(first);
    expect(formatTimestamp(series.times!.at(-1)!)).toBe(last);
    for (const column of series.columns) expect(series.values[column].every(Number.isFinite)).toBe(true);
    if (lastValue !== undefined) expect(columnOf(series).at(-1)).toBe(lastValue);
  });

  it('knows the season and the columns', async () => {
    expect((await loadSeries('air-passengers')).period).toBe(12);
    expect((await loadSeries('seattle-weather')).columns).toEqual([
      'precipitation',
      'temp_max',
      'temp_min',
      'wind',
    ]);
  });

  it('lists what there is when asked for what there is not', async () => {
    await expect(loadSeries('airline')).rejects.toThrow(UnknownDatasetError);
    await expect(loadSeries('airline')).rejects.toThrow(
      /a series of the catalog \(air-passengers, .*got 'airline'/,
    );
  });
});
