import * as Plot from '@observablehq/plot';
import { check, checkOptions, type OptionChecks, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';
import { type Stretch, stretchesOf } from './dense.js';
import type { SeriesPoint } from './series-point.js';

/** A line of a figure. */
export interface SeriesLine {
  /** 'data', 'one-step forecast', a model's name. */
  readonly label: string;
  /** In order of time. */
  /** In the order of time. */
  readonly points: readonly SeriesPoint[];
  /** 'strong' for what the figure is about, 'faint' for what it is seen beside. Default: in between. */
  readonly weight?: 'strong' | 'faint';
}

/** Size, labels and origin of {@link seriesFigure}. */
export interface SeriesOptions extends FigureSize {
  /** What stands above the chart. */
  readonly title?: string;
  /** What stands below the time axis. */
  readonly timeLabel?: string;
  /** What stands beside the value axis. */
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
  const drawn = drawnLines(lines, width);
  const dense = drawn.some(({ stretches }) => stretches !== undefined);
  const band = dense
    ? ' Where there are too many values to see each, a band from the lowest to the highest, and their mean.'
    : '';
  return {
    title,
    description: `${
      names.length === 0
        ? `${lines[0]?.points.length ?? 0} points of ${valueLabel} over ${timeLabel}.`
        : `${valueLabel} over ${timeLabel}: ${lines[0].label}, with ${names.join(', ')}.`
    }${band}`,
    ...(lines.length > 1
      ? { legend: lines.map((line, i) => ({ label: line.label, color: color(i), ...endOf(line, lines) })) }
      : {}),
    plot: {
      width,
      height,
      x: { label: timeLabel },
      y: { label: valueLabel, grid: true, nice: true },
      marks: [
        ...(origin === undefined
          ? []
          : [Plot.ruleX([origin], { stroke: contextColor, strokeDasharray: '5 3' })]),
        // The strong one last, over the others.
        ...drawn
          .map((line, i) => ({ ...line, stroke: color(i), isData: i === 0 }))
          .sort((a, b) => Number(a.weight === 'strong') - Number(b.weight === 'strong'))
          .flatMap(({ points, stretches, weight, stroke, isData }) => {
            const strokeWidth = weight === 'strong' ? 2.6 : isData || weight === 'faint' ? 1.2 : 1.8;
            const opacity = weight === 'faint' ? 0.5 : 1;
            if (stretches === undefined)
              return [
                Plot.lineY(points, { x: 'time', y: 'value', stroke, strokeWidth, strokeOpacity: opacity }),
              ];
            const area = { x: 'time', y1: 'low', y2: 'high', fill: stroke, fillOpacity: 0.28 * opacity };
            return [
              Plot.areaY(stretches, area),
              Plot.lineY(stretches, { x: 'time', y: 'mean', stroke, strokeWidth, strokeOpacity: opacity }),
            ];
          }),
      ],
    },
  };
}

function drawnLines(
  lines: readonly SeriesLine[],
  width: number,
): (SeriesLine & { readonly stretches: Stretch[] | undefined })[] {
  const spanOf = ({ points }: SeriesLine) =>
    points.length < 2 ? 0 : Number(points[points.length - 1].time) - Number(points[0].time);
  const longest = Math.max(...lines.map(spanOf));
  return lines.map((line) => ({
    ...line,
    stretches: stretchesOf(line.points, (width * spanOf(line)) / (longest || 1)),
  }));
}

/** The end of a line that reaches as far as any. */
function endOf(
  { points }: SeriesLine,
  lines: readonly SeriesLine[],
): { end?: { x: number | Date; y: number } } {
  const last = points.at(-1);
  const reach = (line: SeriesLine) => Number(line.points.at(-1)?.time ?? Number.NEGATIVE_INFINITY);
  if (last === undefined || !Number.isFinite(last.value)) return {};
  return Number(last.time) === Math.max(...lines.map(reach)) ? { end: { x: last.time, y: last.value } } : {};
}
