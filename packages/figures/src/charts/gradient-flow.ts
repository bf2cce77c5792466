import * as Plot from '@observablehq/plot';
import { checkOptions, text } from '@throughtime/errors';
import { dataList, defaultSize, type Figure, type FigureSize, sizeChecks } from '../figure.js';
import { seriesColor } from '../palette.js';
import { logTicks } from './log-ticks.js';

/** The norm of dh_T / dh_t at each distance T - t, for one model. */
export interface GradientFlow {
  /** Its name in the legend. */
  readonly label: string;
  /** `norms[d]` belongs to distance d. */
  readonly norms: ArrayLike<number>;
}

/** Size and title of {@link gradientFlowFigure}. */
export interface GradientFlowOptions extends FigureSize {
  /** Default 'Gradient over distance in time'. */
  readonly title?: string;
}

/** Over more decades Plot leaves out powers of ten. */
const mostTicks = 8;

/** How the gradient vanishes or explodes with distance: a straight line of slope log(rho) for a linear RNN. */
export function gradientFlowFigure(
  flows: readonly GradientFlow[],
  options: GradientFlowOptions = {},
): Figure {
  dataList('flows', flows);
  checkOptions<GradientFlowOptions>(options, { ...sizeChecks, title: text });
  const {
    width = defaultSize.width,
    height = defaultSize.height,
    title = 'Gradient over distance in time',
  } = options;
  const ticks = logTicks(flows.flatMap(({ norms }) => Array.from(norms)));
  return {
    title,
    description: flows
      .map(
        ({ label, norms }) =>
          `${label}: ${norms[0]?.toPrecision(3)} to ${norms[norms.length - 1]?.toPrecision(3)} over ${norms.length - 1} steps.`,
      )
      .join(' '),
    legend: flows.map(({ label }, i) => ({ label, color: seriesColor(i) })),
    plot: {
      width,
      height,
      x: { label: 'steps back in time' },
      y: {
        ...(ticks
          ? { type: 'log', tickFormat: '.0e', ticks: ticks.length > mostTicks ? 6 : ticks }
          : { type: 'linear' }),
        label: '‖∂h_T / ∂h_t‖',
        grid: true,
      },
      marks: flows.map(({ norms }, i) =>
        Plot.lineY(
          Array.from(norms, (norm, distance) => ({ distance, norm })).filter(
            ({ norm }) => norm > 0 && Number.isFinite(norm),
          ),
          { x: 'distance', y: 'norm', stroke: seriesColor(i), strokeWidth: 2 },
        ),
      ),
    },
  };
}
