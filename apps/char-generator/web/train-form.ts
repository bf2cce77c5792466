import { element, readSettings, type Settings, writeSettings } from '@throughtime/web-page';
import { type FittedSettings, settingsForText, type TextSize } from '../src/core/fitted-settings.js';
import { completeSettings, pageRecipe, type TrainSettings } from '../src/core/settings.js';
import type { TextReading } from './worker/protocol.js';

/** Fields whose values follow from the text, until the person chooses others. */
const fitted = ['hidden', 'dropout', 'batch', 'steps', 'epochs', 'lr'] as const;

/**
 * The settings form. Its fields are named after the options of `generate train`. Values that suit the text are filled in; those that the
 * person, a link or a model has set stay.
 */
export class TrainForm {
  readonly #form: HTMLFormElement;
  readonly #suggest = element('suggest', HTMLButtonElement);
  readonly #set = new Set<string>();
  readonly #changed: () => void;
  #size: TextSize | undefined;
  #seconds: number | undefined;

  /** @param changed called when settings have changed, by whomever */
  constructor(form: HTMLFormElement, changed: () => void) {
    this.#form = form;
    this.#changed = changed;
    form.addEventListener('submit', (event) => event.preventDefault());
    this.#write(valuesOf(completeSettings({}, pageRecipe)));
    const { optimizer, schedule, lr } = this.#controls();
    // Each rule has rates that work; keeping plain descent's for Adam would blow up.
    optimizer.addEventListener('change', () => {
      const chosen = completeSettings({ optimizer: optimizer.value as TrainSettings['optimizer'] });
      schedule.value = chosen.schedule;
      lr.value = String(chosen.lr);
      this.#set.delete('lr');
      this.#fit();
    });
    schedule.addEventListener('change', () => {
      lr.value = String(completeSettings(this.#withoutRate()).lr);
      this.#set.delete('lr');
      this.#fit();
    });
    form.addEventListener('input', ({ target }) => {
      if (target instanceof HTMLInputElement) this.#set.add(target.name);
      this.#tell();
    });
    // A field that was left alone while someone was in it follows the text now, unless something was entered.
    form.addEventListener('focusout', () => this.#fit());
    this.#suggest.addEventListener('click', () => {
      this.#set.clear();
      this.#fit();
    });
  }

  /** A text was chosen: settings that nobody set follow its size. */
  follow(size: TextSize): void {
    this.#size = size;
    this.#fit();
  }

  /** Offers settings for a run of about this many seconds on two cores; undefined: as long as the text wants, up to a minute. */
  fitWithin(seconds: number | undefined): void {
    this.#seconds = seconds;
    this.#set.clear();
    this.#fit();
  }

  /** Settings do nothing while a network trains with those it was started with. */
  set locked(locked: boolean) {
    for (const fieldset of this.#form.querySelectorAll('fieldset')) fieldset.disabled = locked;
    this.#suggest.disabled = locked;
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

  /** What the person, a link or a model has set, and what is chosen of lists. */
  get own(): Settings {
    const isOwn = ([name]: [string, string]) => this.#set.has(name) || !fitted.some((one) => one === name);
    return Object.fromEntries(Object.entries(this.shared).filter(isOwn));
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
    const earlyStopping = this.#set.has('epochs') ? undefined : this.#fitting()?.earlyStopping;
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
        ...(earlyStopping !== undefined && { earlyStopping }),
      },
      pageRecipe,
    );
  }

  /** Fills in the settings of a run, or what is known of them. */
  show(settings: Partial<TrainSettings>): void {
    this.fill(valuesOf(settings));
  }

  /** @returns the names of settings that the form would not take */
  fill(settings: Settings): string[] {
    const refused = this.#write(settings);
    for (const name of Object.keys(settings)) if (!refused.includes(name)) this.#set.add(name);
    this.#tell();
    return refused;
  }

  #write(settings: Settings): string[] {
    return writeSettings(this.#form, settings).map(({ name }) => name);
  }

  #fitting(): FittedSettings | undefined {
    const options = this.#seconds === undefined ? {} : { seconds: this.#seconds };
    return this.#size && settingsForText(this.#size, options);
  }

  #fit(): void {
    const fitting = this.#fitting();
    if (fitting) {
      const values = this.#suggested(fitting);
      const follows = ([name]: [string, string]) => !this.#set.has(name) && !this.#isFocused(name);
      this.#write(Object.fromEntries(Object.entries(values).filter(follows)));
    }
    this.#tell();
  }

  /** Whether someone is about to enter a value: another one put there would lose what was selected, and what is typed would join it. */
  #isFocused(name: string): boolean {
    const { activeElement } = document;
    return activeElement instanceof HTMLInputElement && activeElement === this.#form.elements.namedItem(name);
  }

  /** The rate that suits a text is that of the rule and schedule that the page begins with. */
  #suggested(fitting: FittedSettings): Settings {
    const { lr, ...values } = valuesOf(fitting);
    const { optimizer, schedule } = this.#withoutRate();
    const usual = (optimizer === 'adam' || optimizer === 'adamw') && schedule === 'one-cycle';
    return usual ? { ...values, lr } : values;
  }

  #tell(): void {
    const fitting = this.#fitting();
    const shown = this.shared;
    const suggested = fitting ? this.#suggested(fitting) : {};
    this.#suggest.hidden = fitted.every((name) => (suggested[name] ?? shown[name]) === shown[name]);
    this.#changed();
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

/** As the form's fields have them. */
function valuesOf({ hiddenSize, ...settings }: Partial<TrainSettings>): Settings {
  const entries = Object.entries(hiddenSize === undefined ? settings : { ...settings, hidden: hiddenSize });
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
