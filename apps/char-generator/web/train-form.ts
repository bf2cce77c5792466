import { readSettings, type Settings, writeSettings } from '@throughtime/web-page';
import { defaultLearningRates, type TrainSettings } from '../src/training/train-settings.js';

/** The settings form: what `generate train` calls the same. */
export class TrainForm {
  readonly #form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    form.addEventListener('submit', (event) => event.preventDefault());
    const { optimizer, lr } = this.#controls();
    // Each rule has rates that work; keeping plain descent's for Adam would blow up.
    optimizer.addEventListener('change', () => {
      lr.value = String(defaultLearningRates[optimizer.value as TrainSettings['optimizer']]);
    });
  }

  /** Shows what is wrong with a setting, if anything is. */
  check(): boolean {
    const { lr } = this.#controls();
    const hidden = this.#form.querySelector<HTMLDetailsElement>('details:has(:invalid)');
    if (hidden) hidden.open = true;
    lr.setCustomValidity('');
    return this.#form.reportValidity();
  }

  /** As text: what a link carries. */
  get shared(): Settings {
    return readSettings(this.#form);
  }

  get settings(): Partial<TrainSettings> {
    const text = this.shared;
    const number = (name: string) => Number(text[name]);
    return {
      corpus: text.corpus,
      cell: text.cell as TrainSettings['cell'],
      hidden: number('hidden'),
      layers: number('layers'),
      epochs: number('epochs'),
      optimizer: text.optimizer as TrainSettings['optimizer'],
      lr: number('lr'),
      // Whoever watches stops and goes on at will; a falling rate would have to know the end.
      schedule: 'constant',
      steps: number('steps'),
      batch: number('batch'),
      clip: number('clip'),
      dropout: number('dropout'),
      seed: number('seed'),
    };
  }

  /** @returns the names of settings that the form would not take */
  fill(settings: Settings): string[] {
    return writeSettings(this.#form, settings).map(({ name }) => name);
  }

  #controls() {
    const control = (name: string) =>
      this.#form.elements.namedItem(name) as HTMLInputElement & HTMLSelectElement;
    return { optimizer: control('optimizer'), lr: control('lr') };
  }
}
