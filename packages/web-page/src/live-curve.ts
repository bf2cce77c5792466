import { boolean, checkOptions, list, type OptionChecks, record, required, text } from '@throughtime/errors';
import uPlot from 'uplot';
import { drawInFrame, forgetDrawing } from './frame-queue.js';

export interface LiveCurveLine {
  readonly label: string;
  readonly color: string;
  /** Its color on a dark page, where it needs to be lighter to be seen as well. Default: the same. */
  readonly darkColor?: string;
}

export interface LiveCurveOptions {
  /** Names the chart, for everyone: it is drawn on a canvas. */
  readonly title: string;
  /** What the horizontal axis counts: 'step', 'epoch'. */
  readonly horizontalLabel: string;
  readonly lines: readonly LiveCurveLine[];
  /** Logarithmic by default: perplexities and norms change by factors. */
  readonly logarithmic?: boolean;
  /** What is said of a line without points. Default: 'none yet'. */
  readonly none?: string;
  /** What stands in place of a curve that has not begun. Default: 'drawn while a model trains'. */
  readonly empty?: string;
}

const curveChecks: OptionChecks<LiveCurveOptions> = {
  title: required(text),
  horizontalLabel: required(text),
  lines: required(
    list(record<LiveCurveLine>({ label: required(text), color: required(text), darkColor: text })),
  ),
  logarithmic: boolean,
  none: text,
  empty: text,
};

/** A canvas has the colors of the moment in which it was drawn. Workers have none to draw on. */
const darkness = typeof matchMedia === 'undefined' ? undefined : matchMedia('(prefers-color-scheme: dark)');

/** Beyond this many points every second one is dropped, so that a long run neither slows nor fills the page. */
const mostPoints = 2000;

/**
 * A curve that grows while something runs. Points may come as fast as they like: it is drawn at most once per frame, alone, and
 * its last values are kept in the element's label for screen readers.
 */
export class LiveCurve {
  readonly #options: LiveCurveOptions;
  readonly #container: HTMLElement;
  readonly #plot: uPlot;
  readonly #observer: ResizeObserver;
  #columns: (number | null)[][];
  readonly #redraw = () => this.#draw();
  // Strokes are looked up when paths are drawn; setData alone draws nothing where the data are the same.
  readonly #recolor = () => this.#plot.redraw(false, true);
  #every = 1;
  #pushed = 0;

  constructor(container: HTMLElement, options: LiveCurveOptions) {
    checkOptions<LiveCurveOptions>(options, curveChecks);
    this.#container = container;
    this.#options = options;
    this.#columns = this.#empty();
    container.setAttribute('role', 'img');
    this.#plot = new uPlot(plotOptions(container, options), this.#data(), container);
    this.#describe();
    this.#observer = new ResizeObserver(() => this.#plot.setSize(sizeOf(container)));
    this.#observer.observe(container);
    darkness?.addEventListener('change', this.#recolor);
  }

  /** Adds a point to every line; null where a line has none here. */
  push(at: number, values: readonly (number | null)[]): void {
    this.#pushed++;
    if (this.#pushed % this.#every !== 0) return;
    this.#columns[0].push(at);
    values.forEach((value, i) => {
      this.#columns[i + 1].push(value !== null && Number.isFinite(value) ? value : null);
    });
    if (this.#columns[0].length > mostPoints) {
      this.#columns = this.#columns.map((column) => column.filter((_, i) => i % 2 === 0));
      this.#every *= 2;
    }
    drawInFrame(this.#redraw);
  }

  clear(): void {
    this.#columns = this.#empty();
    this.#every = 1;
    this.#pushed = 0;
    drawInFrame(this.#redraw);
  }

  destroy(): void {
    forgetDrawing(this.#redraw);
    this.#observer.disconnect();
    darkness?.removeEventListener('change', this.#recolor);
    this.#plot.destroy();
  }

  #empty(): (number | null)[][] {
    return Array.from({ length: this.#options.lines.length + 1 }, () => []);
  }

  #data(): uPlot.AlignedData {
    return this.#columns as unknown as uPlot.AlignedData;
  }

  #draw(): void {
    this.#plot.setData(this.#data());
    this.#describe();
  }

  #describe(): void {
    const { title, lines, none = 'none yet', empty = 'drawn while a model trains' } = this.#options;
    const last = lines.map(({ label }, i) => {
      const value = this.#columns[i + 1].at(-1);
      return value === null || value === undefined
        ? `${label}: ${none}`
        : `${label}: ${value.toPrecision(3)}`;
    });
    if (this.#columns[0].length === 0) this.#container.dataset.empty = empty;
    else delete this.#container.dataset.empty;
    this.#container.setAttribute('aria-label', `${title}. ${last.join(', ')}`);
  }
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
        stroke: () => (darkness?.matches ? darkColor : color),
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
