import {
  errorByHorizonFigure,
  type Figure,
  type FigureSize,
  forecastIntervalFigure,
  type SeriesPoint,
  seriesFigure,
} from '@throughtime/figures';
import { intervalCoverage, type OpenedSeries, type OriginForecast, type TrainedModel } from './protocol.js';
import { pointsFrom, timeOf } from './series-points.js';

/** The horizons that the chapter shows. */
const chapterSteps = [1, 4, 16, 64];

interface Results {
  readonly opened: OpenedSeries;
  readonly trained: TrainedModel;
}

export function dataFigure(opened: OpenedSeries, size: FigureSize): Figure {
  const data = { label: opened.column, points: pointsFrom(opened, 0, opened.values) };
  return seriesFigure([data], { ...size, ...labels(opened), title: `The data: ${shortened(opened.name)}` });
}

export function oneStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const data = { label: 'data', points: pointsFrom(opened, 0, opened.values) };
  const oneStep = { label: 'one step ahead', points: rollingPoints(opened, trained, 1) };
  const origin = timeOf(opened, trained.start);
  return seriesFigure([data, oneStep], { ...size, ...labels(opened), title: 'One step ahead', origin });
}

export function multiStepFigure({ opened, trained }: Results, size: FigureSize): Figure {
  const lines = [
    { label: 'data', points: pointsFrom(opened, 0, opened.values) },
    { label: 'one step', points: rollingPoints(opened, trained, 1) },
    { label: 'free running', points: pointsFrom(opened, trained.start, trained.freeRunning) },
  ];
  const origin = timeOf(opened, trained.start);
  return seriesFigure(lines, { ...size, ...labels(opened), title: 'One step and free running', origin });
}

/** The chapter's family, and the `k` chosen beside it. */
export function kStepFigure({ opened, trained }: Results, k: number, size: FigureSize): Figure {
  const family = chapterSteps.filter((step) => step <= trained.steps);
  const steps = family.includes(k) ? family : [...family, k];
  const lines = steps.map((step) => ({ label: `k = ${step}`, points: rollingPoints(opened, trained, step) }));
  const data = pointsFrom(opened, trained.start, opened.values.subarray(trained.start));
  return seriesFigure([{ label: 'data', points: data }, ...lines], {
    ...size,
    ...labels(opened),
    title: 'k steps ahead',
  });
}

/** Rows before the first origin that the forecast's chart shows. */
export function firstShownRow({ opened, trained }: Results): number {
  return Math.max(0, trained.start - Math.floor((opened.values.length - trained.start) / 2));
}

export function originFigure(
  { opened, trained }: Results,
  forecast: OriginForecast,
  size: FigureSize,
): Figure {
  const from = firstShownRow({ opened, trained });
  const { origin, mean, lower, upper } = forecast;
  const points = Array.from(mean, (value, i) => ({
    time: timeOf(opened, origin + i),
    value,
    lower: lower[i],
    upper: upper[i],
  }));
  const figure = forecastIntervalFigure(pointsFrom(opened, from, opened.values.subarray(from)), points, {
    ...size,
    ...labels(opened),
    title: `${mean.length} ${mean.length === 1 ? 'step' : 'steps'} ahead: ${trained.name}`,
    level: intervalCoverage,
    origin: timeOf(opened, Math.max(0, origin - 1)),
  });
  // The same stretch of time wherever the origin is, so that the chart stands still under the pointer.
  const domain = [timeOf(opened, from), timeOf(opened, opened.values.length + mean.length - 1)];
  return { ...figure, plot: { ...figure.plot, x: { ...figure.plot.x, domain } } };
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

/** The forecasts k steps ahead, at the times that they are for. */
function rollingPoints(opened: OpenedSeries, { origins, rolling }: TrainedModel, k: number): SeriesPoint[] {
  const row = rolling.subarray((k - 1) * origins.length, k * origins.length);
  return Array.from(row, (value, i) => ({ time: timeOf(opened, origins[i] + k - 1), value }));
}

function labels({ times, column }: OpenedSeries): { timeLabel: string; valueLabel: string } {
  return { timeLabel: times === undefined ? 'step' : 'time', valueLabel: shortened(column) };
}

/** Names of files and columns may be of any length; a chart is not. */
function shortened(text: string): string {
  return text.length <= 28 ? text : `${text.slice(0, 27)}…`;
}
