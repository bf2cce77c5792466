import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformal, croston, type Forecaster, TimeSeries, tsb } from '../index.js';

interface Case {
  readonly values: number[];
  readonly forecasts: Readonly<Record<'classic' | 'sba' | 'optimized' | 'tsb', number>>;
}

const { intermittent }: { intermittent: Case[] } = JSON.parse(
  readFileSync(new URL('../fixtures/methods.json', import.meta.url), 'utf8'),
);

const models: Readonly<Record<keyof Case['forecasts'], () => Forecaster>> = {
  classic: () => croston({ variant: 'classic' }),
  sba: () => croston(),
  optimized: () => croston({ variant: 'optimized' }),
  tsb: () => tsb({ demand: 0.2, probability: 0.15 }),
};

const forecast = async (model: Forecaster, values: ArrayLike<number>, observed?: number[]) =>
  (await (await model.fit(TimeSeries.of({ values, observed }))).predict(3)).mean;

describe.each(Object.entries(models))('intermittent demand, %s', (name, make) => {
  it('is what statsforecast says, the same at each step', async () => {
    for (const { values, forecasts } of intermittent) {
      const expected = forecasts[name as keyof Case['forecasts']];
      const mean = await forecast(make(), values);
      for (const value of mean) expect(value / expected).toBeCloseTo(1, 4);
    }
  });

  it('is none where there never was any, and scales with the demand', async () => {
    expect([...(await forecast(make(), new Array(20).fill(0)))]).toEqual([0, 0, 0]);
    const [{ values }] = intermittent;
    const [once] = await forecast(make(), values);
    const [thrice] = await forecast(
      make(),
      values.map((value) => 3 * value),
    );
    expect(thrice).toBeCloseTo(3 * once, 10);
  });

  it('does not take what is missing for no demand, and refuses a negative one', async () => {
    const [{ values }] = intermittent;
    const holes = values.map((_, t) => (t % 9 === 4 ? 0 : 1));
    const known = values.filter((_, t) => holes[t] === 1);
    expect(await forecast(make(), values, holes)).toEqual(await forecast(make(), known));
    await expect(forecast(make(), [0, 3, -1, 0])).rejects.toThrow('expected no value below 0');
  });
});

describe('intervals of intermittent demand', () => {
  it('come from calibration, and are refused without', async () => {
    const series = TimeSeries.of({ values: intermittent[1].values });
    await expect((await tsb().fit(series)).predict(2, { levels: [0.5] })).rejects.toThrow('quantiles');
    const fitted = await conformal(tsb(), { horizon: 2, origins: 30 }).fit(series);
    const { quantiles } = await fitted.predict(2, { levels: [0.9] });
    expect(quantiles[0].values[0]).toBeGreaterThan(0);
  });
});
