import { Random } from '@throughtime/random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ets, TimeSeries } from '../index.js';
import { estimateEts } from './estimation.js';
import type { EtsOptions } from './exponential-smoothing.js';
import { Smoother, smooth } from './smoothing.js';
import { formatEts, parseEts } from './specification.js';
import { criterionAhead, errorsAhead, sigmaAhead, varianceFactors } from './steps-ahead.js';

const names = ['ANN', 'AAN', 'AAdA', 'MNM', 'MAA', 'MAdM'];

/**
 * A season of 6 steps, and a level that comes back to where it was: none of the models, which carry a level on.
 * @param kept share of the level's distance that remains after a step
 */
function comingBack(seed: number, length: number, kept = 0.9): Float64Array {
  const random = Random.seeded(seed);
  let level = 0;
  return Float64Array.from({ length }, (_, t) => {
    level = kept * level + random.normal();
    return 40 + 5 * Math.sin((2 * Math.PI * t) / 6) + level;
  });
}

describe('errors of forecasts some steps ahead', () => {
  it('are those of forecasting from before every value, for every model', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...names),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 0, max: 12 }),
        (name, steps, length, gap) => {
          const specification = parseEts(name);
          const values = comingBack(length, length);
          if (gap < length) values[gap] = Number.NaN;
          const parameters = { alpha: 0.4, beta: 0.1, gamma: 0.2, phi: name.includes('d') ? 0.9 : 1 };
          const season = name.endsWith('N') ? Float64Array.of(0) : Float64Array.of(1.1, 0.9, 1);
          const start = { level: 41, trend: 0.4, season };
          let [squares, innovations, count] = [0, 0, 0];
          for (let origin = 0; origin < length; origin++) {
            const smoother = new Smoother(specification, parameters, start);
            for (let t = 0; t < origin; t++) smoother.observe(values[t]);
            for (let t = origin; t < Math.min(length, origin + steps); t++) {
              const forecast = smoother.forecast();
              smoother.observe(Number.NaN);
              const miss = values[t] - forecast;
              if (Number.isNaN(miss)) continue;
              squares += miss ** 2;
              innovations += (name.startsWith('M') ? miss / forecast : miss) ** 2;
              count++;
            }
          }
          const found = errorsAhead(specification, parameters, start, values, steps);
          expect(found.squares).toBeCloseTo(squares, 8);
          expect(found.innovations).toBeCloseTo(innovations, 8);
          expect(found.counts.reduce((sum, some) => sum + some, 0)).toBe(count);
          const one = errorsAhead(specification, parameters, start, values, 1);
          expect(one.innovations).toBeCloseTo(smooth(specification, parameters, start, values).squares, 8);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('grow as the variance of the model does', () => {
    const random = Random.seeded(2);
    const specification = parseEts('AAdA');
    const parameters = { alpha: 0.5, beta: 0.1, gamma: 0.3, phi: 0.9 };
    const start = { level: 10, trend: 0.2, season: Float64Array.of(1, -2, 1) };
    const smoother = new Smoother(specification, parameters, start);
    const values = Float64Array.from({ length: 30_000 }, () => {
      const value = smoother.forecast() + 0.7 * random.normal();
      smoother.observe(value);
      return value;
    });
    expect(sigmaAhead(specification, parameters, start, values, 8)).toBeCloseTo(0.7, 1);
    const [one, five] = [1, 5].map((steps) => errorsAhead(specification, parameters, start, values, steps));
    const four = errorsAhead(specification, parameters, start, values, 4);
    const factors = varianceFactors(specification, parameters, 3, 5);
    const fifth = (five.squares - four.squares) / five.counts[4];
    expect(fifth / (one.squares / one.counts[0]) / factors[4]).toBeCloseTo(1, 1);
  });
});

describe('exponential smoothing by errors some steps ahead', () => {
  it('errs less there than the likeliest model, in any unit', () => {
    for (const name of ['AAA', 'MNM', 'AAdN']) {
      const values = comingBack(5, 150);
      const specification = parseEts(name);
      const errors = [1, 6].map((steps) => {
        const { parameters, start } = estimateEts(specification, values, 6, { steps });
        return errorsAhead(specification, parameters, start, values, 6).squares;
      });
      expect(errors[1], name).toBeLessThan(0.995 * errors[0]);
      const large = estimateEts(
        specification,
        values.map((value) => 1024 * value),
        6,
        { steps: 6 },
      );
      const plain = estimateEts(specification, values, 6, { steps: 6 });
      expect(large.parameters.alpha, name).toBeCloseTo(plain.parameters.alpha, 10);
      expect(large.start.level / 1024, name).toBeCloseTo(plain.start.level, 8);
      expect(large.sigma / (name.startsWith('A') ? 1024 : 1), name).toBeCloseTo(plain.sigma, 8);
    }
  });

  it('chooses the model of the least criterion there, where that is clearly better', async () => {
    const values = comingBack(6, 200, 0.6);
    const model = await ets({ period: 6, steps: 6 }).fit(TimeSeries.of({ values }));
    expect(model.name).toMatch(/^ets\([AM]A?d?N?[AM]\)$/);
    const scoreOf = (name: string) => {
      const { specification, parameters, start } = estimateEts(parseEts(name), values, 6, {
        effort: 'rough',
      });
      return criterionAhead(
        errorsAhead(specification, parameters, start, values, 6),
        specification,
        name.endsWith('N') ? 1 : 6,
      );
    };
    const chosen = model.name.slice(4, -1);
    for (const other of ['ANN', 'AAdN', 'ANA', 'AAA', 'MNM', 'MAM']) {
      expect(scoreOf(chosen), other).toBeLessThanOrEqual(scoreOf(other) + 1e-6);
    }
    expect(formatEts(parseEts(chosen))).toBe(chosen);
  });

  it('goes through what never changes, and what no model errs on', async () => {
    const constant = TimeSeries.of({ values: new Array(30).fill(3) });
    expect([...(await (await ets({ steps: 4 }).fit(constant)).predict(2)).mean]).toEqual([3, 3]);
    const line = TimeSeries.of({ values: Array.from({ length: 30 }, (_, t) => t) });
    const { mean } = await (await ets({ model: 'AAN', steps: 4 }).fit(line)).predict(2);
    expect(mean[1]).toBeCloseTo(31, 4);
  });

  it('counts a season by default where the model is chosen, and one step elsewhere', async () => {
    const series = TimeSeries.of({ values: comingBack(6, 200, 0.6) });
    const meanOf = async (options: EtsOptions) => [
      ...(await (await ets(options).fit(series)).predict(6)).mean,
    ];
    const seasonal = await meanOf({ period: 6 });
    expect(seasonal).toEqual(await meanOf({ period: 6, steps: 6 }));
    expect(seasonal).not.toEqual(await meanOf({ period: 6, steps: 1 }));
    expect(await meanOf({})).toEqual(await meanOf({ steps: 1 }));
    const named = await meanOf({ model: 'ANA', period: 6 });
    expect(named).toEqual(await meanOf({ model: 'ANA', period: 6, steps: 1 }));
    expect(named).not.toEqual(await meanOf({ model: 'ANA', period: 6, steps: 6 }));
  });

  it('refuses steps that are none', () => {
    expect(() => ets({ steps: 0 })).toThrow('steps: expected a whole number of at least 1, got 0');
  });
});
