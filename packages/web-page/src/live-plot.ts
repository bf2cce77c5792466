import uPlot from 'uplot';
import type { LiveCurveOptions } from './live-curve-options.js';

/** A canvas has the colors of the moment in which it was drawn. */
const darkness = matchMedia('(prefers-color-scheme: dark)');

/** The drawing of a live curve, which is as wide as its container and follows a switch to dark. */
export class LivePlot {
  readonly #plot: uPlot;

  /** @param columns the horizontal places, then a column for each line */
  constructor(container: HTMLElement, options: LiveCurveOptions, columns: LiveColumns) {
    this.#plot = new uPlot(plotOptions(container, options), dataOf(columns), container);
    new ResizeObserver(() => this.#plot.setSize(sizeOf(container))).observe(container);
    // Strokes are looked up when paths are drawn; setData alone draws nothing where the data are the same.
    darkness.addEventListener('change', () => this.#plot.redraw(false, true));
  }

  draw(columns: LiveColumns): void {
    this.#plot.setData(dataOf(columns));
  }
}

type LiveColumns = readonly (readonly (number | null)[])[];

function dataOf(columns: LiveColumns): uPlot.AlignedData {
  return columns as unknown as uPlot.AlignedData;
}

function sizeOf(container: HTMLElement): { width: number; height: number } {
  return { width: Math.max(200, container.clientWidth), height: 180 };
}

function plotOptions(container: HTMLElement, options: LiveCurveOptions): uPlot.Options {
  const { title, horizontalLabel, lines, logarithmic = true } = options;
  // A canvas cannot use currentColor: the page's own colors are looked up at each drawing, for they follow the system's.
  const style = getComputedStyle(container);
  const grid = { stroke: () => style.getPropertyValue('--line'), width: 1 };
  const axis = { stroke: () => style.color, grid, ticks: grid, font: '12px system-ui, sans-serif' };
  return {
    ...sizeOf(container),
    title,
    cursor: { show: false },
    legend: { show: lines.length > 1, live: false },
    scales: { x: { time: false }, y: logarithmic ? { distr: 3 } : {} },
    axes: [
      // Epochs and updates are whole.
      { ...axis, label: horizontalLabel, labelSize: 18, size: 34, incrs: wholeSteps },
      logarithmic
        ? {
            ...axis,
            grid: { ...grid, filter: roundOnly },
            ticks: { ...grid, filter: roundOnly },
            filter: roundOnly,
            size: 52,
          }
        : { ...axis, size: 52 },
    ],
    series: [
      { label: horizontalLabel },
      ...lines.map(({ label, color, darkColor = color }) => ({
        label,
        stroke: () => (darkness.matches ? darkColor : color),
        width: 2,
        // A line of one point is none.
        points: { show: ({ data }: uPlot) => data[0].length === 1, size: 6 },
      })),
    ],
  };
}

const wholeSteps = Array.from({ length: 9 }, (_, power) =>
  [1, 2, 5].map((digit) => digit * 10 ** power),
).flat();

/**
 * Lines of a logarithmic axis at 1, 2 and 5 of each power of ten, or at the powers alone where there are many. A range so narrow that it
 * has not two of these keeps all.
 */
const roundOnly: uPlot.Axis.Filter = ({ scales: { y } }, values) => {
  const { min = 1, max = 1 } = y;
  const digits = max! / min! <= 100 ? '125' : '1';
  const round = values.map((value) => (digits.includes(value.toExponential()[0]) ? value : null));
  return round.filter((value) => value !== null).length < 2 ? values : round;
};
