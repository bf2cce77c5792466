import { created, element } from '@throughtime/web-page';
import { ColoredText, surpriseOf, swatch } from './colored-text.js';
import { PlaceCard } from './place-card.js';
import { numbers, texts } from './texts/chosen.js';
import { UnitStrip } from './unit-strip.js';
import type { Candidate, Dependence, Drawing, Reading } from './worker/protocol.js';

/** What the text is colored by. */
type Coloring = 'none' | 'surprise' | 'unit' | 'dependence';

/** Asks how much a prediction depended on the tokens before it. */
export type AskDependence = (tokens: readonly string[]) => Promise<Dependence>;

/** A text with what the model made of it: expectations at each place, colors of hidden units. */
export class ReadingView {
  readonly #text: ColoredText;
  readonly #card = new PlaceCard();
  readonly #strip = new UnitStrip((unit) => this.showUnit(unit));
  readonly #inspection = element('inspection', HTMLElement);
  readonly #color = element('color', HTMLSelectElement);
  readonly #unit = element('unit', HTMLInputElement);
  readonly #place = element('place', HTMLInputElement);
  readonly #legend = element('color-legend', HTMLElement);
  readonly #askDependence: AskDependence;
  #reading: Reading | undefined;
  #dependence: Dependence | undefined;
  /** The place whose dependence is wanted, while one is being computed. */
  #wanted: number | undefined;

  constructor(askDependence: AskDependence) {
    this.#askDependence = askDependence;
    this.#text = new ColoredText(element('written', HTMLElement), {
      pointed: (place) => {
        if (!this.#card.pinned) this.#goTo(place, true);
      },
      chosen: (place) => {
        this.#goTo(place, true);
        this.#card.pin(place);
      },
    });
    this.#color.addEventListener('change', () => this.#recolor());
    this.#unit.addEventListener('input', () => this.#recolor());
    this.#place.addEventListener('input', () => this.#goTo(Number(this.#place.value), true));
    this.#place.addEventListener('blur', () => this.#card.hide());
  }

  /** What each token shows. */
  get pieces(): readonly string[] {
    return this.#reading?.pieces ?? [];
  }

  /** The color of each token now. */
  get colors(): readonly string[] {
    return this.pieces.map((_, place) => this.#text.at(place)?.style.backgroundColor ?? '');
  }

  /** Shows nothing: another model has come. */
  clear(): void {
    this.begin('');
  }

  /** Shows a text that is being written: there is nothing to inspect yet. */
  begin(prompt: string): void {
    this.#reading = undefined;
    this.#card.hide();
    this.#inspection.hidden = true;
    this.#text.begin(prompt);
  }

  append(text: string): void {
    this.#text.append(text);
  }

  show(reading: Reading): void {
    const { given, pieces, hiddenSizes } = reading;
    this.#reading = reading;
    this.#dependence = undefined;
    this.#card.hide();
    this.#text.show(pieces, given);
    this.#unit.max = String(hiddenSizes.reduce((sum, hiddenSize) => sum + hiddenSize, 0));
    this.#place.max = String(pieces.length);
    this.#inspection.hidden = false;
    this.#recolor();
    this.#goTo(given === pieces.length ? 0 : given, false);
  }

  /** Colors the text by how unexpected each token was. */
  showSurprise(): void {
    this.#color.value = 'surprise';
    this.#recolor();
  }

  /** Colors the text by a unit, counted over all layers from 0. */
  showUnit(unit: number): void {
    this.#color.value = 'unit';
    this.#unit.value = String(unit + 1);
    this.#recolor();
  }

  /** Colors the text by what the prediction at the present place depended on. */
  showDependence(): void {
    this.#color.value = 'dependence';
    this.#recolor();
  }

  #goTo(place: number, pointed: boolean): void {
    const reading = this.#reading;
    const anchor = this.#text.at(place);
    if (!reading || !anchor) return;
    this.#text.mark(place);
    this.#place.value = String(place);
    const came = reading.tokens[place];
    const candidates = reading.candidates[place];
    const said =
      came === undefined
        ? texts.reading.next(shown(candidates[0].token))
        : texts.reading.came(shown(came), percent(reading.probabilities[place]), drawn(reading.drawing));
    element('place-text', HTMLElement).textContent = said;
    const likeliest = candidates
      .slice(0, 3)
      .map(({ token, probability }) => `${shown(token)} ${percent(probability)}`);
    this.#place.setAttribute('aria-valuetext', `${said} ${texts.reading.likeliest(likeliest.join(', '))}`);
    element('candidates', HTMLElement).replaceChildren(
      ...candidates.map((candidate) => candidateRow(candidate, candidate.token === came)),
    );
    this.#showStrip();
    if (this.#coloring === 'dependence') this.#followDependence();
    if (pointed) this.#card.show(anchor);
  }

  get #coloring(): Coloring {
    return this.#color.value as Coloring;
  }

  get #chosenUnit(): number {
    return Number(this.#unit.value) - 1;
  }

  #showStrip(): void {
    const reading = this.#reading;
    if (!reading) return;
    const width = Number(this.#unit.max);
    // What the prediction was made from: the units after the token before.
    const end = Number(this.#place.value) * width;
    const activations = reading.hidden.subarray(Math.max(0, end - width), end);
    this.#strip.show(activations, this.#coloring === 'unit' ? this.#chosenUnit : undefined);
  }

  /** The dependence at the present place, as soon as it is computed; places that were passed meanwhile are left out. */
  async #followDependence(): Promise<void> {
    const isBusy = this.#wanted !== undefined;
    this.#wanted = Number(this.#place.value);
    if (isBusy) return;
    try {
      for (let computed = -1; computed !== this.#wanted; ) {
        const reading: Reading | undefined = this.#reading;
        computed = this.#wanted;
        // Nothing was read before the first token.
        const found: Dependence | undefined =
          computed === 0 || !reading
            ? undefined
            : await this.#askDependence(reading.tokens.slice(0, computed));
        if (reading !== this.#reading) continue;
        this.#dependence = found;
        this.#paint();
      }
    } finally {
      this.#wanted = undefined;
    }
  }

  #recolor(): void {
    if (!this.#reading) return;
    this.#paint();
    this.#showStrip();
    if (this.#coloring === 'dependence') this.#followDependence();
  }

  #paint(): void {
    const reading = this.#reading;
    if (!reading) return;
    const by = this.#coloring;
    element('unit-field', HTMLElement).hidden = by !== 'unit';
    const unit = this.#chosenUnit;
    const name = unitName(reading, unit);
    element('unit-name', HTMLOutputElement).value = name;
    this.#unit.setAttribute('aria-valuetext', name);
    this.#text.paint(this.#values(reading, by, unit));
    this.#legend.replaceChildren(...this.#legendOf(by));
  }

  #values(reading: Reading, by: Coloring, unit: number): (place: number) => number | undefined {
    const end = reading.pieces.length;
    const width = Number(this.#unit.max);
    switch (by) {
      case 'none':
        return () => undefined;
      case 'surprise':
        return (place) => (place === end ? undefined : surpriseOf(reading.surprise[place]));
      case 'unit':
        return (place) => (place === end ? undefined : reading.hidden[place * width + unit]);
      case 'dependence': {
        const { from, strengths } = this.#dependence ?? { from: 0, strengths: new Float32Array() };
        const most = Math.max(...strengths);
        return (place) =>
          place >= from && place < from + strengths.length ? strengths[place - from] / most : undefined;
      }
    }
  }

  #legendOf(by: Coloring): (HTMLElement | string)[] {
    switch (by) {
      case 'none':
        return [];
      case 'surprise':
        return [swatch(0), texts.reading.expected, swatch(1), texts.reading.unexpected];
      case 'unit':
        return [swatch(-1), '-1', swatch(0), '0', swatch(1), texts.reading.activation];
      case 'dependence': {
        const token = this.#dependence?.token;
        if (token === undefined) return [texts.learned.dependenceHow];
        return [swatch(0), texts.learned.dependedNot, swatch(1), texts.learned.depended(shown(token))];
      }
    }
  }
}

