import { readFileSync } from 'node:fs';
import { columnOf, loadSeries } from '@throughtime/datasets';
import { describe, expect, it } from 'vitest';
import { estimateEts } from './estimation.js';
import { Smoother, smooth } from './smoothing.js';
import { candidates, formatEts, parseEts } from './specification.js';

interface Fixture {
  readonly series: string;
  readonly train: number;
  readonly model: string;
  readonly logLikelihood: number;
  readonly forecast: readonly number[];
}

// Made by fixtures/make-ets.py with statsmodels.
const { fits }: { fits: Fixture[] } = JSON.parse(
  readFileSync(new URL('../fixtures/ets.json', import.meta.url), 'utf8'),
);

describe('estimateEts', () => {
  it.each(fits)(
    '$model of $series: as likely as statsmodels finds it, forecasts within 1%',
    async (fixture) => {
      const values = columnOf(await loadSeries(fixture.series)).slice(0, fixture.train);
      const period = fixture.series === 'air-passengers' ? 12 : 1;
      const { specification, parameters, start, logLikelihood } = estimateEts(
        parseEts(fixture.model),
        values,
        period,
      );
      expect(logLikelihood).toBeGreaterThan(fixture.logLikelihood - 0.01 * Math.abs(fixture.logLikelihood));
      expect(logLikelihood).toBeCloseTo(fixture.logLikelihood, 1);
      const smoother = new Smoother(
        specification,
        parameters,
        smooth(specification, parameters, start, values).state,
      );
      for (const expected of fixture.forecast) {
        const ours = smoother.forecast();
        smoother.observe(ours);
        expect(Math.abs(ours - expected)).toBeLessThan(0.01 * Math.abs(expected));
      }
    },
  );
});

describe('smoothing', () => {
  it('agrees with a derivation by hand (Holt)', () => {
    // l0 = 10, b0 = 1, alpha = 0.5, beta = 0.2. y = 12: forecast 11, l = 0.5 * 12 + 0.5 * 11 = 11.5,
    // b = 0.4 (11.5 - 10) + 0.6 * 1 = 1.2. y = 13: forecast 12.7, l = 12.85, b = 0.4 (12.85 - 11.5) + 0.6 * 1.2 = 1.26.
    const start = { level: 10, trend: 1, season: new Float64Array(1) };
    const parameters = { alpha: 0.5, beta: 0.2, gamma: 0, phi: 1 };
    const { state, squares, count } = smooth(parseEts('AAN'), parameters, start, [12, 13]);
    expect(state.level).toBeCloseTo(12.85, 12);
    expect(state.trend).toBeCloseTo(1.26, 12);
    expect(squares).toBeCloseTo(1 + 0.09, 12);
    expect(count).toBe(2);
  });

  it('is the same in one loop as step by step, for every model', () => {
    const values = [12, 13, 9, Number.NaN, 14, 15, 11, 12];
    const start = { level: 11, trend: 0.4, season: Float64Array.of(1.1, 0.9, 0.8) };
    const parameters = { alpha: 0.4, beta: 0.1, gamma: 0.2, phi: 0.9 };
    for (const name of ['ANN', 'AAN', 'AAdA', 'MNM', 'MAA', 'MAdM']) {
      const smoother = new Smoother(parseEts(name), parameters, start);
      for (const value of values) smoother.observe(value);
      const after = new Smoother(
        parseEts(name),
        parameters,
        smooth(parseEts(name), parameters, start, values).state,
      );
      for (let step = 0; step < 4; step++) {
        expect(after.forecast(), name).toBeCloseTo(smoother.forecast(), 12);
        for (const one of [after, smoother]) one.observe(one.forecast());
      }
    }
  });

  it('carries a missing value forward: level and season stay where they were forecast', () => {
    const start = { level: 10, trend: 0, season: Float64Array.of(1, -1) };
    const parameters = { alpha: 0.5, beta: 0, gamma: 0.3, phi: 1 };
    const { state, count } = smooth(parseEts('ANA'), parameters, start, [Number.NaN, Number.NaN]);
    expect(count).toBe(0);
    expect(state.level).toBeCloseTo(10, 12);
    expect([...state.season]).toEqual([1, -1]);
  });
});

describe('specifications', () => {
  it('are read and written as in the literature', () => {
    for (const name of ['ANN', 'AAdN', 'MAM', 'MNA']) expect(formatEts(parseEts(name))).toBe(name);
    expect(() => parseEts('ZZZ')).toThrow("model: expected 'auto', or error A or M");
  });

  it('leave out what a series cannot have', () => {
    expect(candidates({ period: 1, positive: false }).map(formatEts)).toEqual(['ANN', 'AAN', 'AAdN']);
    expect(candidates({ period: 12, positive: true })).toHaveLength(15);
  });
});
