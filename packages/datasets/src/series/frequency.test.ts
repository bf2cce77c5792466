import { describe, expect, it } from 'vitest';
import { createSeries } from './create-series.js';
import {
  addSteps,
  type Frequency,
  formatFrequency,
  inferFrequency,
  parseFrequency,
  seasonalPeriod,
} from './frequency.js';
import { formatTimestamp } from './timestamps.js';

const day = (text: string) => Date.parse(text);

describe('frequencies', () => {
  it('are read, written and known by their season', () => {
    for (const text of ['250ms', '15min', 'h', 'D', 'W', 'M', 'Q', 'Y'])
      expect(formatFrequency(parseFrequency(text))).toBe(text);
    expect(seasonalPeriod(parseFrequency('M'))).toBe(12);
    expect(seasonalPeriod(parseFrequency('5h'))).toBe(1);
    expect(() => parseFrequency('fortnight')).toThrow('frequency: expected one of ms, s, min, h');
  });

  it('with another unit or count are refused, wherever they are options', () => {
    const times = [day('2020-01-01')];
    const series = (frequency: unknown) => () =>
      createSeries({ values: { x: [1] }, times, frequency: frequency as Frequency });
    expect(series({ unit: 'days', every: 1 })).toThrow(
      "frequency.unit: expected one of 'millisecond', 'second', 'minute'",
    );
    expect(series({ unit: 'day', every: 0 })).toThrow(
      'frequency.every: expected a whole number of at least 1',
    );
    expect(series({ unit: 'day' })).toThrow('frequency.every: expected');
    expect(series('daily')).toThrow(
      "frequency: expected an object with the options unit, every, got 'daily'",
    );
  });

  it('step through months by the calendar, month ends to month ends', () => {
    const month = parseFrequency('M');
    const from = (start: string, steps: number) => formatTimestamp(addSteps(day(start), month, steps), month);
    expect(from('2020-01-31', 1)).toBe('2020-02-29');
    expect(from('2020-02-29', 12)).toBe('2021-02-28');
    expect(from('2020-01-15', -1)).toBe('2019-12-15');
  });

  it('are inferred from the shortest distance', () => {
    expect(inferFrequency(['2020-01-01', '2020-01-02', '2020-01-05'].map(day))).toEqual(parseFrequency('D'));
    expect(inferFrequency(['2020-01-01', '2020-02-01', '2020-04-01'].map(day))).toEqual(parseFrequency('M'));
    expect(inferFrequency(['2018-01-01', '2020-01-01'].map(day))).toEqual(parseFrequency('2Y'));
    expect(() => inferFrequency([0, 7])).toThrow('7 ms apart');
  });
});
