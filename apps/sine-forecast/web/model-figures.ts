import {
  type Figure,
  type FigureSize,
  forecastIntervalFigure,
  type SeriesPoint,
  seriesFigure,
} from '@throughtime/figures';
import { chapterHorizons, intervalCoverage } from '../src/core/compare-models.js';
import * as chapter from '../src/core/figures.js';
import type { OriginForecast, ShownSeries, TrainedModel } from './protocol.js';
import { pointsFrom, timeOf } from './series-points.js';

interface Results {
  readonly opened: ShownSeries;
  readonly trained: TrainedModel;
}

export function dataFigure(opened: ShownSeries, size: FigureSize): Figure {
  const data = { label: opened.column, points: pointsFrom(opened, 0, opened.values) };
  const title = `The data: ${shortened(opened.name)}`;
  return framed(seriesFigure([data], { ...size, ...labels(opened), title }), [data.points]);
}

export function oneStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const data = dataPoints(opened, contextRow(trained));
  const drawn = drawnForecasts(opened, trained);
  return framed(chapter.oneStepFigure(data, drawn, { ...size, ...labels(opened) }), [data, drawn.ahead(1)]);
}

export function multiStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const data = dataPoints(opened, contextRow(trained));
  const drawn = drawnForecasts(opened, trained);
  const figure = chapter.multiStepFigure(data, drawn, { ...size, ...labels(opened) });
  return framed(figure, [data, drawn.ahead(1), drawn.freeRunning]);
}

/** The chapter's family, and the `k` chosen beside it. */
export function kStepFigure({ opened, trained }: Results, k: number, size: FigureSize): Figure {
  const family = chapterHorizons.filter((step) => step <= trained.steps);
  const steps = family.includes(k) ? family : [...family, k];
  const data = dataPoints(opened, trained.firstOrigin);
  const drawn = drawnForecasts(opened, trained);
  const figure = chapter.kStepFigure(data, drawn, { ...size, ...labels(opened), steps });
  return framed(figure, [data, ...steps.map(drawn.ahead)]);
}

export function originFigure(
  { opened, trained }: Results,
  forecast: OriginForecast,
  size: FigureSize,
): Figure {
  const { length } = opened.values;
  // Half as much before the first origin as after it.
  const from = Math.max(0, trained.firstOrigin - Math.ceil((length - trained.firstOrigin) / 2));
  const { origin, mean, lower, upper } = forecast;
  const points = chapter.intervalPoints((row) => timeOf(opened, row), origin, { mean, lower, upper });
  const data = dataPoints(opened, from);
  const figure = forecastIntervalFigure(data, points, {
    ...size,
    ...labels(opened),
    title: `${mean.length} ${mean.length === 1 ? 'step' : 'steps'} ahead: ${trained.name}`,
    level: intervalCoverage,
    origin: timeOf(opened, Math.max(0, origin - 1)),
  });
  // The same stretch of time wherever the origin is, so that the chart stands still under the pointer.
  const domain = [timeOf(opened, from), timeOf(opened, length + mean.length - 1)];
  const bounds = points.flatMap(({ time, lower, upper }) => [lower, upper].map((value) => ({ time, value })));
  return framed({ ...figure, plot: { ...figure.plot, x: { ...figure.plot.x, domain } } }, [data, bounds]);
}

export function comparisonFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const horizons = [...new Set([...chapterHorizons, 2, 8, 32, trained.steps])]
    .filter((step) => step <= trained.steps)
    .sort((a, b) => a - b);
  const models = trained.comparison.map(({ name, errors }) => ({
    name,
    errors: horizons.map((horizon) => errors[horizon - 1]),
  }));
  const { noiseFloor } = opened;
  return chapter.horizonFigure(models, { ...size, horizons, measure: trained.measure, noiseFloor });
}

/** Where the chapter's figures begin: with as many values before the first origin as are ever drawn after it. */
function contextRow({ firstOrigin }: TrainedModel): number {
  return Math.max(0, firstOrigin - 600);
}

function dataPoints(opened: ShownSeries, from: number): SeriesPoint[] {
  return pointsFrom(opened, from, opened.values.subarray(from));
}

function drawnForecasts(
  opened: ShownSeries,
  { name, firstOrigin, rolling, freeRunning }: TrainedModel,
): chapter.DrawnForecasts {
  const count = opened.values.length - firstOrigin;
  return {
    model: name,
    origin: timeOf(opened, firstOrigin),
    ahead(step) {
      // Without the forecasts of values that nobody has seen.
      const known = rolling.subarray((step - 1) * count, step * count - (step - 1));
      return pointsFrom(opened, firstOrigin + step - 1, known);
    },
    freeRunning: pointsFrom(opened, firstOrigin, freeRunning),
  };
}

/** With room on the left for the longest number. */
function framed(figure: Figure, lines: readonly (readonly SeriesPoint[])[]): Figure {
  let largest = 0;
  for (const points of lines)
    for (const { value } of points) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  // Forecasts that run away may have any number of digits; a chart has no room for more.
  const digits = Math.min(9, Math.max(3, Math.ceil(Math.log10(largest + 1))));
  const separators = Math.floor((digits - 1) / 3);
  return { ...figure, plot: { ...figure.plot, marginLeft: 38 + 6.6 * (digits + separators) } };
}

function labels({ times, column }: ShownSeries): { timeLabel: string; valueLabel: string } {
  return { timeLabel: times === undefined ? 'step' : 'time', valueLabel: shortened(column) };
}

/** Names of files and columns may be of any length; a chart is not. */
function shortened(text: string): string {
  return text.length <= 28 ? text : `${text.slice(0, 27)}…`;
}
