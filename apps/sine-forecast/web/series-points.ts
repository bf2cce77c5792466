import type { SeriesPoint } from '@throughtime/figures';
import type { ShownSeries } from './protocol.js';

/** More points than a chart has pixels only take time to draw. */
const mostPoints = 1200;

/** The time of a row: a date, or its number, from 1. */
export function timeOf({ times }: Pick<ShownSeries, 'times'>, index: number): number | Date {
  return times === undefined ? index + 1 : new Date(times[index]);
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

/** Points of values that stand at the rows from `from` on, thinned to what a chart can show. */
export function pointsFrom(
  opened: Pick<ShownSeries, 'times'>,
  from: number,
  values: ArrayLike<number>,
): SeriesPoint[] {
  return keptRows(values).map((i) => ({ time: timeOf(opened, from + i), value: values[i] }));
}

/** Of every stretch of rows the lowest and the highest, so that no peak is lost; all rows where they are few. */
export function keptRows(values: ArrayLike<number>, most = mostPoints): number[] {
  const { length } = values;
  if (length <= most) return Array.from({ length }, (_, i) => i);
  const stretches = Math.floor(most / 2);
  return Array.from({ length: stretches }, (_, stretch) => {
    const from = Math.floor((stretch * length) / stretches);
    const to = Math.floor(((stretch + 1) * length) / stretches);
    let [lowest, highest] = [from, from];
    for (let i = from; i < to; i++) {
      // A missing value gives way to any.
      if (values[i] < values[lowest] || Number.isNaN(values[lowest])) lowest = i;
      if (values[i] > values[highest] || Number.isNaN(values[highest])) highest = i;
    }
    return lowest === highest ? [lowest] : [Math.min(lowest, highest), Math.max(lowest, highest)];
  }).flat();
}
