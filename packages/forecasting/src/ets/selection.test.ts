import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { coverage, ets, meanAbsoluteError, TimeSeries } from '../index.js';
import { evidenceAhead } from './steps-ahead.js';

const [horizon, period] = [12, 12];

/** Mean error and share of the values inside 90% intervals, 12 steps ahead, over walks of 60 to 84 steps. */
async function scoresOn(drift: number, steps?: number) {
  const random = Random.seeded(3);
  const scores: { error: number; covered: number }[] = [];
  for (const length of [60, 60, 60, 60, 60, 60, 72, 72, 84, 84]) {
    let level = 100;
    const values = Float64Array.from({ length: length + horizon }, () => {
      level += drift + random.normal();
      return level;
    });
    const model = await ets({ period, ...(steps !== undefined && { steps }) }).fit(
      TimeSeries.of({ values: values.subarray(0, length) }),
    );
    const { mean, quantiles } = await model.predict(horizon, { levels: [0.05, 0.95] });
    const actual = values.subarray(length);
    scores.push({
      error: meanAbsoluteError(actual, mean),
      covered: coverage(actual, quantiles[0].values, quantiles[1].values),
    });
  }
  const meanOf = (key: 'error' | 'covered') => scores.reduce((sum, one) => sum + one[key], 0) / scores.length;
  return { error: meanOf('error'), covered: meanOf('covered') };
}

describe('the default model of a series that wanders', () => {
  it.each([0, 0.3])('errs no more than the likeliest, and its intervals hold (drift %d)', async (drift) => {
    const chosen = await scoresOn(drift);
    const likeliest = await scoresOn(drift, 1);
    expect(chosen.error).toBeLessThanOrEqual(1.05 * likeliest.error);
    expect(chosen.covered).toBeGreaterThanOrEqual(0.8);
  });
});

describe('the default model of a short series', () => {
  it('keeps a plain season, for which three years have too few values by AICc', async () => {
    const random = Random.seeded(3);
    let level = 50;
    const values = Float64Array.from({ length: 36 }, (_, t) => {
      level += 0.3 + 0.3 * random.normal();
      return level + 5 * Math.sin((2 * Math.PI * t) / period) + random.normal();
    });
    const series = TimeSeries.of({ values });
    const nameOf = async (steps?: number) =>
      (await ets({ period, ...(steps !== undefined && { steps }) }).fit(series)).name;
    expect(await nameOf(1)).toMatch(/N\)$/);
    expect(await nameOf()).toMatch(/[AM]\)$/);
  });
});

describe('evidence of errors ahead', () => {
  const errors = (squares: number, count: number, steps: number) => ({
    squares,
    innovations: squares,
    counts: new Float64Array(steps).fill(count),
  });

  it('counts forecasts that do not overlap', () => {
    // 60 values hold 15 forecasts of 4 steps.
    expect(evidenceAhead(errors(8, 60, 4), errors(2, 60, 4))).toBeCloseTo(15 * Math.log(4), 12);
    expect(evidenceAhead(errors(2, 60, 4), errors(8, 60, 4))).toBeCloseTo(-15 * Math.log(4), 12);
    expect(evidenceAhead(errors(5, 60, 12), errors(5, 60, 12))).toBe(0);
  });
});
