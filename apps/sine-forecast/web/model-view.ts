import { created, element, hint } from '@throughtime/web-page';
import { modelTitle } from '../src/core/labels.js';
import { comparisonNote, comparisonTable } from './comparison-table.js';
import { FigureView, type FigureViewOptions } from './figure-view.js';
import {
  comparisonFigure,
  type Drawn,
  dataFigure,
  kStepFigure,
  type LineFigure,
  multiStepFigure,
  oneStepFigure,
  type Shown,
} from './model-figures.js';
import type { DrawnModel, ModelName, ShownSeries, TrainedModel } from './protocol.js';
import { type RowWindow, rowAt } from './series-points.js';
import { texts } from './texts/chosen.js';
import { VerdictView } from './verdict-view.js';

/** The least rows that a figure zooms to. */
const fewestShown = 8;

/** The verdict, the four figures, the k slider, and the comparison: all that shows a series and the models trained on it. */
export class ModelView {
  readonly #data = this.#figure('data-figure');
  readonly #oneStep = this.#figure('one-step-figure');
  readonly #multiStep = this.#figure('multi-step-figure');
  readonly #kStep = this.#figure('k-step-figure');
  readonly #horizon = new FigureView(element('horizon-figure', HTMLDivElement), { height: 320 });
  readonly #comparison = element('comparison', HTMLDivElement);
  readonly #verdict = new VerdictView();
  readonly #k = element('k', HTMLInputElement);
  readonly #kValue = element('k-value', HTMLOutputElement);
  readonly #choice = element('shown', HTMLSelectElement);
  readonly #windowChoice = element('window', HTMLSelectElement);
  readonly #onChosen: (shown: Shown) => void;
  #opened: ShownSeries | undefined;
  #trained: readonly TrainedModel[] = [];
  /** The first model, while it is judged. */
  #first: DrawnModel | undefined;
  #window: RowWindow | undefined;

  /** @param onChosen called when another model, or a new one, is looked at */
  constructor(onChosen: (shown: Shown) => void) {
    this.#onChosen = onChosen;
    this.#k.addEventListener('input', () => this.showK());
    this.#choice.addEventListener('change', () => this.#showChosen());
    this.#windowChoice.addEventListener('change', () => this.#showLast(Number(this.#windowChoice.value)));
    this.clear();
  }

  /** What is shown now; undefined before a model is trained. */
  get shown(): Shown | undefined {
    const chosen = this.#trained.find(({ model }) => model === this.#choice.value);
    return (
      this.#opened && chosen && { opened: this.#opened, trained: this.#trained, chosen, window: this.#window }
    );
  }

