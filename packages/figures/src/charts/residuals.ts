import * as Plot from '@observablehq/plot';
import { checkOptions, whole } from '@throughtime/errors';
import { defaultSize, type Figure, type FigureSize, numberList, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

export interface ResidualOptions extends FigureSize {
  /** How many bars; 30 by default. */
  readonly bins?: number;
}

/** The distribution of a forecaster's errors, with the normal curve of the same mean and deviation to compare. */
export function residualFigure(residuals: ArrayLike<number>, options: ResidualOptions = {}): Figure {
  numberList('residuals', residuals);
  checkOptions<ResidualOptions>(options, { ...sizeChecks, bins: whole({ from: 1 }) });
  const { bins = 30, width = defaultSize.width, height = defaultSize.height } = options;
  const values = Array.from(residuals).filter(Number.isFinite);
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length),
  );
  const low = Math.min(...values);
  const high = Math.max(...values);
  const binWidth = high > low ? (high - low) / bins : 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / binWidth))]++;
  const bars = counts.map((count, i) => ({ from: low + i * binWidth, to: low + (i + 1) * binWidth, count }));
  const curve = Array.from({ length: 121 }, (_, i) => {
    const value = low + ((high - low) * i) / 120;
    const density = Math.exp(-(((value - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
    return { value, count: density * values.length * binWidth };
  });
  return {
    title: 'Residuals',
    description: `${values.length} residuals of mean ${mean.toPrecision(3)} and standard deviation ${deviation.toPrecision(3)}.`,
    legend: [
      { label: 'residuals', color: seriesColor(0) },
      { label: 'normal of the same mean and deviation', color: contextColor },
    ],
    plot: {
      width,
      height,
      x: { label: 'residual' },
      y: { label: 'count', grid: true },
      marks: [
        Plot.rectY(bars, { x1: 'from', x2: 'to', y: 'count', fill: seriesColor(0), inset: 0.5 }),
        ...(deviation > 0
          ? [Plot.lineY(curve, { x: 'value', y: 'count', stroke: contextColor, strokeWidth: 2 })]
          : []),
        Plot.ruleY([0]),
      ],
    },
  };
}
