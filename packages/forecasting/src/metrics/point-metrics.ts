import { ArgumentError } from '@throughtime/errors';

/**
 * Errors of point forecasts. Everywhere: `actual` and `forecast` [n]; pairs whose actual value is NaN (missing) do not count; the
 * result is NaN when none does. Formulas: Hyndman and Koehler, "Another look at measures of forecast accuracy" (2006).
 */
function average(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  error: (actual: number, forecast: number) => number,
): number {
  if (actual.length !== forecast.length) {
    throw new ArgumentError('forecast', `${actual.length} values, as many as actual`, forecast.length);
  }
  let sum = 0;
  let count = 0;
  for (let i = 0; i < actual.length; i++) {
    if (Number.isNaN(actual[i])) continue;
    sum += error(actual[i], forecast[i]);
    count++;
  }
  return sum / count;
}

/** Mean squared error. */
export function meanSquaredError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return average(actual, forecast, (y, f) => (y - f) ** 2);
}

/** Root mean squared error, in the units of the series. */
export function rootMeanSquaredError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return Math.sqrt(meanSquaredError(actual, forecast));
}

/** Mean absolute error, in the units of the series. */
export function meanAbsoluteError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return average(actual, forecast, (y, f) => Math.abs(y - f));
}

/** Mean absolute percentage error: 100 |y - f| / |y|. Infinite where an actual value is 0. */
export function meanAbsolutePercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return average(actual, forecast, (y, f) => (100 * Math.abs(y - f)) / Math.abs(y));
}

/** Symmetric MAPE as in the M4 competition: 200 |y - f| / (|y| + |f|), between 0 and 200; 0 where both are 0. */
export function symmetricMeanAbsolutePercentageError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
): number {
  return average(actual, forecast, (y, f) =>
    y === f ? 0 : (200 * Math.abs(y - f)) / (Math.abs(y) + Math.abs(f)),
  );
}

/**
 * What MASE and RMSSE divide by: the error, on the *training* data, of repeating the value `period` steps before.
 * @returns the mean absolute and the root mean squared seasonal difference; NaN where no two values are a period apart
 */
export function seasonalScale(
  training: ArrayLike<number>,
  period: number,
): { readonly absolute: number; readonly squared: number } {
  if (!Number.isInteger(period) || period < 1) {
    throw new ArgumentError('period', 'a whole number of steps from 1', period);
  }
  let absolute = 0;
  let squared = 0;
  let count = 0;
  for (let t = period; t < training.length; t++) {
    const difference = training[t] - training[t - period];
    if (Number.isNaN(difference)) continue;
    absolute += Math.abs(difference);
    squared += difference * difference;
    count++;
  }
  return { absolute: absolute / count, squared: Math.sqrt(squared / count) };
}

/** Mean absolute scaled error: below 1, better than the seasonal naive forecast one step ahead was on the training data. */
export function meanAbsoluteScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: { readonly training: ArrayLike<number>; readonly period: number },
): number {
  return meanAbsoluteError(actual, forecast) / seasonalScale(options.training, options.period).absolute;
}

/** Root mean squared scaled error, as in the M5 competition. */
export function rootMeanSquaredScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: { readonly training: ArrayLike<number>; readonly period: number },
): number {
  return rootMeanSquaredError(actual, forecast) / seasonalScale(options.training, options.period).squared;
}
