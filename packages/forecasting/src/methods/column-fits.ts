import { ArgumentError, inWords } from '@throughtime/errors';
import { columnValues, type TimeSeries } from '../series/time-series.js';

/** What was learned from one variable of one series. Its first values tell whether a context continues that series. */
export interface ColumnFit {
  readonly firstValues: readonly number[];
}

/** 'full': to the last digit. 'rough': near enough to choose between models. */
export type Effort = 'full' | 'rough';

/** A series is known by its first values: as many of each variable are kept. */
export const beginningLength = 24;

export function firstValuesOf(values: Float64Array): number[] {
  return [...values.subarray(0, beginningLength)];
}

/** Whether values begin as the training values did. */
export function continues({ firstValues }: ColumnFit, values: Float64Array): boolean {
  return firstValues.every((value, i) => Object.is(value, values[i]));
}

/**
 * The fits that a context of a series continues from, one per variable. With one series learned, any context does.
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
  throw notLearned(fits.length / width, context);
}

/** For a context of a series that none of the models learned. @param count of series that were learned */
export function notLearned(count: number, context: TimeSeries): ArgumentError {
  return new ArgumentError(
    'context',
    `one of the ${count} series that were learned, each of which has a model of its own`,
    inWords(`another, '${context.name}'`),
  );
}

/** Fits every variable of every series on its own, one after the other, series by series. */
export async function fitColumns<Fit>(
  training: readonly TimeSeries[],
  fitOne: (series: TimeSeries, column: number) => Promise<Fit>,
): Promise<Fit[]> {
  for (const series of training) series.assertObserved();
  const fits: Fit[] = [];
  for (const series of training)
    for (let column = 0; column < series.width; column++) fits.push(await fitOne(series, column));
  return fits;
}
