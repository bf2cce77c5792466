import { type Figure, type FigureSize, renderFigure } from '@throughtime/figures';
import { created, drawInFrame, framesDrawn } from '@throughtime/web-page';

/** What a chart says of a place that is pointed at: the time that is nearest, and the values there. */
export type ReadAt = (
  time: number | Date,
) => { readonly time: number | Date; readonly text: string } | undefined;

export interface FigureViewOptions {
  /** In pixels. Default 280. */
  readonly height?: number;
  /** Called with the times between which someone dragged, or with none after a double click. Default: the figure does not zoom. */
  readonly onZoom?: (times?: readonly [number | Date, number | Date]) => void;
}

/** Plot's chart maps times to pixels and back. */
interface Scaled extends SVGSVGElement {
  scale?(
    name: 'x',
  ):
    | { apply(time: number | Date): number; invert?(pixel: number): number | Date; range?: readonly number[] }
    | undefined;
}

/** Figures that are further from the window than it is high wait until they come near: a phone has room for two of six. */
const near = { rootMargin: '100% 0px' };

/** Pixels that a pointer has to move to have dragged. */
const leastDrag = 8;

/** A place on the page for a figure: as wide as there is room, drawn again when that changes, and read by pointing at it. */
export class FigureView {
  readonly #container: HTMLElement;
  readonly #height: number;
  readonly #onZoom: FigureViewOptions['onZoom'];
  readonly #rule = created('div', { className: 'pointer-rule' });
  readonly #readout = created('div', { className: 'readout' });
  #figureOf: ((size: FigureSize) => Figure) | undefined;
  #readAt: ReadAt | undefined;
  #width = 0;
  #isNear = false;
  readonly #looked: Promise<void>;
  /** Drawn, but not on the page yet. */
  #drawn: Element | undefined;
  #dragFrom: number | undefined;

