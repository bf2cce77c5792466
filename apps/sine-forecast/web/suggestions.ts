import { element } from '@throughtime/web-page';
import type { ModelName, SuggestedSettings } from './protocol.js';

/** Controls that are filled in with what suits series and model. */
const filled = ['share', 'lags', 'hidden', 'epochs', 'rate'] as const;

/** Fills in what suits the series and the model, except where someone has put something else. */
export class Suggestions {
  readonly #button = element('suggested', HTMLButtonElement);
  readonly #touched = new Set<string>();

  /** @param onReset called when all are to be as suggested again */
  constructor(onReset: () => void) {
    this.#button.addEventListener('click', () => {
      this.touch([]);
      onReset();
    });
  }

  /** Typed text stays. */
  typed(name: string): void {
    if (!(filled as readonly string[]).includes(name)) return;
    this.#touched.add(name);
    this.#button.hidden = false;
  }

  /** Those that a link or a story sets, and no others, are kept from now on. */
  touch(names: readonly string[]): void {
    this.#touched.clear();
    this.#button.hidden = true;
    for (const name of names) this.typed(name);
  }

  fill({ series, models }: SuggestedSettings, model: ModelName): void {
    for (const [name, value] of Object.entries({ ...series, ...models[model] }))
      if (!this.#touched.has(name)) element(name, HTMLInputElement).value = value;
    // A linear model has none: what does nothing cannot be set.
    element('hidden', HTMLInputElement).disabled = model === 'linear';
  }
}
