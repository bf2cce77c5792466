import { seriesColors } from '@throughtime/figures';
import { created, element } from '@throughtime/web-page';
import { numbers, texts } from './texts/chosen.js';
import type { Candidate, Reading } from './worker/protocol.js';

/** Mixed into the background, at most this much: the text stays readable on it. */
const strongest = 45;

const [blue, orange] = seriesColors;

/** A text with what the model made of it: expectations at each place, colors of hidden units. */
export class ReadingView {
  readonly #text = element('written', HTMLElement);
  readonly #inspection = element('inspection', HTMLElement);
  readonly #color = element('color', HTMLSelectElement);
  readonly #unit = element('unit', HTMLInputElement);
  readonly #place = element('place', HTMLInputElement);
  #reading: Reading | undefined;
  #spans: HTMLElement[] = [];

  constructor() {
    this.#color.addEventListener('change', () => this.#paint());
    this.#unit.addEventListener('input', () => this.#paint());
    this.#place.addEventListener('input', () => this.#goTo(Number(this.#place.value)));
    for (const type of ['pointerover', 'click'] as const)
      this.#text.addEventListener(type, ({ target }) => {
        if (target instanceof HTMLElement && target.dataset.place !== undefined)
          this.#goTo(Number(target.dataset.place));
      });
  }

  /** Shows a text that is being written: there is nothing to inspect yet. */
  begin(prompt: string): void {
    this.#reading = undefined;
    this.#spans = [];
    this.#inspection.hidden = true;
    this.#text.replaceChildren(created('span', { className: 'prompt', text: prompt }));
  }

  append(text: string): void {
    this.#text.append(text);
  }

  show(reading: Reading): void {
    const { given } = reading;
    this.#reading = reading;
    this.#spans = reading.pieces.map((piece, i) => {
      const span = created('span', { text: piece, ...(i < given && { className: 'prompt' }) });
      span.dataset.place = String(i);
      return span;
    });
    // The place after the last token, where the text would continue.
    const end = created('span', { text: '\u00a0' });
    end.dataset.place = String(reading.pieces.length);
    this.#spans.push(end);
    this.#text.replaceChildren(...this.#spans);
    this.#unit.max = String(reading.hiddenSizes.reduce((sum, hiddenSize) => sum + hiddenSize, 0));
    this.#place.max = String(reading.pieces.length);
    this.#inspection.hidden = false;
    this.#paint();
    this.#goTo(given);
  }

  #goTo(place: number): void {
    const reading = this.#reading;
    if (!reading) return;
    this.#text.querySelector('.here')?.classList.remove('here');
    this.#spans[place].classList.add('here');
    this.#place.value = String(place);
    const came = reading.tokens[place];
    const candidates = reading.candidates[place];
    const said =
      came === undefined
        ? texts.reading.next(shown(candidates[0].token))
        : texts.reading.came(shown(came), percent(reading.probabilities[place]));
    element('place-text', HTMLElement).textContent = said;
    const likeliest = candidates
      .slice(0, 3)
      .map(({ token, probability }) => `${shown(token)} ${percent(probability)}`);
    this.#place.setAttribute('aria-valuetext', `${said} ${texts.reading.likeliest(likeliest.join(', '))}`);
    element('candidates', HTMLElement).replaceChildren(
      ...candidates.map((candidate) => candidateRow(candidate, candidate.token === came)),
    );
  }

  #paint(): void {
    const reading = this.#reading;
    if (!reading) return;
    const by = this.#color.value;
    element('unit-field', HTMLElement).hidden = by !== 'unit';
    const unit = Number(this.#unit.value) - 1;
    const name = unitName(reading, unit);
    element('unit-name', HTMLOutputElement).value = name;
    this.#unit.setAttribute('aria-valuetext', name);
    const width = Number(this.#unit.max);
    this.#spans.forEach((span, i) => {
      const last = i === reading.pieces.length;
      const value = last
        ? 0
        : by === 'unit'
          ? reading.hidden[i * width + unit]
          : // Eight bits, one chance in 256, is as unexpected as it gets.
            Math.min(1, -Math.log2(reading.probabilities[i]) / 8);
      span.style.backgroundColor = by === 'none' || last ? '' : tint(value);
    });
    const legend = element('color-legend', HTMLElement);
    if (by === 'none') legend.replaceChildren();
    else if (by === 'unit')
      legend.replaceChildren(swatch(-1), '-1', swatch(0), '0', swatch(1), texts.reading.activation);
    else legend.replaceChildren(swatch(0), texts.reading.expected, swatch(1), texts.reading.unexpected);
  }
}

/** Blue below 0, orange above. */
function tint(value: number): string {
  const share = Math.round(Math.min(1, Math.abs(value)) * strongest);
  return `color-mix(in srgb, ${value < 0 ? blue : orange} ${share}%, transparent)`;
}

function swatch(value: number): HTMLElement {
  const box = created('span', { className: 'swatch' });
  box.style.backgroundColor = tint(value);
  return box;
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

function percent(probability: number): string {
  if (probability > 0 && probability < 0.001) return texts.reading.under(numbers.percent(0.001, 1));
  return numbers.percent(probability, probability < 0.1 ? 1 : 0);
}
