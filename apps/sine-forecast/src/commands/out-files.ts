// What the files of --out are called and hold, free of what draws and saves: names, rows, times.
import { clockTime, formatRowTime, timestampAt } from '@throughtime/datasets';
import { type Backtest, levelsOf, quantileAt, type TimeSeries } from '@throughtime/forecasting';
import type { TimeOf } from '../core/figures.js';

/** The errors of each of several series. */
export const seriesErrors = 'errors-by-series.csv';

/** Series that have figures. */
export const mostDrawn = 4;

/** Says of which series there are figures. */
export function figureRemarks(count: number): string[] {
  return count > mostDrawn ? [`Figures: of the first ${mostDrawn} of ${count} series.`] : [];
}

/** A series' name as the name of a folder. */
export function inPath(name: string): string {
  return name.replace(/[^\p{L}\p{N}._-]+/gu, '-').slice(0, 60);
}

/** A row per origin and step ahead: which model, from where, what it forecast, what came, and the bounds of an interval. */
export function forecastRows(
  model: string,
  { records }: Backtest,
  steps: readonly number[],
  { coverage, series = [] }: { readonly coverage?: number; readonly series?: readonly TimeSeries[] } = {},
): (string | number)[][] {
  const levels = coverage === undefined ? [] : levelsOf([coverage]);
  return records.flatMap(({ series: index, origin, forecast, actual }) => {
    const bounds = levels.map((level) => quantileAt(forecast, level));
    return steps.map((step) => [
      model,
      ...(series.length > 1 ? [series[index].name] : []),
      origin,
      step,
      forecast.mean[step - 1],
      actual[step - 1],
      ...bounds.map((values) => values?.[step - 1] ?? Number.NaN),
    ]);
  });
}

/** The date of a row by the clock of the series' zone, or its number, from 0, where the series has no time stamps. */
export function timesOf({ timeline }: TimeSeries): TimeOf {
  if (timeline === undefined) return (row) => row;
  const { zone } = timeline;
  return (row) => {
    const time = timestampAt(timeline, row);
    return new Date(zone === undefined ? time : clockTime(time, zone));
  };
}

/** The same as text, in the series' own zone. */
export function rowTime({ timeline }: TimeSeries, row: number): string | number {
  return timeline === undefined ? row : formatRowTime(timeline, row);
}
