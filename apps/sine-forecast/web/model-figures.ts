import {
  errorByHorizonFigure,
  type Figure,
  type FigureSize,
  forecastIntervalFigure,
  type SeriesLine,
  seriesFigure,
} from '@throughtime/figures';
import { intervalCoverage } from '../src/core/compare-models.js';
import type { OriginForecast, ShownSeries, TrainedModel } from './protocol.js';
import { pointsFrom, timeOf } from './series-points.js';

/** The horizons that the chapter shows. */
const chapterSteps = [1, 4, 16, 64];

interface Results {
  readonly opened: ShownSeries;
  readonly trained: TrainedModel;
}

export function dataFigure(opened: ShownSeries, size: FigureSize): Figure {
  const data = { label: opened.column, points: pointsFrom(opened, 0, opened.values) };
  const title = `The data: ${shortened(opened.name)}`;
  return framed(seriesFigure([data], { ...size, ...labels(opened), title }), [data]);
}

export function oneStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const lines = [dataLine(opened, contextRow(trained)), rollingLine(opened, trained, 1, 'one step ahead')];
  const origin = timeOf(opened, trained.firstOrigin);
  const options = { ...size, ...labels(opened), title: 'One step ahead', origin };
  return framed(seriesFigure(lines, options), lines);
}

export function multiStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const { firstOrigin, freeRunning } = trained;
  const lines = [
    dataLine(opened, contextRow(trained)),
    rollingLine(opened, trained, 1, 'one step'),
    { label: 'free running', points: pointsFrom(opened, firstOrigin, freeRunning) },
  ];
  const origin = timeOf(opened, firstOrigin);
  const options = { ...size, ...labels(opened), title: 'One step and free running', origin };
  return framed(seriesFigure(lines, options), lines);
}

/** The chapter's family, and the `k` chosen beside it. */
export function kStepFigure({ opened, trained }: Results, k: number, size: FigureSize): Figure {
  const family = chapterSteps.filter((step) => step <= trained.steps);
  const steps = family.includes(k) ? family : [...family, k];
  const forecasts = steps.map((step) => rollingLine(opened, trained, step, `k = ${step}`));
  const lines = [dataLine(opened, trained.firstOrigin), ...forecasts];
  const options = { ...size, ...labels(opened), title: 'k steps ahead' };
  return framed(seriesFigure(lines, options), lines);
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
  const points = Array.from(mean, (value, i) => ({
    time: timeOf(opened, origin + i),
    value,
    lower: lower[i],
    upper: upper[i],
  }));
  const data = dataLine(opened, from);
  const figure = forecastIntervalFigure(data.points, points, {
    ...size,
    ...labels(opened),
    title: `${mean.length} ${mean.length === 1 ? 'step' : 'steps'} ahead: ${trained.name}`,
    level: intervalCoverage,
    origin: timeOf(opened, Math.max(0, origin - 1)),
  });
  // The same stretch of time wherever the origin is, so that the chart stands still under the pointer.
  const domain = [timeOf(opened, from), timeOf(opened, length + mean.length - 1)];
  const bounds = points.flatMap(({ time, lower, upper }) => [lower, upper].map((value) => ({ time, value })));
  const drawn = [data, { label: 'interval', points: bounds }];
  return framed({ ...figure, plot: { ...figure.plot, x: { ...figure.plot.x, domain } } }, drawn);
}

export function comparisonFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const horizons = [...new Set([...chapterSteps, 2, 8, 32, trained.steps])]
    .filter((step) => step <= trained.steps)
    .sort((a, b) => a - b);
  const models = trained.comparison.map(({ name, errors }) => ({
    model: name,
    errors: horizons.map((horizon) => ({ horizon, error: errors[horizon - 1] })),
  }));
  const floor = opened.noiseFloor === undefined ? {} : { floor: opened.noiseFloor };
  return errorByHorizonFigure(models, { ...size, measure: trained.measure, ...floor });
}

/** Where the chapter's figures begin: with as many values before the first origin as are ever drawn after it. */
function contextRow({ firstOrigin }: TrainedModel): number {
  return Math.max(0, firstOrigin - 600);
}

function dataLine(opened: ShownSeries, from: number): SeriesLine {
  return { label: 'data', points: pointsFrom(opened, from, opened.values.subarray(from)) };
}

/** The forecasts k steps ahead of values that are known, at the times that they are for. */
function rollingLine(
  opened: ShownSeries,
  { firstOrigin, rolling }: TrainedModel,
  k: number,
  label: string,
): SeriesLine {
  const count = opened.values.length - firstOrigin;
  const known = rolling.subarray((k - 1) * count, k * count - (k - 1));
  return { label, points: pointsFrom(opened, firstOrigin + k - 1, known) };
}

/** With room on the left for the longest number. */
function framed(figure: Figure, lines: readonly SeriesLine[]): Figure {
  let largest = 0;
  for (const { points } of lines)
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
