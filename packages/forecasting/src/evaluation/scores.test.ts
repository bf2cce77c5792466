import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { naive } from '../methods/seasonal-naive.js';
import { TimeSeries } from '../series/time-series.js';
import { backtest } from './backtest.js';
import { type Scores, scoreOf, scoresOf } from './scores.js';

const random = Random.seeded(1);
const values = (length: number) => Array.from({ length }, () => 10 + random.normal());
const series = [0, 1].map(() => TimeSeries.of({ values: values(60) }));
const test = await backtest(naive(), series, { start: 40, horizon: 4, stride: 2, coverages: [0.5, 0.9] });

describe('scoreOf', () => {
  it('gives what scoresOf gives, of all steps and of one', () => {
    for (const options of [{}, { step: 3 }]) {
      const all = scoresOf(test, options);
      const names = Object.keys(all) as (keyof Scores)[];
      expect(names).toHaveLength(9);
      for (const name of names) expect(scoreOf(test, name, options)).toEqual(all[name]);
    }
  });

  it('reads no quantile for an error', () => {
    const records = test.records.map((record) => ({
      ...record,
      forecast: {
        ...record.forecast,
        get quantiles(): never {
          throw new Error('read');
        },
      },
    }));
    expect(scoreOf({ ...test, records }, 'mase')).toBe(scoreOf(test, 'mase'));
    expect(() => scoreOf({ ...test, records }, 'crps')).toThrow('read');
  });

  it('refuses a score that there is not', () => {
    // @ts-expect-error: a typing error
    expect(() => scoreOf(test, 'masse')).toThrow(/^name: expected .*'mase'.*'masse'/);
  });
});

describe('backtest with crps: false', () => {
  it('forecasts the intervals alone: the same coverage, and no CRPS', async () => {
    const plan = { start: 40, horizon: 4, stride: 2, coverages: [0.5, 0.9] };
    const without = await backtest(naive(), series, { ...plan, crps: false });
    expect(without.records[0].forecast.quantiles).toHaveLength(4);
    expect({ ...scoresOf(without), crps: undefined }).toEqual({ ...scoresOf(test), crps: undefined });
    expect([scoreOf(without, 'crps'), scoreOf(test, 'crps')]).toEqual([undefined, expect.any(Number)]);
  });
});
