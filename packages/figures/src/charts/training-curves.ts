import * as Plot from '@observablehq/plot';
import { check, checkOptions, list, type OptionChecks, record, required, text } from '@throughtime/errors';
import {
  dataList,
  defaultSize,
  type Figure,
  type FigureSize,
  type LegendEntry,
  sizeChecks,
} from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';
import { logTicks } from './log-ticks.js';

/** One point of a training run. */
export interface TrainingPoint {
  /** Where on the axis: an epoch (fractions allowed) or a step. */
  readonly at: number;
  /** The perplexity, the loss, ... */
  readonly value: number;
}

/** One line: a figure over a run. */
export interface TrainingCurve {
  /** 'training', 'validation', or a model's name. */
  readonly label: string;
  /** In order of training. */
  readonly points: readonly TrainingPoint[];
}

/** Size, axis and references of {@link trainingCurvesFigure}. */
export interface TrainingCurvesOptions extends FigureSize {
  /** What `at` counts; 'epoch' by default. */
  readonly horizontalLabel?: string;
  /** Values to compare with, drawn dashed across: the unigram perplexity, a published figure. */
  readonly references?: readonly ReferenceLine[];
}

/** A value to compare with. */
export interface ReferenceLine {
  /** What stands beside the line. */
  readonly label: string;
  /** Where the line lies. */
  readonly value: number;
}

const curvesChecks: OptionChecks<TrainingCurvesOptions> = {
  ...sizeChecks,
  horizontalLabel: text,
  references: list(
    record<ReferenceLine>({
      label: required(text),
      // One without a finite value is left out of the drawing, not of the legend.
      value: required(check('a number', (value) => typeof value === 'number')),
    }),
  ),
};

/**
 * Perplexity over training, on a logarithmic axis: it falls by factors, and 1 is the floor.
 *
 * @example
 * ```ts
 * import { perplexityCurves } from '@throughtime/figures';
 * const points = [14, 8, 6].map((value, at) => ({ at, value }));
 * const figure = perplexityCurves([{ label: 'training', points }]);
 * console.log(figure.description);
 * ```
 */
export function perplexityCurves(
  curves: readonly TrainingCurve[],
  options: TrainingCurvesOptions = {},
): Figure {
  return trainingCurves('Perplexity', 'perplexity', curves, options);
}

/** The global gradient norm over training, before and after clipping, on a logarithmic axis. */
export function gradientNormCurves(
  curves: readonly TrainingCurve[],
  options: TrainingCurvesOptions = {},
): Figure {
  return trainingCurves('Gradient norm', 'global norm', curves, options);
}

/** The learning rate over training. */
export function learningRateCurve(
  points: readonly TrainingPoint[],
  options: TrainingCurvesOptions = {},
): Figure {
  dataList('points', points);
  return trainingCurves('Learning rate', 'learning rate', [{ label: 'learning rate', points }], options);
}

function trainingCurves(
  title: string,
  label: string,
  curves: readonly TrainingCurve[],
  options: TrainingCurvesOptions,
): Figure {
  dataList('curves', curves);
  checkOptions<TrainingCurvesOptions>(options, curvesChecks);
  const {
    horizontalLabel = 'epoch',
    references = [],
    width = defaultSize.width,
    height = defaultSize.height,
  } = options;
  const values = [...curves.flatMap(({ points }) => points), ...references].map(({ value }) => value);
  const places = curves.flatMap(({ points }) => positive(points).map(({ at }) => at));
  const [left, right] = [Math.min(...places), places.length === 0 ? undefined : Math.max(...places)];
  const shown = values.filter((value) => isShown({ value }));
  const ticks = logTicks(shown);
  const legend: LegendEntry[] = [
    ...curves.map((curve, i) => ({ label: curve.label, color: seriesColor(i), ...endOf(curve) })),
    ...references.map((reference) => ({
      label: `${reference.label} ${short(reference.value)}`,
      color: contextColor,
      dashed: true,
      ...(right !== undefined && isShown(reference) ? { end: { x: right, y: reference.value } } : {}),
    })),
  ];
  return {
    title,
    description: curves.map((curve) => describe(label, curve, horizontalLabel)).join(' '),
    ...(legend.length > 1 ? { legend } : {}),
    plot: {
      width,
      height,
      x: {
        label: horizontalLabel,
        ...(right !== undefined && right - left <= 12 && { ticks: wholeTicks(left, right) }),
      },
      y: {
        ...(ticks
          ? { type: 'log', label: `${label}, log scale`, ticks, tickFormat: short }
          : { type: 'linear', label }),
        grid: true,
        // Room above and below, so that nothing is drawn on the frame.
        ...(shown.length > 0 && { domain: [Math.min(...shown) / 1.06, Math.max(...shown) * 1.06] }),
      },
      marks: [
        ...references
          .filter(isShown)
          .map(({ value }) => Plot.ruleY([value], { stroke: contextColor, strokeDasharray: '5 3' })),
        ...curves.map((curve, i) =>
          Plot.lineY(positive(curve.points), { x: 'at', y: 'value', stroke: seriesColor(i), strokeWidth: 2 }),
        ),
        ...curves
          .filter((curve) => curve.points.length <= 60)
          .map((curve) =>
            Plot.dot(positive(curve.points), {
              x: 'at',
              y: 'value',
              r: 2.5,
              fill: seriesColor(curves.indexOf(curve)),
            }),
          ),
      ],
    },
  };
}

/** Whole epochs: half of one is not what anyone counts. */
function wholeTicks(left: number, right: number): number[] {
  const from = Math.ceil(left);
  return Array.from({ length: Math.max(1, Math.floor(right) - from + 1) }, (_, i) => from + i);
}

function endOf({ points }: TrainingCurve): { end?: { x: number; y: number } } {
  const last = positive(points).at(-1);
  return last === undefined ? {} : { end: { x: last.at, y: last.value } };
}

/** A logarithmic axis cannot show zero or less. A diverged run ends at its last finite value. */
function positive(points: readonly TrainingPoint[]): TrainingPoint[] {
  return points.filter(isShown);
}

function isShown({ value }: { readonly value: number }): boolean {
  return value > 0 && Number.isFinite(value);
}

function describe(label: string, { label: name, points }: TrainingCurve, unit: string): string {
  if (points.length === 0) return `${name}: no values yet.`;
  const first = points[0];
  const last = points[points.length - 1];
  return `${name}: ${label} from ${short(first.value)} at ${unit} ${short(first.at)} to ${short(last.value)} at ${unit} ${short(last.at)}.`;
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString();
}
