import * as Plot from '@observablehq/plot';
import { checkOptions, number, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';
import { logTicks } from './log-ticks.js';

/** A model's error at each horizon. */
export interface HorizonErrors {
  /** Its name in the legend. */
  readonly model: string;
  /** One entry per horizon: steps ahead, from 1, and the error there. */
  readonly errors: readonly { readonly horizon: number; readonly error: number }[];
}

/** Size, measure and floor of {@link errorByHorizonFigure}. */
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
  const values = models
    .flatMap(({ errors }) => errors.map(({ error }) => error))
    .concat(floor ?? [])
    .filter(Number.isFinite);
  // Errors that grow many times over with the horizon would press those of the first steps onto the axis.
  const isWide = Math.min(...values) > 0 && Math.max(...values) > widest * Math.min(...values);
  const ticks = isWide ? logTicks(values) : undefined;
  return {
    title: `${measure} by horizon`,
    description: models
      .map(
        ({ model, errors }) =>
          `${model}: ${errors.map(({ horizon, error }) => `${error.toPrecision(3)} at ${horizon}`).join(', ')}.`,
      )
      .join(' '),
    legend: [
      ...models.map(({ model, errors }, i) => ({ label: model, color: seriesColor(i), ...endOf(errors) })),
      ...(floor === undefined
        ? []
        : [
            {
              label: 'noise floor',
              color: contextColor,
              dashed: true,
              end: { x: horizons.at(-1) ?? 1, y: floor },
            },
          ]),
    ],
    plot: {
      width,
      height,
      // In base 10 the labels of some ticks would be left out, that of 8 among them.
      x: { type: 'log', base: 2, label: 'steps ahead', ticks: horizons, tickFormat: String },
      y: ticks
        ? {
            type: 'log',
            label: `${measure}, log scale`,
            grid: true,
            ticks,
            tickFormat: short,
          }
        : { label: measure, grid: true, nice: true, zero: true },
      marks: [
        ...(floor === undefined
          ? []
          : [Plot.ruleY([floor], { stroke: contextColor, strokeDasharray: '5 3' })]),
        ...models.flatMap(({ errors }, i) => [
          Plot.lineY(drawable(errors), { x: 'horizon', y: 'error', stroke: seriesColor(i), strokeWidth: 2 }),
          Plot.dot(drawable(errors), { x: 'horizon', y: 'error', fill: seriesColor(i), r: 3 }),
        ]),
      ],
    },
  };
}

/** How many times the least error the greatest may be on a linear axis. */
const widest = 8;

type Errors = HorizonErrors['errors'];

function drawable(errors: Errors): Errors {
  return errors.filter(({ error }) => Number.isFinite(error));
}

function endOf(errors: Errors): { end?: { x: number; y: number } } {
  const last = drawable(errors).at(-1);
  return last === undefined ? {} : { end: { x: last.horizon, y: last.error } };
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
