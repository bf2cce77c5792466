import { checkOptions } from '@throughtime/errors';
import { drawInFrame } from './frame-queue.js';
import { type LiveCurveOptions, liveCurveChecks } from './live-curve-options.js';
import type { LivePlot } from './live-plot.js';

/** Beyond this many points every second one is dropped, so that a long run neither slows nor fills the page. */
const mostPoints = 2000;

/**
 * A curve that grows while something runs. Points may come as fast as they like: it is drawn at most once per frame, alone, and only
 * while it can be seen. Its last values are kept in the element's label for screen readers.
 */
export class LiveCurve {
  readonly #options: LiveCurveOptions;
  readonly #container: HTMLElement;
  readonly #observer: IntersectionObserver;
  #columns: (number | null)[][];
  readonly #redraw = () => this.#draw();
  /** What draws is loaded when there is something to draw that someone sees. */
  #plot: LivePlot | undefined;
  #loading: Promise<void> | undefined;
  #isSeen = false;
  #every = 1;
  #pushed = 0;

  constructor(container: HTMLElement, options: LiveCurveOptions) {
    checkOptions<LiveCurveOptions>(options, liveCurveChecks);
    this.#container = container;
    this.#options = options;
    this.#columns = this.#empty();
    container.classList.add('live-curve');
    container.setAttribute('role', 'img');
    this.#describe();
    this.#observer = new IntersectionObserver((entries) => {
      this.#isSeen = entries.at(-1)?.isIntersecting ?? false;
      if (this.#isSeen) drawInFrame(this.#redraw);
    });
    this.#observer.observe(container);
    // On paper, all can be seen.
    addEventListener('beforeprint', () => this.#plot?.draw(this.#columns));
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

  #empty(): (number | null)[][] {
    return Array.from({ length: this.#options.lines.length + 1 }, () => []);
  }

  #draw(): void {
    this.#describe();
    if (!this.#isSeen) return;
    if (this.#plot !== undefined) this.#plot.draw(this.#columns);
    else if (this.#columns[0].length > 0) this.#loading ??= this.#load();
  }

  async #load(): Promise<void> {
    try {
      const { LivePlot } = await import('./live-plot.js');
      drawInFrame(() => {
        this.#plot = new LivePlot(this.#container, this.#options, this.#columns);
      });
    } catch {
      // Off the network, before the page's files were kept: the next point tries again.
      this.#loading = undefined;
    }
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
