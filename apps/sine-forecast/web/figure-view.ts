import { type Figure, type FigureSize, renderFigure } from '@throughtime/figures';
import { drawInFrame } from '@throughtime/web-page';

/** A place on the page for a figure: as wide as there is room, and drawn again when that changes. */
export class FigureView {
  readonly #container: HTMLElement;
  readonly #height: number;
  #figureOf: ((size: FigureSize) => Figure) | undefined;
  #width = 0;
  /** Drawn, but not on the page yet. */
  #drawn: Element | undefined;

  constructor(container: HTMLElement, { height = 280 }: { readonly height?: number } = {}) {
    this.#container = container;
    this.#height = height;
    new ResizeObserver(() => {
      if (this.#figureOf !== undefined && Math.round(container.clientWidth) !== this.#width)
        drawInFrame(this.#draw);
    }).observe(container);
  }

  /** Drawn soon; the figure is made then, so that what is replaced before costs nothing. */
  show(figureOf: (size: FigureSize) => Figure): void {
    this.#figureOf = figureOf;
    drawInFrame(this.#draw);
  }

  /** Takes the figure away and puts something in its place. */
  replace(content: Node): void {
    this.#figureOf = undefined;
    this.#drawn = undefined;
    this.#container.replaceChildren(content);
  }

  /** What is drawn now. */
  get svg(): SVGSVGElement | null {
    return this.#container.querySelector('svg');
  }

  // Drawing a figure and laying it out take about as long: each gets a frame of its own.
  readonly #draw = (): void => {
    this.#width = Math.round(this.#container.clientWidth);
    if (this.#figureOf === undefined || this.#width === 0) return;
    this.#drawn = renderFigure(this.#figureOf({ width: Math.max(240, this.#width), height: this.#height }));
    drawInFrame(this.#place);
  };

  readonly #place = (): void => {
    if (this.#drawn !== undefined) this.#container.replaceChildren(this.#drawn);
    this.#drawn = undefined;
  };
}
