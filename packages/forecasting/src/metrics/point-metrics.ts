import { ArgumentError, check, checkOptions, numbers, record, required, whole } from '@throughtime/errors';

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

/** Mean absolute percentage error: 100 |y - f| / |y|. 0 where both are 0, infinite where only an actual value is. */
export function meanAbsolutePercentageError(actual: ArrayLike<number>, forecast: ArrayLike<number>): number {
  return average(actual, forecast, (y, f) => (y === f ? 0 : (100 * Math.abs(y - f)) / Math.abs(y)));
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

/** What MASE and RMSSE divide by: the mean absolute and the root mean squared seasonal difference of the training data. */
export interface SeasonalScale {
  /** The mean absolute difference: MASE's. */
  readonly absolute: number;
  /** The root mean squared difference: RMSSE's. */
  readonly squared: number;
}

/**
 * What MASE and RMSSE divide by: the error, on the *training* data, of repeating the value `period` steps before.
 * @returns NaN where no two values are a period apart
 */
export function seasonalScale(training: ArrayLike<number>, period: number): SeasonalScale {
  whole({ from: 1 })('period', period);
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

/** What errors are scaled by: the training data and their season, or their {@link seasonalScale}. */
export type ScalingOptions =
  | {
      /** The values that the model was fitted to. */
      readonly training: ArrayLike<number>;
      /** Steps of a season; 1 for none. */
      readonly period: number;
    }
  | {
      /** What {@link seasonalScale} gave for them. */
      readonly scale: SeasonalScale;
    };

/**
 * Mean absolute scaled error. Below 1 is better than the one-step seasonal naive forecast on the training data. NaN, undefined, where
 * those never change from season to season.
 */
export function meanAbsoluteScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: ScalingOptions,
): number {
  return meanAbsoluteError(actual, forecast) / unit(scaleOf(options).absolute);
}

/** Root mean squared scaled error, as in the M5 competition; undefined where MASE is. */
export function rootMeanSquaredScaledError(
  actual: ArrayLike<number>,
  forecast: ArrayLike<number>,
  options: ScalingOptions,
): number {
  return rootMeanSquaredError(actual, forecast) / unit(scaleOf(options).squared);
}

/** What to divide by: nothing can be measured in units of 0. */
function unit(scale: number): number {
  return scale === 0 ? Number.NaN : scale;
}

const trainingChecks = { training: required(numbers), period: required(whole({ from: 1 })) };
// NaN is allowed: nothing could be measured.
const size = check('a number', (value) => typeof value === 'number');
const scaleChecks = {
  scale: required(record<SeasonalScale>({ absolute: required(size), squared: required(size) })),
};

function scaleOf(options: ScalingOptions): SeasonalScale {
  if (typeof options === 'object' && options !== null && 'scale' in options) {
    checkOptions<{ scale: SeasonalScale }>(options, scaleChecks);
    return options.scale;
  }
  checkOptions<{ training: ArrayLike<number>; period: number }>(options, trainingChecks);
  return seasonalScale(options.training, options.period);
}
