import { created, element } from '@throughtime/web-page';
import { explain } from './explain.js';
import type { ReadingView } from './reading-view.js';
import { numbers, texts } from './texts/chosen.js';
import type { TrainingClient } from './training-client.js';
import type { FollowedFeature, TextSource } from './worker/protocol.js';

export interface LearnedPanelOptions {
  readonly client: TrainingClient;
  /** Where texts are shown, in color. */
  readonly view: ReadingView;
  /** The text that the model is asked about; undefined where none is chosen. */
  readonly source: () => TextSource | undefined;
}

/** What the network has learned: units by name, what predictions depend on, and a text of the person's own read by it. */
export class LearnedPanel {
  readonly #options: LearnedPanelOptions;
  readonly #find = element('find-units', HTMLButtonElement);
  readonly #units = element('units', HTMLElement);
  readonly #depend = element('show-dependence', HTMLButtonElement);
  readonly #form = element('own-reading', HTMLFormElement);
  readonly #own = element('own-reading-text', HTMLTextAreaElement);
  readonly #read = element('read-own', HTMLButtonElement);
  readonly #result = element('own-reading-result', HTMLElement);
  readonly #problem = element('learned-problem', HTMLElement);

  constructor(options: LearnedPanelOptions) {
    this.#options = options;
    const { view } = options;
    this.#find.addEventListener('click', () => this.#attempt(this.#find, () => this.#findUnits()));
    this.#depend.addEventListener('click', () => {
      view.showDependence();
      showText();
    });
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#attempt(this.#read, () => this.#readOwn());
    });
  }

  /** What was found belongs to one model: another one, or none, has come. */
  setModel(exists: boolean): void {
    this.#units.replaceChildren();
    this.#result.textContent = '';
    this.#problem.textContent = '';
    for (const button of [this.#find, this.#depend, this.#read]) button.disabled = !exists;
  }

  async #findUnits(): Promise<void> {
    const { client, source } = this.#options;
    const found = await client.withModel((workshop) => workshop.followedFeatures(source()));
    this.#units.replaceChildren(...found.map((feature) => this.#row(feature)));
  }

  #row({ feature, units: [best, ...others] }: FollowedFeature): HTMLElement {
    const row = created('li');
    const name = texts.learned.features[feature];
    if (!best) {
      row.append(texts.learned.noUnit(name));
      return row;
    }
    const button = (text: string, unit: number) => {
      const made = created('button', { text });
      made.type = 'button';
      made.addEventListener('click', () => {
        this.#options.view.showUnit(unit);
        showText();
      });
      return made;
    };
    const { unit, score } = best;
    const strength = numbers.percent(Math.abs(score));
    row.append(
      button(texts.learned.follows(numbers.count(unit + 1), name, score < 0), unit),
      created('span', { text: texts.learned.strength(strength) }),
    );
    if (others.length > 0) {
      row.append(texts.learned.also);
      for (const other of others) row.append(button(numbers.count(other.unit + 1), other.unit));
    }
    return row;
  }

  async #readOwn(): Promise<void> {
    const { client, view } = this.#options;
    const text = this.#own.value;
    if (text.trim() === '') {
      this.#problem.textContent = texts.learned.noText;
      return;
    }
    const reading = await client.withModel((workshop) => workshop.readForeign(text));
    view.show(reading);
    view.showSurprise();
    const bits = reading.probabilities.reduce((sum, p) => sum - Math.log2(p), 0) / reading.tokens.length;
    const unknown = reading.unknown.length;
    this.#result.textContent = [
      texts.learned.result(numbers.fixed(bits, 2), numbers.fixed(2 ** bits, 2)),
      ...(unknown > 0 ? [texts.learned.unknown(reading.unknown.slice(0, 12).join(' '))] : []),
    ].join(' ');
    showText();
  }

  async #attempt(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
    this.#problem.textContent = '';
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      this.#problem.textContent = explain(error);
    } finally {
      button.disabled = false;
    }
  }
}

/** The text is in another panel, which may be out of sight. */
function showText(): void {
  element('written', HTMLElement).scrollIntoView({ block: 'nearest' });
}
