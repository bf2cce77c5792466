import { seriesColors } from '@throughtime/figures';
import { created } from '@throughtime/web-page';
import { clusterStarts } from './clusters.js';

/** Mixed into the background, at most this much: the text stays readable on it. */
const strongest = 45;

const [blue, orange] = seriesColors;

export interface ColoredTextOptions {
  /** Called with a place that someone points at. */
  readonly pointed: (place: number) => void;
  /** Called with a place that someone clicks or taps. */
  readonly chosen?: (place: number) => void;
}

/** A text whose tokens have places, which can be pointed at, and colors. */
export class ColoredText {
  readonly #text: HTMLElement;
  #spans: HTMLElement[] = [];

  constructor(text: HTMLElement, { pointed, chosen = pointed }: ColoredTextOptions) {
    this.#text = text;
    const listen = (type: 'pointerover' | 'click', tell: (place: number) => void) =>
      text.addEventListener(type, ({ target }) => {
        if (target instanceof HTMLElement && target.dataset.place !== undefined)
          tell(Number(target.dataset.place));
      });
    listen('pointerover', pointed);
    listen('click', chosen);
  }

  /** A text that is being written: it has no places yet. */
  begin(prompt: string): void {
    this.#spans = [];
    this.#text.replaceChildren(
      ...(prompt === '' ? [] : [created('span', { className: 'prompt', text: prompt })]),
    );
  }

  append(text: string): void {
    this.#text.append(text);
  }

  /** @param given how many of the pieces were given, not written by the model */
  show(pieces: readonly string[], given: number): void {
    const starts = clusterStarts(pieces);
    this.#spans = [];
    for (const [i, piece] of pieces.entries()) {
      const before = this.#spans.at(-1);
      if (before && !starts[i]) {
        // A sign that joins the one before it can be pointed at only together with it.
        before.append(piece);
        this.#spans.push(before);
        continue;
      }
      const span = created('span', { text: piece, ...(i < given && { className: 'prompt' }) });
      span.dataset.place = String(i);
      this.#spans.push(span);
    }
    // The place after the last token, where the text would continue.
    const end = created('span', { text: '\u00a0' });
    end.dataset.place = String(pieces.length);
    this.#spans.push(end);
    this.#text.replaceChildren(...new Set(this.#spans));
  }

  /** The element at a place; undefined where there is none. */
  at(place: number): HTMLElement | undefined {
    return this.#spans[place];
  }

  /** Marks the one place that is looked at. */
  mark(place: number): void {
    this.#text.querySelector('.here')?.classList.remove('here');
    this.#spans[place]?.classList.add('here');
  }

  /** @param colorOf a place's value: blue below 0, orange above, in [-1, 1]; undefined for none */
  paint(colorOf: (place: number) => number | undefined): void {
    for (const [place, span] of this.#spans.entries()) {
      const value = colorOf(place);
      span.style.backgroundColor = value === undefined ? '' : tint(value);
    }
  }
}

/** Blue below 0, orange above. */
export function tint(value: number): string {
  const share = Math.round(Math.min(1, Math.abs(value)) * strongest);
  return `color-mix(in srgb, ${value < 0 ? blue : orange} ${share}%, transparent)`;
}

/** Surprise at a token, in bits, as a color's value. Eight, one chance in 256, is as unexpected as it gets. */
export function surpriseOf(bits: number): number {
  return Math.min(1, bits / 8);
}

/** A box of a color, for a legend. */
export function swatch(value: number): HTMLElement {
  const box = created('span', { className: 'swatch' });
  box.style.backgroundColor = tint(value);
  return box;
}
