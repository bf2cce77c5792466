import * as Plot from '@observablehq/plot';
import { check, checkOptions, number } from '@throughtime/errors';
import { dataList, defaultSize, type Figure } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';
import { type SeriesOptions, type SeriesPoint, seriesChecks } from './series.js';

/** A forecast point with its interval. */
export interface IntervalPoint extends SeriesPoint {
  readonly lower: number;
  readonly upper: number;
}

export interface IntervalOptions extends SeriesOptions {
  /** The share of outcomes that the interval is meant to hold, 0.9 by default; it is named in the legend. */
  readonly level?: number;
  /** Points to mark, as observations outside the interval; none by default. */
  readonly marked?: readonly SeriesPoint[];
}

const markedColor = seriesColor(1);
const markedCheck = check<readonly SeriesPoint[]>('a list of points', Array.isArray);

/** A forecast with its prediction interval, over the data that it continues. */
export function forecastIntervalFigure(
  data: readonly SeriesPoint[],
  forecast: readonly IntervalPoint[],
  options: IntervalOptions = {},
): Figure {
  dataList('data', data);
  dataList('forecast', forecast);
  checkOptions<IntervalOptions>(options, {
    ...seriesChecks,
    level: number({ above: 0, below: 1 }),
    marked: markedCheck,
  });
  const {
    title = 'Forecast',
    timeLabel = 'time',
    valueLabel = 'value',
    level = 0.9,
    origin,
    marked = [],
  } = options;
  const { width = defaultSize.width, height = defaultSize.height } = options;
  const percent = `${Number((level * 100).toFixed(1))}% interval`;
  const color = seriesColor(0);
  return {
    title,
    description: `${valueLabel} over ${timeLabel}, with a forecast of ${forecast.length} steps and its ${percent}.`,
    legend: [
      { label: 'data', color: contextColor },
      { label: `forecast, ${percent}`, color },
      ...(marked.length > 0 ? [{ label: 'outside', color: markedColor }] : []),
    ],
    plot: {
      width,
      height,
      x: { label: timeLabel },
      y: { label: valueLabel, grid: true, nice: true },
      marks: [
        ...(origin === undefined
          ? []
          : [Plot.ruleX([origin], { stroke: contextColor, strokeDasharray: '5 3' })]),
        Plot.areaY(forecast, { x: 'time', y1: 'lower', y2: 'upper', fill: color, fillOpacity: 0.22 }),
        Plot.lineY(data, { x: 'time', y: 'value', stroke: contextColor, strokeWidth: 1.4 }),
        Plot.lineY(forecast, { x: 'time', y: 'value', stroke: color, strokeWidth: 2 }),
        ...(marked.length > 0 ? [Plot.dot(marked, { x: 'time', y: 'value', r: 4, fill: markedColor })] : []),
      ],
    },
  };
}
