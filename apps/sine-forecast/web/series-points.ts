import type { SeriesPoint } from '@throughtime/figures';
import type { ShownSeries } from './protocol.js';

/** A stretch of rows, both ends included. */
export interface RowWindow {
  readonly from: number;
  readonly to: number;
}

/** The time of a row: a date, or its number, from 1. */
export function timeOf({ times }: Pick<ShownSeries, 'times'>, index: number): number | Date {
  return times === undefined ? index + 1 : new Date(times[index]);
}

/** The time of a row in words. */
export function timeText({ timeTexts }: Pick<ShownSeries, 'timeTexts'>, row: number): string {
  return timeTexts?.[row] ?? String(row + 1);
}

/** The row whose time is nearest, the inverse of {@link timeOf}; it may lie outside of the series. */
export function rowAt({ times }: Pick<ShownSeries, 'times'>, time: number | Date): number {
  if (times === undefined) return Math.round(Number(time)) - 1;
  let [low, high] = [0, times.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (times[middle] < Number(time)) low = middle + 1;
    else high = middle;
  }
  return low > 0 && Number(time) - times[low - 1] < times[low] - Number(time) ? low - 1 : low;
}

/** Points of values that stand at the rows from `from` on; of those within a window where there is one. */
export function pointsFrom(
  opened: Pick<ShownSeries, 'times'>,
  from: number,
  values: ArrayLike<number>,
  window?: RowWindow,
): SeriesPoint[] {
  const first = Math.max(0, (window?.from ?? 0) - from);
  const end = Math.min(values.length, (window?.to ?? Number.POSITIVE_INFINITY) - from + 1);
  return Array.from({ length: Math.max(0, end - first) }, (_, i) => ({
    time: timeOf(opened, from + first + i),
    value: values[first + i],
  }));
}
