import * as Plot from '@observablehq/plot';
import { checkOptions } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { seriesColor } from '../palette.js';

/** How often the n-grams of one order occur, most frequent first. */
export interface RankedFrequencies {
  /** 'unigrams', 'bigrams', ... */
  readonly label: string;
  /** `frequencies[r]` is that of rank r + 1. */
  readonly frequencies: ArrayLike<number>;
}

/** Frequency against rank, both logarithmic: Zipf's law is a straight line, less steep for longer n-grams. */
export function zipfFigure(orders: readonly RankedFrequencies[], options: FigureSize = {}): Figure {
  dataList('orders', orders);
  checkOptions<FigureSize>(options, sizeChecks);
  const { width = defaultSize.width, height = defaultSize.height } = options;
  return {
    title: 'Frequency by rank',
    description: orders
      .map(
        ({ label, frequencies }) =>
          `${label}: ${frequencies.length} distinct, the most frequent ${frequencies[0] ?? 0} times.`,
      )
      .join(' '),
    legend: orders.map(({ label }, i) => ({ label, color: seriesColor(i) })),
    plot: {
      width,
      height,
      x: { type: 'log', label: 'rank', grid: true, tickFormat: '~s' },
      y: { type: 'log', label: 'frequency', grid: true, tickFormat: '~s' },
      marks: orders.map(({ frequencies }, i) =>
        Plot.lineY(thinned(frequencies), {
          x: 'rank',
          y: 'frequency',
          stroke: seriesColor(i),
          strokeWidth: 2,
        }),
      ),
    },
  };
}

/** On a logarithmic axis ten thousand ranks share a few pixels: about 100 per decade are kept. */
function thinned(frequencies: ArrayLike<number>): { rank: number; frequency: number }[] {
  const points: { rank: number; frequency: number }[] = [];
  for (let rank = 1; rank <= frequencies.length; rank = Math.max(rank + 1, Math.floor(rank * 1.023))) {
    points.push({ rank, frequency: frequencies[rank - 1] });
  }
  return points;
}
