import * as Plot from '@observablehq/plot';
import { check, checkOptions, required, whole } from '@throughtime/errors';
import { defaultSize, type Figure, type FigureSize, numberList, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

/** Size of the chart, and how many bars it has. */
export interface ResidualOptions extends FigureSize {
  /**
   * How many bars. Default: as many as the rule of Freedman and Diaconis gives (1981: bars 2 IQR n^(-1/3) wide), at least 5 and at
   * most 60.
   */
  readonly bins?: number;
}

/** The distribution of a forecaster's errors, with the normal curve of the same mean and deviation to compare. */
export function residualFigure(residuals: ArrayLike<number>, options: ResidualOptions = {}): Figure {
  numberList('residuals', residuals);
  checkOptions<ResidualOptions>(options, { ...sizeChecks, bins: whole({ from: 1 }) });
  const values = knownOf(residuals);
  const { bins = usualBins(values), width = defaultSize.width, height = defaultSize.height } = options;
  const { mean, deviation } = momentsOf(values);
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const binWidth = high > low ? (high - low) / bins : 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor((value - low) / binWidth))]++;
  const bars = counts.map((count, i) => ({ from: low + i * binWidth, to: low + (i + 1) * binWidth, count }));
  const curve = Array.from({ length: 121 }, (_, i) => {
    const value = low + ((high - low) * i) / 120;
    const density = Math.exp(-(((value - mean) / deviation) ** 2) / 2) / (deviation * Math.sqrt(2 * Math.PI));
    return { value, count: density * values.length * binWidth };
  });
  const most = Math.max(...counts, ...(deviation > 0 ? curve.map(({ count }) => count) : []));
  const facts = `mean ${short(mean)}, standard deviation ${short(deviation)}`;
  return {
    title: 'Residuals',
    description: `${values.length} residuals of ${facts}.`,
    legend: [
      { label: `${values.length} residuals: ${facts}`, color: seriesColor(0), filled: true },
      { label: 'normal', color: contextColor },
    ],
    plot: {
      width,
      height,
      x: { label: 'residual: actual minus forecast' },
      // There is no half of a residual.
      y: {
        label: 'count',
        grid: true,
        ...(most < 10 && { ticks: Array.from({ length: Math.ceil(most) + 1 }, (_, i) => i) }),
      },
      marks: [
        Plot.rectY(bars, {
          x1: 'from',
          x2: 'to',
          y: 'count',
          fill: seriesColor(0),
          fillOpacity: 0.75,
          inset: 0.5,
        }),
        Plot.ruleX([0], { stroke: 'currentColor', strokeDasharray: '5 3' }),
        ...(deviation > 0
          ? [Plot.lineY(curve, { x: 'value', y: 'count', stroke: contextColor, strokeWidth: 2.4 })]
          : []),
        Plot.ruleY([0]),
      ],
    },
  };
}

/** Size of the chart, and how many lags it shows. */
export interface AutocorrelationOptions extends FigureSize {
  /** The longest lag. Default: 40, or a quarter of the residuals where they are few. */
  readonly lags?: number;
}

/**
 * The autocorrelation of a forecaster's errors at each lag, with the band in which 95% of those of pure noise lie, 1.96 / sqrt(n)
 * (Bartlett 1946). A lag that stands out of it shows something that the forecaster has not learned.
 * @param residuals of consecutive steps; a missing one is left out of the sums
 */
export function autocorrelationFigure(
  residuals: ArrayLike<number>,
  options: AutocorrelationOptions = {},
): Figure {
  numberList('residuals', residuals);
  checkOptions<AutocorrelationOptions>(options, { ...sizeChecks, lags: whole({ from: 1 }) });
  const known = knownOf(residuals);
  const usual = Math.max(1, Math.min(40, Math.floor(residuals.length / 4)));
  const { lags = usual, width = defaultSize.width, height = defaultSize.height } = options;
  const correlations = autocorrelations(residuals, lags);
  const bound = 1.96 / Math.sqrt(Math.max(1, known.length));
  const outside = correlations.filter(({ value }) => Math.abs(value) > bound).map(({ lag }) => lag);
  const color = seriesColor(0);
  return {
    title: 'Autocorrelation of the residuals',
    description: `At ${outside.length} of ${lags} lags it is larger than noise explains (${short(bound)})${
      outside.length === 0 ? '' : `: ${outside.slice(0, 10).join(', ')}`
    }.`,
    legend: [
      { label: 'autocorrelation', color },
      { label: 'where 95% of pure noise lies', color: contextColor, filled: true },
    ],
    plot: {
      width,
      height,
      x: { label: 'lag, steps', domain: [0, lags + 0.5] },
      y: { label: 'correlation', grid: true, nice: true },
      marks: [
        Plot.rect([{}], {
          x1: 0,
          x2: lags + 0.5,
          y1: -bound,
          y2: bound,
          fill: contextColor,
          fillOpacity: 0.2,
        }),
        Plot.ruleX(correlations, { x: 'lag', y1: 0, y2: 'value', stroke: color, strokeWidth: 2 }),
        Plot.dot(correlations, { x: 'lag', y: 'value', fill: color, r: 2.5 }),
        Plot.ruleY([0]),
      ],
    },
  };
}

