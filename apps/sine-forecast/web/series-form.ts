import { element } from './elements.js';
import type { OpenedSeries } from './protocol.js';

/** The part of the form that depends on which series is chosen and what it holds. */
export class SeriesForm {
  readonly source = element('source', HTMLSelectElement);
  readonly #column = element('column', HTMLSelectElement);
  readonly #columnField = element('column-field', HTMLDivElement);
  readonly #notes = element('series-notes', HTMLUListElement);

  /** @param onColumn called when another column of the same series is chosen */
  constructor(onColumn: () => void) {
    this.#column.addEventListener('change', onColumn);
  }

  /** The column chosen, where there is a choice. */
  get column(): string | undefined {
    return this.#columnField.hidden ? undefined : this.#column.value;
  }

  /** Another series: its columns are not known yet. */
  showSource(): void {
    element('sine-settings', HTMLDivElement).hidden = this.source.value !== 'sine';
    element('file-settings', HTMLDivElement).hidden = this.source.value !== 'file';
    this.#columnField.hidden = true;
  }

  showSeries({ columns, column, notes }: OpenedSeries): void {
    this.#column.replaceChildren(...columns.map((name) => new Option(name, name, false, name === column)));
    this.#columnField.hidden = columns.length < 2;
    this.#notes.replaceChildren(
      ...notes.map((note) => {
        const item = document.createElement('li');
        item.textContent = note;
        return item;
      }),
    );
  }
}
