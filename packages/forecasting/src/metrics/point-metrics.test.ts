import { columnOf, loadSeries } from '@throughtime/datasets';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  rootMeanSquaredError,
  rootMeanSquaredScaledError,
  symmetricMeanAbsolutePercentageError,
} from './point-metrics.js';

describe('point metrics', () => {
  it('agree with a derivation by hand', () => {
    // Errors 1, -2, 3: absolute 1, 2, 3; squared 1, 4, 9.
    const actual = [10, 20, 30];
    const forecast = [9, 22, 27];
    expect(meanAbsoluteError(actual, forecast)).toBe(2);
    expect(rootMeanSquaredError(actual, forecast)).toBeCloseTo(Math.sqrt(14 / 3), 12);
    expect(meanAbsolutePercentageError(actual, forecast)).toBeCloseTo((10 + 10 + 10) / 3, 12);
    // 200 (1/19 + 2/42 + 3/57) / 3
    expect(symmetricMeanAbsolutePercentageError(actual, forecast)).toBeCloseTo(
      (200 / 3) * (2 / 19 + 1 / 21),
      12,
    );
    // The training data's differences at period 1: 1, 3, -2: mean absolute 2, root mean square sqrt(14/3).
    const scale = { training: [1, 2, 5, 3], period: 1 };
    expect(meanAbsoluteScaledError(actual, forecast, scale)).toBe(1);
    expect(rootMeanSquaredScaledError(actual, forecast, scale)).toBeCloseTo(1, 12);
  });

  it('leave missing values out', () => {
    expect(meanAbsoluteError([1, Number.NaN, 3], [2, 100, 3])).toBe(0.5);
    expect(meanAbsoluteError([Number.NaN], [1])).toBeNaN();
    expect(meanAbsoluteScaledError([2], [4], { training: [0, Number.NaN, 1, 3], period: 1 })).toBe(1);
  });

  it('count a percentage error of 0 where both values are 0, and refuse lengths that differ', () => {
    expect(symmetricMeanAbsolutePercentageError([0, 1], [0, 1])).toBe(0);
    expect(() => meanAbsoluteError([1, 2], [1])).toThrow('forecast: expected 2 values');
  });

  it('do not change when the series and its forecast are scaled (MASE) or shifted (MAE)', () => {
    const number = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const pairs = fc.array(fc.tuple(number, number), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.1, max: 10, noNaN: true }), number, (rows, factor, shift) => {
        const [actual, forecast] = [rows.map((row) => row[0]), rows.map((row) => row[1])];
        const moved = (values: number[]) => values.map((value) => factor * value + shift);
        expect(meanAbsoluteError(moved(actual), moved(forecast))).toBeCloseTo(
          factor * meanAbsoluteError(actual, forecast),
          6,
        );
      }),
    );
  });
});

describe('seasonal naive on AirPassengers', () => {
  // Published figures (computed with other software); MASE scales by the training part's differences a year apart.
  it.each([
    [24, 76.995, 71.25, 15.523, 2.4935],
    [36, 73.612, 60.083, 13.189, 1.9652],
    [12, 50.708, 47.833, 9.988, 1.5709],
  ])('last %i months: RMSE %f, MAE %f, MAPE %f, MASE %f', async (months, rmse, mae, mape, mase) => {
    const values = columnOf(await loadSeries('air-passengers'));
    const training = values.subarray(0, values.length - months);
    const actual = values.subarray(values.length - months);
    const forecast = actual.map((_, step) => training[training.length - 12 + (step % 12)]);
    expect(rootMeanSquaredError(actual, forecast)).toBeCloseTo(rmse, 3);
    expect(meanAbsoluteError(actual, forecast)).toBeCloseTo(mae, 3);
    expect(meanAbsolutePercentageError(actual, forecast)).toBeCloseTo(mape, 3);
    expect(meanAbsoluteScaledError(actual, forecast, { training, period: 12 })).toBeCloseTo(mase, 4);
  });
});

describe('MAPE of a 0', () => {
  it('is 0 where it was forecast, and infinite where it was not', () => {
    expect(meanAbsolutePercentageError([0, 2], [0, 1])).toBe(25);
    expect(meanAbsolutePercentageError([0], [-0])).toBe(0);
    expect(meanAbsolutePercentageError([0, 2], [1, 2])).toBe(Number.POSITIVE_INFINITY);
  });
});
