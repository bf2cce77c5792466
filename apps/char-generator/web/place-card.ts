import { element } from '@throughtime/web-page';

/** Pixels between a character and its card. */
const gap = 6;

/**
 * What the model thought at a place of the text, on a card beside the character. It shows while someone points at the text, and
 * stays when they click, tap, or move along the text by keyboard, until Escape or a click elsewhere.
 */
export class PlaceCard {
  readonly #card = element('place-card', HTMLElement);
  readonly #area = element('reading-area', HTMLElement);
  readonly #text = element('written', HTMLElement);
  #pinned: number | undefined;
  #anchor: HTMLElement | undefined;

  constructor() {
    this.#text.addEventListener('pointerleave', () => {
      if (this.#pinned === undefined) this.hide();
    });
    document.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.hide();
    });
    document.addEventListener('pointerdown', ({ target }) => {
      const inside = target instanceof Element && target.closest('#reading-area, #inspection');
      if (!inside) this.hide();
    });
    // A wrapped line or a turned phone moves the character.
    new ResizeObserver(() => this.#place()).observe(this.#area);
  }

  /** Whether the card stays at a place whatever is pointed at. */
  get pinned(): boolean {
    return this.#pinned !== undefined;
  }

  /** Shows the card at a character. */
  show(anchor: HTMLElement): void {
    this.#anchor = anchor;
    this.#card.hidden = false;
    this.#place();
  }

  /** Keeps the card where it is; a second time at the same place hides it. */
  pin(place: number): void {
    if (this.#pinned === place) this.hide();
    else {
      this.#pinned = place;
      this.#card.classList.add('pinned');
    }
  }

  hide(): void {
    this.#pinned = undefined;
    this.#card.classList.remove('pinned');
    this.#card.hidden = true;
  }

  #place(): void {
    const anchor = this.#anchor;
    if (!anchor || this.#card.hidden) return;
    const area = this.#area.getBoundingClientRect();
    // A token at the end of a line may have a part on each line: the card belongs to the first.
    const [character = anchor.getBoundingClientRect()] = anchor.getClientRects();
    const { width, height } = this.#card.getBoundingClientRect();
    const left = Math.max(0, Math.min(character.left - area.left, area.width - width));
    const below = character.bottom + gap;
    const above = character.top - gap - height;
    const top = below + height > innerHeight && above > 0 ? above : below;
    this.#card.style.left = `${left}px`;
    this.#card.style.top = `${top - area.top}px`;
  }
}