function unitName({ hiddenSizes }: Reading, unit: number): string {
  let within = unit;
  for (const [layer, hiddenSize] of hiddenSizes.entries()) {
    if (within < hiddenSize)
      return hiddenSizes.length > 1
        ? texts.reading.unitOfLayer(numbers.count(within + 1), numbers.count(layer + 1))
        : texts.reading.unit(numbers.count(within + 1), numbers.count(hiddenSize));
    within -= hiddenSize;
  }
  return String(unit + 1);
}

function candidateRow({ token, probability }: Candidate, came: boolean): HTMLElement {
  const row = created('li', { ...(came && { className: 'came' }) });
  const bar = created('span', { className: 'bar' });
  bar.style.width = `${Math.max(1, probability * 100)}%`;
  const share = created('span', { className: 'share', text: percent(probability) });
  row.append(created('code', { text: shown(token) }), bar, share);
  return row;
}

const names: Readonly<Record<string, string>> = {
  ' ': texts.reading.space,
  '\n': texts.reading.lineEnd,
  '\r': texts.reading.return,
  '\t': texts.reading.tab,
};

/** `<unk>` and the like are no text. */
const special = /^<\w+>$/;

function shown(token: string): string {
  return names[token] ?? (special.test(token) ? token : texts.reading.quoted(token));
}

/** Says from what probabilities are, where it is not from the model's own. */
function drawn({ temperature, topK, topP }: Drawing): string {
  const told = [
    ...(temperature === 1 ? [] : [texts.reading.atTemperature(numbers.precise(temperature, 3))]),
    ...(topK === undefined ? [] : [`top-k ${numbers.count(topK)}`]),
    ...(topP === 1 ? [] : [`top-p ${numbers.precise(topP, 3)}`]),
  ];
  return told.length === 0 ? '' : ` (${told.join(', ')})`;
}

function percent(probability: number): string {
  if (probability > 0 && probability < 0.001) return texts.reading.under(numbers.percent(0.001, 1));
  return numbers.percent(probability, probability < 0.1 ? 1 : 0);
}
