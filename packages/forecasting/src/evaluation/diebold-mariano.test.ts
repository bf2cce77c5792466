import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drift } from '../methods/drift.js';
import { naive } from '../methods/seasonal-naive.js';
import { TimeSeries } from '../series/time-series.js';
import { backtest } from './backtest.js';
import { compareBacktests, dieboldMariano } from './diebold-mariano.js';

describe('dieboldMariano', () => {
  it('agrees with a derivation by hand', () => {
    // Differences 1, 2, 3: mean 2, variance 2/3, 2 / sqrt(2/9) = 4.2426; the correction sqrt((3 + 1 - 2) / 3) makes 3.4641.
    // Student with 2 degrees of freedom: p = 1 - 3.4641 / sqrt(2 + 12) = 0.07418.
    const { statistic, pValue } = dieboldMariano([2, 3, 4], [1, 1, 1]);
    expect(statistic).toBeCloseTo(Math.sqrt(12), 10);
    expect(pValue).toBeCloseTo(1 - Math.sqrt(12 / 14), 10);
  });

  it('is antisymmetric, and certain of nothing between equals', () => {
    const random = Random.seeded(1);
    const [a, b] = [0, 1].map(() => Array.from({ length: 30 }, () => random.uniform()));
    expect(dieboldMariano(a, b).statistic).toBeCloseTo(-dieboldMariano(b, a).statistic!, 12);
    expect(dieboldMariano(a, a)).toMatchObject({ statistic: 0, pValue: 1 });
  });

  it('rejects equals as often as it should, though neighbors overlap', () => {
    const random = Random.seeded(2);
    const overlap = 4;
    let rejected = 0;
    const runs = 400;
    for (let run = 0; run < runs; run++) {
      // Moving averages of order 3, as errors of 4-step forecasts are.
      const noise = Array.from({ length: 200 + overlap }, () => random.normal());
      const losses = Array.from({ length: 200 }, (_, i) =>
        noise.slice(i, i + overlap).reduce((sum, e) => sum + e, 0),
      );
      if (dieboldMariano(losses, new Float64Array(200), { overlap }).pValue! < 0.05) rejected++;
    }
    // Bartlett's weights leave some of the covariance out, so a little above 5%; without them it would be near 30%.
    expect(rejected / runs).toBeLessThan(0.15);
  });

  it('names lists that do not match', () => {
    expect(() => dieboldMariano([1, 2], [1])).toThrow('losses: expected two lists of the same length');
  });

  it('is undefined where overlaps leave nothing to compare, and where all differences are one number', () => {
    const [a, b] = [
      [1, 2, 1.5, 3, 2, 2.5, 1, 2],
      [3, 4, 3.2, 5, 4.1, 4.6, 3, 4.2],
    ];
    expect(dieboldMariano(a, b, { overlap: 7 }).pValue).toBeLessThan(0.001);
    for (const overlap of [8, 9, 28]) {
      expect(dieboldMariano(a, b, { overlap })).toEqual({
        statistic: undefined,
        pValue: undefined,
        count: 8,
      });
    }
    const more = a.map((loss) => loss + 0.1);
    expect(dieboldMariano(a, more).pValue).toBeUndefined();
  });

  it('leaves out losses without an outcome, and does not mind the units', () => {
    const loss = fc.double({ min: 0, max: 9, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(loss, loss, fc.boolean()), { minLength: 4, maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: -60, max: 60 }),
        (rows, overlap, exponent) => {
          const some = rows.filter(([, , known]) => known);
          fc.pre(some.length >= 2);
          const whole = dieboldMariano(
            some.map(([first]) => first),
            some.map(([, second]) => second),
            { overlap },
          );
          const scaled = dieboldMariano(
            rows.map(([first, , known]) => (known ? first * 2 ** exponent : Number.NaN)),
            rows.map(([, second]) => second * 2 ** exponent),
            { overlap },
          );
          expect(scaled).toEqual(whole);
        },
      ),
    );
  });
});

describe('compareBacktests', () => {
  const draw = Random.seeded(9);
  const values = Array.from({ length: 90 }, (_, t) => Math.sin(t / 3) + 0.4 * draw.normal());
  const plan = { start: 60, horizon: 6 };
  const both = async (series: readonly TimeSeries[], options = plan) =>
    compareBacktests(await backtest(drift(), series, options), await backtest(naive(), series, options));

  it('is no surer of several copies of a series than of one, whatever their units', async () => {
    const one = await both([TimeSeries.of({ values })]);
    expect(one.count).toBe(25);
    for (const count of [2, 5, 10]) {
      const copies = Array.from({ length: count }, (_, i) =>
        TimeSeries.of({ values: values.map((value) => value * 1000 ** i) }),
      );
      const several = await both(copies);
      expect(several.count).toBe(25);
      expect(several.pValue).toBeCloseTo(one.pValue!, 10);
    }
  });

  it('leaves out origins without an outcome, and series that give no unit', async () => {
    const observed = values.map((_, t) => (t >= 66 && t < 76 ? 0 : 1));
    // From 66 to 70 on all six steps are missing.
    expect((await both([TimeSeries.of({ values, observed })])).count).toBe(20);
    const flat = TimeSeries.of({ values: values.map((_, t) => (t < 60 ? 5 : t)) });
    const alone = await both([TimeSeries.of({ values })]);
    const beside = await both([TimeSeries.of({ values }), flat]);
    expect(beside.count).toBe(alone.count);
    expect(beside.pValue).toBeCloseTo(alone.pValue!, 10);
  });

  it('is undefined for one origin of many series', async () => {
    const series = [1, 2, 3].map((i) => TimeSeries.of({ values: values.map((value) => value * i) }));
    expect((await both(series, { start: 84, horizon: 6 })).pValue).toBeUndefined();
  });
});