  constructor(container: HTMLElement, { height = 280, onZoom }: FigureViewOptions = {}) {
    this.#container = container;
    this.#height = height;
    this.#onZoom = onZoom;
    // The description and the tables say what they show, too.
    for (const shown of [this.#rule, this.#readout]) {
      shown.hidden = true;
      shown.setAttribute('aria-hidden', 'true');
    }
    new ResizeObserver(() => this.#drawWhereDue()).observe(container);
    this.#looked = new Promise((resolve) => {
      new IntersectionObserver((changes) => {
        this.#isNear = changes[changes.length - 1].isIntersecting;
        this.#drawWhereDue();
        resolve();
      }, near).observe(container);
    });
    // Paper has no far end.
    addEventListener('beforeprint', () => {
      if (this.#isDue) this.#make();
      this.#place();
    });
    container.addEventListener('pointermove', (event) => this.#point(event));
    container.addEventListener('pointerleave', () => this.#hide());
    if (onZoom !== undefined) this.#followDrags();
  }

  /** Drawn soon, or once it comes near; the figure is made then, so that what is replaced before costs nothing. */
  show(figureOf: (size: FigureSize) => Figure, readAt?: ReadAt): void {
    this.#figureOf = figureOf;
    this.#readAt = readAt;
    if (this.#isNear) {
      drawInFrame(this.#draw);
      return;
    }
    // An old figure would be wrong, and nobody sees that there is none.
    this.#drawn = undefined;
    this.#container.replaceChildren(this.#rule, this.#readout);
  }

  /** Resolves once the figure is on the page, unless it is far from the window. */
  async drawn(): Promise<void> {
    await this.#looked;
    await framesDrawn();
  }

  /** Takes the figure away and puts something in its place. */
  replace(content: Node): void {
    this.#figureOf = undefined;
    this.#readAt = undefined;
    this.#drawn = undefined;
    this.#container.replaceChildren(content);
  }

  /** The time at a place of the screen; undefined while there is no chart. */
  timeAt(clientX: number): number | Date | undefined {
    const svg = this.#svg;
    const box = svg?.getBoundingClientRect();
    if (svg === null || box === undefined || box.width === 0) return undefined;
    const pixel = ((clientX - box.left) * svg.viewBox.baseVal.width) / box.width;
    return svg.scale?.('x')?.invert?.(pixel);
  }

  get #svg(): Scaled | null {
    return this.#container.querySelector<Scaled>('svg');
  }

  #point({ clientX, pointerType, buttons }: PointerEvent): void {
    const time = this.timeAt(clientX);
    const said =
      time === undefined || (pointerType !== 'mouse' && buttons === 0) ? undefined : this.#readAt?.(time);
    const svg = this.#svg;
    if (said === undefined || svg === null) {
      this.#hide();
      return;
    }
    const scaled = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const x = (svg.scale?.('x')?.apply(said.time) ?? 0) * scaled;
    const [low = 0, high = 0] = svg.scale?.('x')?.range ?? [];
    if (x < low * scaled - 1 || x > high * scaled + 1) {
      this.#hide();
      return;
    }
    this.#rule.style.left = `${x}px`;
    this.#readout.textContent = said.text;
    const isRight = x > this.#container.clientWidth / 2;
    this.#readout.style.left = isRight ? '' : `${x + 10}px`;
    this.#readout.style.right = isRight ? `${this.#container.clientWidth - x + 10}px` : '';
    this.#rule.hidden = this.#readout.hidden = false;
  }

  #hide(): void {
    this.#rule.hidden = this.#readout.hidden = true;
  }

  #followDrags(): void {
    const container = this.#container;
    const brush = created('div', { className: 'brush' });
    const left = () => container.getBoundingClientRect().left;
    container.addEventListener('pointerdown', ({ button, clientX, pointerId, target }) => {
      if (button !== 0 || this.#readAt === undefined) return;
      this.#dragFrom = clientX;
      (target as Element).setPointerCapture?.(pointerId);
    });
    container.addEventListener('pointermove', ({ clientX }) => {
      if (this.#dragFrom === undefined || Math.abs(clientX - this.#dragFrom) < leastDrag) return;
      brush.style.left = `${Math.min(clientX, this.#dragFrom) - left()}px`;
      brush.style.width = `${Math.abs(clientX - this.#dragFrom)}px`;
      container.append(brush);
    });
    const end = () => {
      brush.remove();
      this.#dragFrom = undefined;
    };
    container.addEventListener('pointerup', ({ clientX }) => {
      const from = this.#dragFrom;
      end();
      if (from === undefined || Math.abs(clientX - from) < leastDrag) return;
      const times = [Math.min(from, clientX), Math.max(from, clientX)].map((x) => this.timeAt(x));
      if (times[0] !== undefined && times[1] !== undefined) this.#onZoom?.([times[0], times[1]]);
    });
    container.addEventListener('pointercancel', end);
    container.addEventListener('dblclick', () => this.#onZoom?.());
  }

  /** Whether there is a figure that is not drawn, or was drawn for another width. */
  get #isDue(): boolean {
    const isThere = this.#drawn !== undefined || this.#svg !== null;
    const isDrawn = isThere && Math.round(this.#container.clientWidth) === this.#width;
    return this.#figureOf !== undefined && !isDrawn;
  }

  #drawWhereDue(): void {
    if (this.#isNear && this.#isDue) drawInFrame(this.#draw);
  }

  // Drawing a figure and laying it out take about as long: each gets a frame of its own.
  readonly #draw = (): void => {
    this.#make();
    if (this.#drawn !== undefined) drawInFrame(this.#place);
  };

  #make(): void {
    this.#width = Math.round(this.#container.clientWidth);
    if (this.#figureOf === undefined || this.#width === 0) return;
    this.#drawn = renderFigure(this.#figureOf({ width: Math.max(240, this.#width), height: this.#height }));
  }

  readonly #place = (): void => {
    if (this.#drawn !== undefined) this.#container.replaceChildren(this.#drawn, this.#rule, this.#readout);
    this.#hide();
    this.#drawn = undefined;
  };
}
