import type { Series } from '@throughtime/datasets';
import { ArgumentError, inWords, isRecord, showValue } from '@throughtime/errors';
import { fromDataset } from './from-dataset.js';
import { TimeSeries } from './time-series.js';

/** Whatever can be taken for one series: a TimeSeries, a series of `@throughtime/datasets`, or the plain values of one variable. */
export type SeriesLike = TimeSeries | Series | readonly number[] | Float64Array | Float32Array;

const expected =
  'a TimeSeries, such as TimeSeries.of({ values }), a series of @throughtime/datasets, or a list of numbers';

/** @throws ArgumentError for anything else; what TimeSeries.of and fromDataset throw */
export function toTimeSeries(argument: string, series: SeriesLike): TimeSeries {
  if (series instanceof TimeSeries) return series;
  if (isNumbers(series)) return TimeSeries.from(series);
  if (isDataset(series)) return fromDataset(series);
  // Of another copy of this package.
  if (isRecord(series) && 'slice' in series && 'assertObserved' in series)
    return series as unknown as TimeSeries;
  throw new ArgumentError(argument, expected, inWords(showValue(series)));
}

/** Whether a list is the values of one series, and not a list of series. */
export function isNumbers(series: unknown): series is ArrayLike<number> {
  if (ArrayBuffer.isView(series)) return !(series instanceof DataView);
  return Array.isArray(series) && series.length > 0 && series.every((value) => typeof value === 'number');
}

function isDataset(series: unknown): series is Series {
  return isRecord(series) && Array.isArray(series.columns) && isRecord(series.values) && 'length' in series;
}
