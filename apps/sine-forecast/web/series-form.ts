import { created, element } from '@throughtime/web-page';
import type { ShownSeries } from './protocol.js';
import { texts } from './texts/chosen.js';

/** The part of the form that depends on which series is chosen and what it holds. */
export class SeriesForm {
  readonly source = element('source', HTMLSelectElement);
  readonly #column = element('column', HTMLSelectElement);
  readonly #columnField = element('column-field', HTMLDivElement);
  readonly #notes = element('series-notes', HTMLUListElement);

  #wanted: string | undefined;

  /** @param onColumn called when another column of the same series is chosen */
  constructor(onColumn: () => void) {
    this.#column.addEventListener('change', onColumn);
  }

  /** The column chosen, where there is a choice. */
  get column(): string | undefined {
    return this.#columnField.hidden ? this.#wanted : this.#column.value;
  }

  /** Another series, whose columns are not known yet. Default: whichever comes first is wanted. */
  showSource(wanted?: string): void {
    this.#wanted = wanted;
    const sine = element('sine-settings', HTMLFieldSetElement);
    sine.hidden = this.source.value !== 'sine';
    // A hidden control must not keep the form from being sent.
    sine.disabled = sine.hidden;
    element('file-settings', HTMLDivElement).hidden = this.source.value !== 'file';
    this.#columnField.hidden = true;
  }

  clearNotes(): void {
    this.#notes.replaceChildren();
  }

  showSeries({ columns, column, notes }: ShownSeries): void {
    this.#column.replaceChildren(...columns.map((name) => new Option(name, name, false, name === column)));
    this.#columnField.hidden = columns.length < 2;
    this.#wanted = undefined;
    this.#notes.replaceChildren(...notes.map((note) => created('li', { text: texts.note(note) })));
  }
}
