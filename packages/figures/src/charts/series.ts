import * as Plot from '@observablehq/plot';
import { check, checkOptions, type OptionChecks, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

/** A point of a series: `time` is a step number or a date. */
export interface SeriesPoint {
  readonly time: number | Date;
  readonly value: number;
}

export interface SeriesLine {
  /** 'data', 'one-step forecast', a model's name. */
  readonly label: string;
  readonly points: readonly SeriesPoint[];
}

export interface SeriesOptions extends FigureSize {
  readonly title?: string;
  readonly timeLabel?: string;
  readonly valueLabel?: string;
  /** Where training data end and forecasts begin; a vertical line stands there. */
  readonly origin?: number | Date;
}

export const seriesChecks: OptionChecks<SeriesOptions> = {
  ...sizeChecks,
  title: text,
  timeLabel: text,
  valueLabel: text,
  origin: check('a number or a Date', (value) => typeof value === 'number' || value instanceof Date),
};

/**
 * Data and forecasts over time: the chapter's figures of the data, of one-step and of multi-step forecasts, and its
 * family of k-step forecasts. The first line is the data, drawn as context.
 */
export function seriesFigure(lines: readonly SeriesLine[], options: SeriesOptions = {}): Figure {
  dataList('lines', lines);
  checkOptions<SeriesOptions>(options, seriesChecks);
  const { title = 'Series', timeLabel = 'time', valueLabel = 'value', origin } = options;
  const { width = defaultSize.width, height = defaultSize.height } = options;
  const color = (i: number) => (i === 0 ? contextColor : seriesColor(i - 1));
  const names = lines.slice(1).map((line) => line.label);
  return {
    title,
    description:
      names.length === 0
        ? `${lines[0]?.points.length ?? 0} points of ${valueLabel} over ${timeLabel}.`
        : `${valueLabel} over ${timeLabel}: ${lines[0].label}, with ${names.join(', ')}.`,
    ...(lines.length > 1 ? { legend: lines.map(({ label }, i) => ({ label, color: color(i) })) } : {}),
    plot: {
      width,
      height,
      x: { label: timeLabel },
      y: { label: valueLabel, grid: true, nice: true },
      marks: [
        ...(origin === undefined
          ? []
          : [Plot.ruleX([origin], { stroke: contextColor, strokeDasharray: '5 3' })]),
        ...lines.map(({ points }, i) =>
          Plot.lineY(points, { x: 'time', y: 'value', stroke: color(i), strokeWidth: i === 0 ? 1.2 : 1.8 }),
        ),
      ],
    },
  };
}
