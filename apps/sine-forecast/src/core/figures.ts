import {
  errorByHorizonFigure,
  type Figure,
  type IntervalPoint,
  type SeriesOptions,
  type SeriesPoint,
  seriesFigure,
} from '@throughtime/figures';
import type { Measure } from './compare-models.js';
import { modelTitle } from './labels.js';

/** Where a row of the series, or of its future, stands on the axis of time. */
export type TimeOf = (row: number) => number | Date;

/** A model's forecasts of values that it has not learned from, as the chapter's figures draw them. */
export interface DrawnForecasts {
  readonly model: string;
  /** Where forecasts begin. */
  readonly origin: number | Date;
  /** The forecasts `step` steps ahead, at the times that they are for. */
  readonly ahead: (step: number) => readonly SeriesPoint[];
  /** From the origin to the end of the series, each forecast fed back. */
  readonly freeRunning: readonly SeriesPoint[];
}

export function oneStepFigure(
  data: readonly SeriesPoint[],
  { model, origin, ahead }: DrawnForecasts,
  options: SeriesOptions = {},
): Figure {
  const lines = [
    { label: 'data', points: data },
    { label: `${modelTitle(model)}, one step`, points: ahead(1) },
  ];
  return seriesFigure(lines, { ...options, title: `One step ahead: ${modelTitle(model)}`, origin });
}

export function multiStepFigure(
  data: readonly SeriesPoint[],
  { model, origin, ahead, freeRunning }: DrawnForecasts,
  options: SeriesOptions = {},
): Figure {
  const lines = [
    { label: 'data', points: data },
    { label: `${modelTitle(model)}, one step`, points: ahead(1) },
    { label: `${modelTitle(model)}, free running`, points: freeRunning },
  ];
  return seriesFigure(lines, {
    ...options,
    title: `One step and free running: ${modelTitle(model)}`,
    origin,
  });
}

/**
 * The chapter's family of forecasts k steps ahead.
 * @param options `strong` is the one that stands out, the others faint behind it; default: all alike
 */
export function kStepFigure(
  data: readonly SeriesPoint[],
  { model, origin, ahead }: DrawnForecasts,
  {
    steps,
    strong,
    ...options
  }: SeriesOptions & { readonly steps: readonly number[]; readonly strong?: number },
): Figure {
  const family = steps.map((step) => ({
    label: `${step} step${step === 1 ? '' : 's'} ahead`,
    points: ahead(step),
    ...(strong !== undefined && { weight: step === strong ? ('strong' as const) : ('faint' as const) }),
  }));
  return seriesFigure([{ label: 'data', points: data }, ...family], {
    ...options,
    title: `k steps ahead: ${modelTitle(model)}`,
    origin,
  });
}

/** The error of each model at the horizons, above the noise floor where it is known. */
export function horizonFigure(
  models: readonly { readonly name: string; readonly errors: readonly number[] }[],
  {
    horizons,
    measure,
    noiseFloor,
    ...size
  }: {
    readonly horizons: readonly number[];
    readonly measure: Measure;
    readonly noiseFloor?: number | undefined;
    readonly width?: number;
    readonly height?: number;
  },
): Figure {
  return errorByHorizonFigure(
    models.map(({ name, errors }) => ({
      model: modelTitle(name),
      errors: errors.map((error, i) => ({ horizon: horizons[i], error })),
    })),
    { ...size, measure, ...(noiseFloor !== undefined && { floor: noiseFloor }) },
  );
}

/** Values at consecutive rows, the first of them `from`. */
export function pointsFrom(timeOf: TimeOf, from: number, values: ArrayLike<number>): SeriesPoint[] {
  return Array.from(values, (value, i) => ({ time: timeOf(from + i), value }));
}

/** A forecast and its interval at consecutive rows. */
export function intervalPoints(
  timeOf: TimeOf,
  from: number,
  { mean, lower, upper }: Readonly<Record<'mean' | 'lower' | 'upper', ArrayLike<number>>>,
): IntervalPoint[] {
  return pointsFrom(timeOf, from, mean).map((point, i) => ({ ...point, lower: lower[i], upper: upper[i] }));
}
