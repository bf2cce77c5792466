import * as Plot from '@observablehq/plot';
import { check, checkOptions, list, number, record, required } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, numberList } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';
import { stretchesOf } from './dense.js';
import { type SeriesOptions, seriesChecks } from './series.js';
import type { SeriesPoint } from './series-point.js';

/** A forecast point with its interval. */
export interface IntervalPoint extends SeriesPoint {
  /** The interval's lower end. */
  readonly lower: number;
  /** The interval's upper end. */
  readonly upper: number;
}

/** The bounds of a narrower interval, a pair for each point of the forecast. */
export interface InnerInterval {
  /** The share of outcomes that it is meant to hold, below that of the outer interval. */
  readonly level: number;
  /** The lower end at each point. */
  readonly lower: ArrayLike<number>;
  /** The upper end at each point. */
  readonly upper: ArrayLike<number>;
}

/** What the interval means, and what is marked. */
export interface IntervalOptions extends SeriesOptions {
  /** The share of outcomes that the interval is meant to hold, 0.9 by default; it is named in the legend. */
  readonly level?: number;
  /** Narrower intervals within the first, drawn stronger; none by default. */
  readonly inner?: readonly InnerInterval[];
  /** The values measured at the times of the forecast; not drawn by default. */
  readonly actual?: readonly SeriesPoint[];
  /** Points to mark, as observations outside the interval; none by default. */
  readonly marked?: readonly SeriesPoint[];
}

const markedColor = seriesColor(1);
const actualColor = seriesColor(2);
const markedCheck = check<readonly SeriesPoint[]>('a list of points', Array.isArray);
const level = number({ above: 0, below: 1 });
const innerCheck = list(
  record<InnerInterval>({ level: required(level), lower: required(numberList), upper: required(numberList) }),
);

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
    level,
    inner: innerCheck,
    actual: markedCheck,
    marked: markedCheck,
  });
  const {
    title = 'Forecast',
    timeLabel = 'time',
    valueLabel = 'value',
    level: outer = 0.9,
    origin,
    inner = [],
    actual = [],
    marked = [],
  } = options;
  const { width = defaultSize.width, height = defaultSize.height } = options;
  const levels = [...inner.map(({ level }) => level), outer].map((one) => Number((one * 100).toFixed(1)));
  const percent =
    levels.length === 1
      ? `${levels[0]}% interval`
      : `intervals of ${levels
          .slice(0, -1)
          .map((one) => `${one}%`)
          .join(', ')} and ${levels.at(-1)}%`;
  const color = seriesColor(0);
  // A gap would say that something is missing between the last value and the forecast that follows from it.
  const joint = joined(data, forecast);
  const from = joint === undefined ? [] : [{ ...joint, lower: joint.value, upper: joint.value }];
  const reached = actual.filter(({ value }) => Number.isFinite(value));
  const marginal = Math.min(0.22, 0.4 / levels.length);
  const drawnData = stretchesOf(data, (width * spanOf(data)) / (spanOf(data) + spanOf(forecast) || 1));
  return {
    title,
    description: `${valueLabel} over ${timeLabel}, with a forecast of ${forecast.length} steps and its ${percent}.`,
    legend: [
      { label: 'data', color: contextColor },
      ...(reached.length > 0 ? [{ label: 'actual', color: actualColor }] : []),
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
        Plot.areaY([...from, ...forecast], {
          x: 'time',
          y1: 'lower',
          y2: 'upper',
          fill: color,
          fillOpacity: marginal,
        }),
        ...inner.map(({ lower, upper }) =>
          Plot.areaY(
            [...from, ...forecast.map(({ time }, i) => ({ time, lower: lower[i], upper: upper[i] }))],
            { x: 'time', y1: 'lower', y2: 'upper', fill: color, fillOpacity: marginal },
          ),
        ),
        ...(drawnData === undefined
          ? [Plot.lineY(data, { x: 'time', y: 'value', stroke: contextColor, strokeWidth: 1.4 })]
          : [
              Plot.areaY(drawnData, {
                x: 'time',
                y1: 'low',
                y2: 'high',
                fill: contextColor,
                fillOpacity: 0.28,
              }),
              Plot.lineY(drawnData, { x: 'time', y: 'mean', stroke: contextColor, strokeWidth: 1.4 }),
            ]),
        Plot.lineY(joint === undefined ? reached : [joint, ...reached], {
          x: 'time',
          y: 'value',
          stroke: actualColor,
          strokeWidth: 1.6,
        }),
        Plot.lineY(joint === undefined ? forecast : [joint, ...forecast], {
          x: 'time',
          y: 'value',
          stroke: color,
          strokeWidth: 2.4,
        }),
        ...(marked.length > 0 ? [Plot.dot(marked, { x: 'time', y: 'value', r: 4, fill: markedColor })] : []),
      ],
    },
  };
}

/** The last known value before the forecast, where the forecast follows on it. */
function joined(data: readonly SeriesPoint[], forecast: readonly SeriesPoint[]): SeriesPoint | undefined {
  if (forecast.length === 0) return undefined;
  const first = Number(forecast[0].time);
  const at = data.findLastIndex(({ time }) => Number(time) < first);
  const last = data[at];
  if (last === undefined || !Number.isFinite(last.value)) return undefined;
  // Data that end long before are not what the forecast continues.
  const step = at > 0 ? Number(last.time) - Number(data[at - 1].time) : first - Number(last.time);
  return first - Number(last.time) <= 5 * step ? last : undefined;
}

function spanOf(points: readonly SeriesPoint[]): number {
  return points.length < 2 ? 0 : Number(points[points.length - 1].time) - Number(points[0].time);
}
