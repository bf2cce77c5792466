import { element } from '@throughtime/web-page';
import { numbers, texts } from './texts/chosen.js';

/** A sample of the end of a pass. */
export interface PassSample {
  readonly epoch: number;
  /** Of the pass, on the training text. */
  readonly perplexity: number;
  readonly text: string;
}

/** The samples of a run, pass by pass, to step through, and the latest one, which changes while the network learns. */
export class SampleTimeline {
  readonly #text = element('live-sample', HTMLElement);
  readonly #field = element('timeline', HTMLElement);
  readonly #slider = element('timeline-place', HTMLInputElement);
  readonly #label = element('timeline-label', HTMLOutputElement);
  readonly #before = element('timeline-before', HTMLButtonElement);
  readonly #after = element('timeline-after', HTMLButtonElement);
  /** What the page says where there is no sample. */
  #nothing = this.#text.textContent ?? '';
  #kept: PassSample[] = [];
  #latest: string | undefined;
  /** Of the kept samples; undefined for the latest one. */
  #shown: number | undefined;

  constructor() {
    this.#slider.addEventListener('input', () => this.#goTo(Number(this.#slider.value)));
    this.#before.addEventListener('click', () => this.#goTo(this.#position - 1));
    this.#after.addEventListener('click', () => this.#goTo(this.#position + 1));
  }

  /** @param nothing what is said until the first sample comes */
  clear(nothing: string): void {
    this.#nothing = nothing;
    this.#kept = [];
    this.#latest = undefined;
    this.#shown = undefined;
    this.#draw();
  }

  /** The latest sample. Someone who looks at an earlier one continues seeing that. */
  show(text: string): void {
    this.#latest = text;
    this.#draw();
  }

  keep(sample: PassSample): void {
    this.#kept.push(sample);
    this.#draw();
  }

  get #position(): number {
    return this.#shown ?? this.#kept.length;
  }

  #goTo(position: number): void {
    this.#shown = position >= 0 && position < this.#kept.length ? position : undefined;
    this.#draw();
  }

  #draw(): void {
    const kept = this.#shown === undefined ? undefined : this.#kept[this.#shown];
    this.#text.textContent = kept?.text ?? this.#latest ?? this.#nothing;
    this.#field.hidden = this.#kept.length === 0;
    this.#slider.max = String(this.#kept.length);
    this.#slider.value = String(this.#position);
    const said = kept
      ? texts.play.afterPass(numbers.count(kept.epoch), numbers.fixed(kept.perplexity, 2))
      : texts.play.now;
    this.#label.value = said;
    this.#slider.setAttribute('aria-valuetext', said);
    this.#before.disabled = this.#position === 0;
    this.#after.disabled = kept === undefined;
  }
}
