import { createSeries } from '@throughtime/datasets';
import { describe, expect, it } from 'vitest';

import { naive, seasonalNaive } from '../methods/seasonal-naive.js';
import { TimeSeries } from './time-series.js';

describe('what a forecaster is fitted to', () => {
  it('may be the plain values of one variable, in any list', async () => {
    const expected = [4, 4];
    for (const values of [[1, 2, 3, 4], Float32Array.of(1, 4), Int16Array.of(4)]) {
      const model = await naive().fit(values as number[]);
      expect([...(await model.predict(2)).mean]).toEqual(expected);
    }
    const [first, second] = (await naive().fit([[1, 2], TimeSeries.from([3, 4], { name: 'b' })])).series;
    expect([...first.values]).toEqual([1, 2]);
    expect(second.name).toBe('b');
  });

  it('may be a series of datasets, with its times and season', async () => {
    const times = Array.from({ length: 24 }, (_, i) => new Date(Date.UTC(2020, i, 1)));
    const values = times.map((_, i) => i % 12);
    const series = createSeries({ name: 'sales', times, values: { units: values } });
    const model = await seasonalNaive().fit(series);
    expect([...(await model.predict(3)).mean]).toEqual([0, 1, 2]);
    expect(model.series[0].timeline?.frequency.unit).toBe('month');
  });

  it('is refused by name where it is anything else', async () => {
    const message = 'a series of @throughtime/datasets, or a list of numbers';
    for (const wrong of [
      undefined,
      'sales.csv',
      { values: [1, 2] },
      [['1', '2']],
      new DataView(new ArrayBuffer(8)),
    ])
      await expect(naive().fit(wrong as never)).rejects.toThrow(message);
    await expect(naive().fit([])).rejects.toThrow('series: expected at least one');
    await expect(naive().fit([1, Number.NaN])).rejects.toThrow(/finite/);
  });
});
