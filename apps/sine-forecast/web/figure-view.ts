import { type Figure, type FigureSize, renderFigure } from '@throughtime/figures';

const waiting = new Set<FigureView>();

/** One figure a frame: several at once would keep the page from answering. */
function drawNext(): void {
  const [next] = waiting;
  if (next === undefined) return;
  waiting.delete(next);
  next.draw();
  if (waiting.size > 0) requestAnimationFrame(drawNext);
}

/** A place on the page for a figure: as wide as there is room, drawn anew when that changes. */
export class FigureView {
  readonly #container: HTMLElement;
  readonly #height: number;
  #figureOf: ((size: FigureSize) => Figure) | undefined;
  #width = 0;

  constructor(container: HTMLElement, { height = 280 }: { readonly height?: number } = {}) {
    this.#container = container;
    this.#height = height;
    new ResizeObserver(() => {
      if (this.#figureOf !== undefined && Math.round(container.clientWidth) !== this.#width) this.#request();
    }).observe(container);
  }

  /** Drawn soon, in a frame of its own; the figure is made then, so that what is replaced before costs nothing. */
  show(figureOf: (size: FigureSize) => Figure): void {
    this.#figureOf = figureOf;
    this.#request();
  }

  /** Takes the figure away and puts something in its place. */
  replace(content: Node): void {
    this.#figureOf = undefined;
    this.#container.replaceChildren(content);
  }

  /** What is drawn now. */
  get svg(): SVGSVGElement | null {
    return this.#container.querySelector('svg');
  }

  /** Called by the queue. */
  draw(): void {
    this.#width = Math.round(this.#container.clientWidth);
    if (this.#figureOf === undefined || this.#width === 0) return;
    const figure = this.#figureOf({ width: Math.max(240, this.#width), height: this.#height });
    this.#container.replaceChildren(renderFigure(figure));
  }

  #request(): void {
    if (waiting.size === 0) requestAnimationFrame(drawNext);
    waiting.add(this);
  }
}
