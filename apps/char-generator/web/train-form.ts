import { readSettings, type Settings, writeSettings } from '@throughtime/web-page';
import { completeSettings, pageRecipe, type TrainSettings } from '../src/core/settings.js';
import type { TextReading } from './worker/protocol.js';

/** The settings form. Its fields are named after the options of `generate train`, its defaults are those of the page's recipe. */
export class TrainForm {
  readonly #form: HTMLFormElement;

  constructor(form: HTMLFormElement) {
    this.#form = form;
    form.addEventListener('submit', (event) => event.preventDefault());
    this.show(completeSettings({}, pageRecipe));
    const { optimizer, schedule, lr } = this.#controls();
    // Each rule has rates that work; keeping plain descent's for Adam would blow up.
    optimizer.addEventListener('change', () => {
      const chosen = completeSettings({ optimizer: optimizer.value as TrainSettings['optimizer'] });
      schedule.value = chosen.schedule;
      lr.value = String(chosen.lr);
    });
    schedule.addEventListener('change', () => {
      lr.value = String(completeSettings(this.#withoutRate()).lr);
    });
  }

  /** Shows what is wrong with a setting, if anything is. */
  check(): boolean {
    const hidden = this.#form.querySelector<HTMLDetailsElement>('details:has(:invalid)');
    if (hidden) hidden.open = true;
    return this.#form.reportValidity();
  }

  /** As text: what a link carries. */
  get shared(): Settings {
    return readSettings(this.#form);
  }

  /** How the text is read. */
  get reading(): TextReading {
    const { tokens, clean } = readSettings(this.#form);
    return { tokens, clean } as TextReading;
  }

  /** Everything that decides what a run computes: what the form does not ask is as the recipe has it. */
  get settings(): TrainSettings {
    const text = this.shared;
    const number = (name: string) => Number(text[name]);
    return completeSettings(
      {
        ...this.#withoutRate(),
        corpus: text.corpus,
        ...this.reading,
        cell: text.cell as TrainSettings['cell'],
        hiddenSize: number('hidden'),
        layers: number('layers'),
        epochs: number('epochs'),
        lr: number('lr'),
        steps: number('steps'),
        batch: number('batch'),
        clip: number('clip'),
        dropout: number('dropout'),
        seed: number('seed'),
      },
      pageRecipe,
    );
  }

  /** Fills in the settings of a run. */
  show({ hiddenSize, ...settings }: TrainSettings): void {
    const values = Object.entries({ ...settings, hidden: hiddenSize });
    this.fill(Object.fromEntries(values.map(([name, value]) => [name, String(value)])));
  }

  /** @returns the names of settings that the form would not take */
  fill(settings: Settings): string[] {
    return writeSettings(this.#form, settings).map(({ name }) => name);
  }

  #withoutRate(): Pick<TrainSettings, 'optimizer' | 'schedule'> {
    const { optimizer, schedule } = this.#controls();
    return {
      optimizer: optimizer.value as TrainSettings['optimizer'],
      schedule: schedule.value as TrainSettings['schedule'],
    };
  }

  #controls() {
    const control = (name: string) =>
      this.#form.elements.namedItem(name) as HTMLInputElement & HTMLSelectElement;
    return { optimizer: control('optimizer'), schedule: control('schedule'), lr: control('lr') };
  }
}
