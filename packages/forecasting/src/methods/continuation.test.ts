import { loadSeries, parseFrequency, shiftTimeline, timestampAt } from '@throughtime/datasets';
import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  autoregression,
  backtest,
  drift,
  ets,
  fromDataset,
  learnableSeason,
  naive,
  seasonalNaive,
  TimeSeries,
} from '../index.js';

const air = fromDataset(await loadSeries('air-passengers'));
const units = ['min', '30min', 'h', 'D', 'B', 'W', '4-4-5', 'M', 'Q', 'Y'];

describe('update', () => {
  it('names the time stamp expected where observations leave a gap or overlap', async () => {
    const model = await seasonalNaive({ period: 12 }).fit(air.slice(0, 108));
    expect(() => model.update(air.slice(110, 132))).toThrow(
      'observations: expected the time stamp 1958-01-01 in row 0, to follow the series, got 1958-03-01 (a gap)',
    );
    expect(() => model.update(air.slice(100, 132))).toThrow('got 1957-05-01 (an overlap)');
    const days = TimeSeries.of({
      values: [1, 2],
      variables: air.variables,
      timeline: { start: timestampAt(air.timeline!, 108), frequency: parseFrequency('D') },
    });
    expect(() => model.update(days)).toThrow(
      'expected the time stamp 1958-02-01 in row 1, to follow the series, got 1958-01-02 (the frequency is M, not D)',
    );
    model.update(air.slice(108, 132));
    const { mean, times } = await model.predict(3);
    expect([...mean]).toEqual([...air.values.slice(120, 123)]);
    expect(times![0]).toBe(Date.UTC(1960, 0));
  });

  it('takes exactly what follows, at every frequency', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...units),
        fc.integer({ min: -3, max: 3 }),
        fc.integer({ min: 1, max: 40 }),
        (unit, distance, length) => {
          const timeline = { start: Date.UTC(2020, 1, 3), frequency: parseFrequency(unit) };
          const first = TimeSeries.of({ values: new Array(length).fill(1), timeline });
          // Not its start alone: months of whole weeks also go on at their place in the cycle.
          const next = TimeSeries.of({
            values: [2, 3],
            timeline: shiftTimeline(timeline, length + distance),
          });
          if (distance === 0) expect(first.append(next).length).toBe(length + 2);
          else expect(() => first.append(next)).toThrow(distance > 0 ? '(a gap)' : '(an overlap)');
        },
      ),
    );
  });
});

describe('a forecast', () => {
  it('carries the dates of its steps', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...units),
        fc.integer({ min: 3, max: 30 }),
        fc.integer({ min: 1, max: 9 }),
        async (unit, length, horizon) => {
          const timeline = { start: Date.UTC(2019, 0, 31), frequency: parseFrequency(unit) };
          const series = TimeSeries.of({ values: Float64Array.from({ length }, (_, t) => t), timeline });
          for (const model of [naive(), drift()]) {
            const { times, timeline: own } = await (await model.fit(series)).predict(horizon);
            expect(times).toHaveLength(horizon);
            times!.forEach((time, step) => {
              expect(time).toBe(timestampAt(timeline, length + step));
            });
            expect(own?.start).toBe(times![0]);
          }
        },
      ),
    );
    const plain = await (await naive().fit(TimeSeries.of({ values: [1, 2] }))).predict(2);
    expect([plain.times, plain.timeline]).toEqual([undefined, undefined]);
  });
});

