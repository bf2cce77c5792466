import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SeriesTooShortError, seasonalNaive, TimeSeries, transformed } from '../index.js';
import { decompose, seasonalStrength } from './stl.js';

interface Case {
  readonly series: string;
  readonly periods: number[];
  readonly trend: number[];
  readonly seasons: number[][];
  readonly remainder: number[];
}

const { series, decompositions }: { series: Record<string, { values: number[] }>; decompositions: Case[] } =
  JSON.parse(readFileSync(new URL('../fixtures/arima.json', import.meta.url), 'utf8'));

describe.each(decompositions)('$series with seasons of $periods', (wanted) => {
  it('falls apart as statsmodels has it', () => {
    const found = decompose(Float64Array.from(series[wanted.series].values), wanted.periods);
    const largest = Math.max(...wanted.remainder.map(Math.abs));
    const parts = [
      [found.trend, wanted.trend],
      [found.remainder, wanted.remainder],
      ...found.seasons.map((season, i) => [season, wanted.seasons[i]]),
    ];
    for (const [part, expected] of parts)
      part.forEach((value, t) => {
        expect(Math.abs(value - expected[t]) / largest).toBeLessThan(1e-9);
      });
  });
});

describe('decompose', () => {
  it('gives the seasons in the order asked for', () => {
    const values = Float64Array.from({ length: 90 }, (_, t) => Math.sin(t) + (t % 5));
    const [a, b] = [decompose(values, [5, 14]), decompose(values, [14, 5])];
    expect(a.seasons).toEqual([b.seasons[1], b.seasons[0]]);
  });

  it('finds a season that is there, and none in a line', () => {
    const line = Float64Array.from({ length: 60 }, (_, t) => 3 * t);
    const season = line.map((value, t) => value + [5, -2, -3, 0][t % 4]);
    expect(seasonalStrength(decompose(season, [4]))).toBeGreaterThan(0.99);
    // A smoother of degree 0 takes a tenth of a step of the line for a season at the ends.
    expect(Math.max(...decompose(line, [4]).seasons[0].map(Math.abs))).toBeLessThan(0.5);
  });
});

describe('the transform', () => {
  it('adds the last season to what is forecast without it', async () => {
    const values = Array.from({ length: 60 }, (_, t) => 10 + 2 * t + [5, -2, -3, 0][t % 4]);
    const model = transformed(seasonalNaive({ period: 1 }), [{ kind: 'mstl', periods: [4] }]);
    const { mean } = await (await model.fit(TimeSeries.of({ values }))).predict(6);
    const level = values[59] - [5, -2, -3, 0][3];
    mean.forEach((value, step) => {
      expect(Math.abs(value - level - [5, -2, -3, 0][step % 4])).toBeLessThan(0.5);
    });
  });

  it('needs two seasons', async () => {
    const model = transformed(seasonalNaive({ period: 1 }), [{ kind: 'mstl', periods: [4, 9] }]);
    expect(model.method.requires('fit')).toEqual({ length: 18, reason: 'two of its seasons' });
    await expect(model.fit(TimeSeries.of({ values: [1, 2, 3, 4, 5, 6] }))).rejects.toThrow(
      SeriesTooShortError,
    );
    expect(() => transformed(seasonalNaive({ period: 1 }), [{ kind: 'mstl', periods: [1] }])).toThrow(
      'periods',
    );
  });
});