/** Size of the chart, and the quantiles to compare with. */
export interface NormalQuantileOptions extends FigureSize {
  /** The quantile of the standard normal distribution at a probability: `normalQuantile` of `@throughtime/forecasting`. */
  readonly normalQuantile: (probability: number) => number;
}

/**
 * The errors in order beside those that a normal distribution of the same mean and deviation would have (a QQ plot): on the
 * line where they are normal, beyond its ends where large errors come more often.
 */
export function normalQuantileFigure(residuals: ArrayLike<number>, options: NormalQuantileOptions): Figure {
  numberList('residuals', residuals);
  checkOptions<NormalQuantileOptions>(options, { ...sizeChecks, normalQuantile: required(aFunction) });
  const { width = defaultSize.width, height = defaultSize.height, normalQuantile } = options;
  const sorted = knownOf(residuals).sort((a, b) => a - b);
  const { mean, deviation } = momentsOf(sorted);
  // In the middle thousands lie on one another; the ends are what one looks at.
  const every = Math.ceil(sorted.length / 500);
  const points = sorted
    .map((value, i) => ({ value, i }))
    .filter(({ i }) => i % every === 0 || i < 50 || i >= sorted.length - 50)
    .map(({ value, i }) => ({
      expected: mean + deviation * normalQuantile((i + 0.5) / sorted.length),
      value,
    }));
  const ends = points.length < 2 ? [] : [points[0].expected, points[points.length - 1].expected];
  return {
    title: 'Residuals beside a normal distribution',
    description: `${sorted.length} residuals in order beside those of a normal distribution of the same mean and deviation.`,
    legend: [
      { label: 'residuals', color: seriesColor(0) },
      { label: 'normal', color: contextColor, dashed: true },
    ],
    plot: {
      width,
      height,
      x: { label: 'residual of a normal distribution' },
      y: { label: 'residual', grid: true, nice: true },
      marks: [
        Plot.line(
          ends.map((end) => [end, end]),
          { stroke: contextColor, strokeDasharray: '5 3', strokeWidth: 1.5 },
        ),
        Plot.dot(points, { x: 'expected', y: 'value', r: 2.5, fill: seriesColor(0) }),
      ],
    },
  };
}

const aFunction = check<(probability: number) => number>(
  'a function',
  (value) => typeof value === 'function',
);

/** The rule of Freedman and Diaconis; where the middle half is a single value, that of Sturges. */
function usualBins(values: readonly number[]): number {
  if (values.length < 2) return 5;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))];
  const width = (2 * (at(0.75) - at(0.25))) / Math.cbrt(values.length);
  const bins = width > 0 ? (sorted[sorted.length - 1] - sorted[0]) / width : 1 + Math.log2(values.length);
  return Math.max(5, Math.min(60, Math.ceil(bins)));
}

/** r_k = sum (e_t - m) (e_{t+k} - m) / sum (e_t - m)^2, over the pairs that are known. */
function autocorrelations(
  residuals: ArrayLike<number>,
  lags: number,
): { readonly lag: number; readonly value: number }[] {
  const { mean } = momentsOf(knownOf(residuals));
  const centered = Array.from(residuals, (value) => (Number.isFinite(value) ? value - mean : 0));
  const total = centered.reduce((sum, value) => sum + value * value, 0);
  return Array.from({ length: lags }, (_, i) => {
    const lag = i + 1;
    let sum = 0;
    for (let t = 0; t + lag < centered.length; t++) sum += centered[t] * centered[t + lag];
    return { lag, value: total > 0 ? sum / total : 0 };
  });
}

function knownOf(residuals: ArrayLike<number>): number[] {
  return Array.from(residuals).filter(Number.isFinite);
}

function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const count = Math.max(1, values.length);
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
  return { mean, deviation };
}

function short(value: number): string {
  return Number(value.toPrecision(3)).toString().replace('-', '\u2212');
}
