import { seriesColors } from '@throughtime/figures';
import { element } from '@throughtime/web-page';
import { numbers, texts } from './texts/chosen.js';

/** Cells in a row, and their height in CSS pixels. */
const inRow = 64;
const cellHeight = 7;

const [blue, orange] = seriesColors;

/** How many units are named for those who cannot see the strip. */
const named = 3;

/** All units of a network at one place, as a strip of cells: blue below 0, orange above. */
export class UnitStrip {
  readonly #canvas = element('unit-strip', HTMLCanvasElement);
  #units = 0;

  /** @param chosen called with the unit whose cell was clicked, from 0 */
  constructor(chosen: (unit: number) => void) {
    this.#canvas.addEventListener('click', ({ offsetX, offsetY }) => {
      const { clientWidth, clientHeight } = this.#canvas;
      const rows = Math.ceil(this.#units / inRow);
      const column = Math.floor((offsetX / clientWidth) * Math.min(inRow, this.#units));
      const unit = Math.floor((offsetY / clientHeight) * rows) * inRow + column;
      if (unit >= 0 && unit < this.#units) chosen(unit);
    });
  }

  /**
   * @param activations of all units, in [-1, 1]; none at the beginning of a text, where no token was read
   * @param chosen the unit that colors the text, from 0
   */
  show(activations: Float32Array, chosen: number | undefined): void {
    const canvas = this.#canvas;
    this.#units = activations.length;
    canvas.hidden = activations.length === 0;
    if (canvas.hidden) return;
    const columns = Math.min(inRow, activations.length);
    const rows = Math.ceil(activations.length / inRow);
    const scale = 8;
    canvas.width = columns * scale;
    canvas.height = rows * scale;
    canvas.style.height = `${rows * cellHeight}px`;
    const context = canvas.getContext('2d');
    if (!context) return;
    for (const [unit, value] of activations.entries()) {
      const [x, y] = [(unit % inRow) * scale, Math.floor(unit / inRow) * scale];
      context.globalAlpha = Math.min(1, Math.abs(value));
      context.fillStyle = value < 0 ? blue : orange;
      context.fillRect(x, y, scale, scale);
      if (unit !== chosen) continue;
      context.globalAlpha = 1;
      context.strokeStyle = getComputedStyle(canvas).color;
      context.lineWidth = 2;
      context.strokeRect(x + 1, y + 1, scale - 2, scale - 2);
    }
    const strongest = [...activations.keys()]
      .sort((a, b) => Math.abs(activations[b]) - Math.abs(activations[a]))
      .slice(0, named);
    const said = strongest.map((unit) =>
      texts.learned.unitAt(numbers.count(unit + 1), numbers.fixed(activations[unit], 2)),
    );
    canvas.setAttribute('aria-label', texts.learned.strip(said.join(', ')));
  }
}