  /** What the figures draw: as soon as a model is fitted. */
  get #drawn(): Drawn | undefined {
    const [opened, first] = [this.#opened, this.#first];
    return (
      this.shown ?? (opened && first && { opened, trained: [first], chosen: first, window: this.#window })
    );
  }

  showSeries(opened: ShownSeries): void {
    this.clear();
    this.#opened = opened;
    this.#showData();
  }

  /** Takes everything away: of one series, nothing is said while another is opened. */
  clear(): void {
    this.#opened = undefined;
    this.#trained = [];
    this.#first = undefined;
    this.#window = undefined;
    this.#windowChoice.value = '0';
    this.#choice.replaceChildren();
    this.#choice.disabled = true;
    this.#k.disabled = false;
    this.#verdict.clear();
    const { oneStep, multiStep, kStep } = texts.markup.figures;
    this.#data.replace(document.createTextNode(''));
    this.#oneStep.replace(hint(oneStep));
    this.#multiStep.replace(hint(multiStep));
    this.#kStep.replace(hint(kStep));
    this.#horizon.replace(document.createTextNode(''));
    this.#comparison.replaceChildren(hint(texts.markup.comparison.waiting));
  }

  /**
   * Draws the model that comes with the page, whose forecasts other `k` steps ahead come with {@link showFirst}.
   * @returns once the figures near the window are there
   */
  async showArrival(opened: ShownSeries, drawn: DrawnModel): Promise<void> {
    this.showFirst(opened, drawn);
    this.#k.disabled = true;
    await Promise.all([this.#data, this.#oneStep, this.#multiStep, this.#kStep].map((view) => view.drawn()));
  }

  /**
   * Draws the first model before it is judged. A later one waits: another's verdict would stand above its figures.
   * @param isShown whether the figures show it already
   */
  showFirst(opened: ShownSeries, drawn: DrawnModel, isShown = false): void {
    if (this.#trained.length > 0) return;
    if (this.#opened !== opened) this.showSeries(opened);
    this.#first = drawn;
    this.#k.disabled = false;
    if (!isShown) this.#drawForecasts();
  }

  /** Takes a model away that was drawn and will not be judged. */
  forgetFirst(): void {
    if (this.#first !== undefined && this.#opened !== undefined) this.showSeries(this.#opened);
  }

  /** Shows a model beside those trained before it; of each kind, there is one. */
  showModel(opened: ShownSeries, trained: TrainedModel): void {
    if (this.#opened !== opened) this.showSeries(opened);
    const isDrawn = this.#first?.model === trained.model;
    this.#first = undefined;
    this.#trained = [...this.#trained.filter(({ model }) => model !== trained.model), trained];
    this.#choice.replaceChildren(
      ...this.#trained.map(
        ({ model, name }) => new Option(modelTitle(name), model, false, model === trained.model),
      ),
    );
    this.#choice.value = trained.model;
    this.#choice.disabled = this.#trained.length < 2;
    if (isDrawn) this.#judge();
    else this.#showChosen();
  }

  /** Looks at a model that was trained before, if it was. */
  choose(model: ModelName): void {
    if (!this.#trained.some((one) => one.model === model)) return;
    this.#choice.value = model;
    this.#showChosen();
  }

  /** Follows the slider. */
  showK(): void {
    const k = this.#k.valueAsNumber;
    this.#kValue.textContent = String(k);
    this.#k.setAttribute('aria-valuetext', texts.figures.kValue(k));
    const drawn = this.#drawn;
    if (drawn !== undefined) draw(this.#kStep, kStepFigure(drawn, Math.min(k, drawn.chosen.steps)));
  }

  #showChosen(): void {
    this.#drawAll();
    this.#judge();
  }

  #drawAll(): void {
    this.#showData();
    this.#drawForecasts();
  }

  #drawForecasts(): void {
    const drawn = this.#drawn;
    if (drawn === undefined) return;
    draw(this.#oneStep, oneStepFigure(drawn));
    draw(this.#multiStep, multiStepFigure(drawn));
    this.#k.max = String(drawn.chosen.steps);
    this.showK();
  }

  /** The verdict and the comparison of the chosen model. */
  #judge(): void {
    const { shown } = this;
    if (shown === undefined) return;
    const { opened, trained, chosen } = shown;
    this.#verdict.show(opened, [chosen, ...trained.filter((one) => one !== chosen)]);
    this.#horizon.show((size) => comparisonFigure(shown, size));
    const table = created('div', { className: 'wide' });
    // Scrolled by keyboard where it is wider than a phone.
    table.tabIndex = 0;
    table.setAttribute('role', 'region');
    table.setAttribute('aria-label', texts.markup.comparison.region);
    table.append(comparisonTable(shown));
    this.#comparison.replaceChildren(
      hint(comparisonNote(chosen)),
      table,
      ...chosen.notes.map((note) => hint(texts.trainingNote(note))),
    );
    this.#onChosen(shown);
  }

  #showData(): void {
    if (this.#opened !== undefined) draw(this.#data, dataFigure(this.#opened, this.#window));
  }

  /** The last rows of the series; all of them for 0. */
  #showLast(count: number): void {
    const length = this.#opened?.values.length ?? 0;
    this.#zoom(count === 0 || count >= length ? undefined : { from: length - count, to: length - 1 });
  }

  #zoom(window: RowWindow | undefined): void {
    this.#window = window;
    this.#drawAll();
  }

  #figure(id: string): FigureView {
    const onZoom: FigureViewOptions['onZoom'] = (times) => {
      const opened = this.#opened;
      if (opened === undefined) return;
      const last = opened.values.length - 1;
      const [from, to] = (times ?? []).map((time) => Math.max(0, Math.min(last, rowAt(opened, time))));
      if (from !== undefined && to - from + 1 < fewestShown) return;
      // A dragged value is none of the choices.
      this.#windowChoice.value = from === undefined ? '0' : '';
      this.#zoom(from === undefined ? undefined : { from, to });
    };
    return new FigureView(element(id, HTMLDivElement), { onZoom });
  }
}

function draw(view: FigureView, { figure, readAt }: LineFigure): void {
  view.show(figure, readAt);
}
