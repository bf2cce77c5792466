import * as Plot from '@observablehq/plot';
import { checkOptions, number, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

/** A model's error at each horizon. */
export interface HorizonErrors {
  readonly model: string;
  readonly errors: readonly { readonly horizon: number; readonly error: number }[];
}

export interface ErrorByHorizonOptions extends FigureSize {
  /** The measure's name: 'RMSE' by default. */
  readonly measure?: string;
  /** The error that no model can go below, where it is known: the noise of a generated series. */
  readonly floor?: number;
}

/** How the error of each model grows with the number of steps ahead (logarithmic, as 1, 4, 16, 64 are). */
export function errorByHorizonFigure(
  models: readonly HorizonErrors[],
  options: ErrorByHorizonOptions = {},
): Figure {
  dataList('models', models);
  checkOptions<ErrorByHorizonOptions>(options, { ...sizeChecks, measure: text, floor: number() });
  const { measure = 'RMSE', floor, width = defaultSize.width, height = defaultSize.height } = options;
  const horizons = [...new Set(models.flatMap(({ errors }) => errors.map(({ horizon }) => horizon)))].sort(
    (a, b) => a - b,
  );
  return {
    title: `${measure} by horizon`,
    description: models
      .map(
        ({ model, errors }) =>
          `${model}: ${errors.map(({ horizon, error }) => `${error.toPrecision(3)} at ${horizon}`).join(', ')}.`,
      )
      .join(' '),
    legend: [
      ...models.map(({ model }, i) => ({ label: model, color: seriesColor(i) })),
      ...(floor === undefined ? [] : [{ label: 'noise floor', color: contextColor, dashed: true }]),
    ],
    plot: {
      width,
      height,
      // In base 10 the labels of some ticks would be left out, that of 8 among them.
      x: { type: 'log', base: 2, label: 'steps ahead', ticks: horizons, tickFormat: String },
      y: { label: measure, grid: true, nice: true, zero: true },
      marks: [
        ...(floor === undefined
          ? []
          : [Plot.ruleY([floor], { stroke: contextColor, strokeDasharray: '5 3' })]),
        ...models.flatMap(({ errors }, i) => [
          Plot.lineY(errors, { x: 'horizon', y: 'error', stroke: seriesColor(i), strokeWidth: 2 }),
          Plot.dot(errors, { x: 'horizon', y: 'error', fill: seriesColor(i), r: 3 }),
        ]),
      ],
    },
  };
}
