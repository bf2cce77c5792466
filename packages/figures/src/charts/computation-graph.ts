import * as Plot from '@observablehq/plot';
import { checkOptions, list, required, whole } from '@throughtime/errors';
import { defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { contextColor, seriesColor } from '../palette.js';

/** An unrolled network, cut into segments within which gradients flow. */
export interface UnrolledGraph {
  /** Number of time steps drawn; up to about 20 stay readable. */
  readonly steps: number;
  /** First steps of the segments after the first: the gradient does not cross the arrow into these. */
  readonly cuts: readonly number[];
}

/** The computation graph of truncated BPTT: inputs, hidden states and outputs over time; dashed arrows carry no gradient. */
export function computationGraphFigure(graph: UnrolledGraph, options: FigureSize = {}): Figure {
  checkOptions<UnrolledGraph>(graph, {
    steps: required(whole({ from: 1 })),
    cuts: required(list(whole({ from: 0 }))),
  });
  checkOptions<FigureSize>(options, sizeChecks);
  const { steps, cuts } = graph;
  const { width = defaultSize.width, height = 260 } = options;
  const rows = ['output', 'state', 'input'] as const;
  const segmentOf = (step: number) => cuts.filter((cut) => cut <= step).length;
  const nodes = rows.flatMap((row, y) =>
    Array.from({ length: steps }, (_, t) => ({ t, y: -y, row, segment: segmentOf(t) })),
  );
  const carried = Array.from({ length: steps - 1 }, (_, t) => ({ t, cut: cuts.includes(t + 1) }));
  const vertical = Array.from({ length: steps }, (_, t) => t);
  const arrow = { headLength: 6, inset: 13, strokeWidth: 1.4 };
  return {
    title: 'Unrolled computation graph',
    description: `${steps} time steps in ${cuts.length + 1} segments; the gradient stops at steps ${cuts.join(', ') || 'none'}.`,
    legend: [
      { label: 'state and gradient', color: contextColor },
      { label: 'state only (detached)', color: seriesColor(1), dashed: true },
    ],
    plot: {
      width,
      height,
      marginLeft: 70,
      x: {
        label: 'time step',
        ticks: vertical,
        tickFormat: String,
        domain: [-0.5, steps - 0.5],
        type: 'linear',
      },
      y: {
        label: null,
        ticks: [0, -1, -2],
        tickFormat: (y: number) => rows[-y],
        tickSize: 0,
        domain: [-2.5, 0.5],
      },
      marks: [
        Plot.arrow(vertical, { x: (t: number) => t, y1: -2, y2: -1, stroke: contextColor, ...arrow }),
        Plot.arrow(vertical, { x: (t: number) => t, y1: -1, y2: 0, stroke: contextColor, ...arrow }),
        Plot.arrow(
          carried.filter(({ cut }) => !cut),
          { x1: 't', x2: ({ t }: { t: number }) => t + 1, y1: -1, y2: -1, stroke: contextColor, ...arrow },
        ),
        Plot.arrow(
          carried.filter(({ cut }) => cut),
          {
            x1: 't',
            x2: ({ t }: { t: number }) => t + 1,
            y1: -1,
            y2: -1,
            stroke: seriesColor(1),
            strokeDasharray: '4 3',
            ...arrow,
          },
        ),
        Plot.dot(nodes, {
          x: 't',
          y: 'y',
          r: 11,
          fill: ({ segment }: { segment: number }) => seriesColor([0, 2, 4][segment % 3]),
        }),
        Plot.text(nodes, {
          x: 't',
          y: 'y',
          text: ({ row }: { row: string }) => ({ output: 'o', state: 'h', input: 'x' })[row] ?? '',
          // On what is dark in light and light in the dark.
          fill: 'var(--plot-background)',
          fontWeight: 600,
        }),
      ],
    },
  };
}