describe('the default season', () => {
  const of = (unit: string, length: number) =>
    TimeSeries.of({
      values: Float64Array.from({ length }, (_, t) => Math.sin(t)),
      timeline: { start: Date.UTC(2021, 2, 1), frequency: parseFrequency(unit) },
    });

  it.each([
    ['min', 1440],
    ['10min', 144],
    ['15min', 96],
    ['30min', 48],
    ['h', 24],
    ['D', 7],
    ['W', 52],
    ['M', 12],
    ['Q', 4],
    ['Y', 1],
  ])('of %s is %i steps', (unit, period) => {
    expect(of(unit, 10).period).toBe(period);
  });

  it('is the series’ own in every method and in the scale of MASE', async () => {
    const series = of('30min', 240);
    expect((await seasonalNaive().fit(series)).name).toBe('seasonal-naive(48)');
    const named = await (await ets({ model: 'ANA', period: 48 }).fit(series)).predict(48);
    expect((await (await ets({ model: 'ANA' }).fit(series)).predict(48)).mean).toEqual(named.mean);
    const plan = { start: 200, horizon: 2 };
    const { scales } = await backtest(naive(), series, plan);
    expect(scales).toEqual((await backtest(naive(), series, { ...plan, period: 48 })).scales);
  });

  it('is none where the values show it less than twice', async () => {
    expect(learnableSeason(of('30min', 95), 95)).toBe(1);
    expect((await seasonalNaive().fit(of('30min', 95))).name).toBe('naive');
    expect((await ets().fit(of('30min', 95))).method.name).not.toMatch(/A\)$/);
    expect((await seasonalNaive().fit(of('30min', 96))).name).toBe('seasonal-naive(48)');
  });

  it('of a data set goes before that of its frequency', async () => {
    const series = TimeSeries.of({
      values: new Array(30).fill(1),
      period: 11,
      timeline: { start: 0, frequency: parseFrequency('Y') },
    });
    expect([series.period, series.slice(3).period, series.append(series.slice(0, 0)).period]).toEqual([
      11, 11, 11,
    ]);
  });
});

describe('exact intervals of exponential smoothing', () => {
  it('widen with every step, are symmetric, and need no random numbers', async () => {
    const draw = Random.seeded(4);
    const values = Array.from({ length: 80 }, (_, t) => Math.sin((2 * Math.PI * t) / 4) + draw.normal());
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('ANN', 'AAN', 'AAdN', 'ANA', 'AAA', 'AAdA'),
        fc.double({ min: 0.01, max: 0.49, noNaN: true }),
        async (model, level) => {
          const series = TimeSeries.of({ values });
          const fitted = await ets({ model, period: 4 }).fit(series);
          const { mean, quantiles } = await fitted.predict(30, { levels: [level, 1 - level] });
          const [low, high] = quantiles.map((quantile) => quantile.values);
          mean.forEach((center, step) => {
            expect(high[step] - center).toBeCloseTo(center - low[step], 9);
            if (step > 0) {
              const [wider, narrower] = [step, step - 1].map((at) => high[at] - low[at]);
              expect(wider).toBeGreaterThanOrEqual(narrower * (1 - 1e-12));
            }
          });
          expect(await fitted.predict(30, { levels: [level, 1 - level] })).toEqual(
            await fitted.predict(30, { levels: [level, 1 - level] }),
          );
        },
      ),
      { numRuns: 12 },
    );
  });

  it('count missing values at the end as steps ahead', async () => {
    const draw = Random.seeded(6);
    const values = Array.from({ length: 50 }, () => draw.normal());
    const model = await ets({ model: 'ANN' }).fit(TimeSeries.of({ values }));
    const observed = values.map((_, t) => (t < 47 ? 1 : 0));
    const levels = [0.9];
    const width = async (context: TimeSeries, horizon: number) => {
      const { mean, quantiles } = await model.predict(horizon, { context, levels });
      return quantiles[0].values[horizon - 1] - mean[horizon - 1];
    };
    const cut = await width(TimeSeries.of({ values, observed }), 2);
    expect(cut).toBeCloseTo(await width(TimeSeries.of({ values: values.slice(0, 47) }), 5), 10);
  });
});

describe('exponential smoothing of several series', () => {
  it('learns each on its own, and continues from the right one', async () => {
    const draw = Random.seeded(8);
    const all = [10, 1e6, -40].map((level) =>
      TimeSeries.of({ values: Array.from({ length: 40 }, () => level + draw.normal()) }),
    );
    const together = await (await ets({ model: 'AAN' }).fit(all)).predictAll(4, { levels: [0.9] });
    for (const [i, series] of all.entries()) {
      const alone = await (await ets({ model: 'AAN' }).fit(series)).predict(4, { levels: [0.9] });
      expect(together[i]).toEqual(alone);
    }
    const stranger = TimeSeries.of({
      name: 'other',
      values: Array.from({ length: 40 }, () => draw.normal()),
    });
    const model = await ets({ model: 'AAN' }).fit(all);
    await expect(model.predict(2, { context: stranger })).rejects.toThrow(
      'one of the 3 series that were learned',
    );
    expect((await autoregression({ order: 1 }).fit(all)).name).toBe('ar(1)');
  });
});
