import { ArgumentError, inWords } from '@throughtime/errors';
import { columnValues, type TimeSeries } from '../series/time-series.js';

/** What was learned from one variable of one series. Its first values tell whether a context continues that series. */
export interface ColumnFit {
  readonly firstValues: readonly number[];
}

/** As many first values as are kept. */
const beginningLength = 24;

export function firstValuesOf(values: Float64Array): number[] {
  return [...values.subarray(0, beginningLength)];
}

/** Whether values begin as the training values did. */
export function continues({ firstValues }: ColumnFit, values: Float64Array): boolean {
  return firstValues.every((value, i) => Object.is(value, values[i]));
}

/**
 * The fits that a context of a series goes on from, one per variable. With one series learned, any context does.
 * @param fits one entry per variable, series by series
 * @throws ArgumentError where none of several series begins so
 */
export function fitsOf<Fit extends ColumnFit>(fits: readonly Fit[], context: TimeSeries): readonly Fit[] {
  const { width } = context;
  if (fits.length === width) return fits;
  for (let from = 0; from < fits.length; from += width) {
    const own = fits.slice(from, from + width);
    if (own.every((fit, column) => continues(fit, columnValues(context, column)))) return own;
  }
  throw new ArgumentError(
    'context',
    `one of the ${fits.length / width} series that were learned, each of which has a model of its own`,
    inWords(`another, '${context.name}'`),
  );
}
