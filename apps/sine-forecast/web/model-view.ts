import { element, hint } from '@throughtime/web-page';
import { comparisonNote, comparisonTable } from './comparison-table.js';
import { FigureView } from './figure-view.js';
import {
  comparisonFigure,
  dataFigure,
  kStepFigure,
  multiStepFigure,
  oneStepFigure,
} from './model-figures.js';
import type { ShownSeries, TrainedModel } from './protocol.js';

/** The four figures, the k slider, and the comparison: all that shows a series and the model trained on it. */
export class ModelView {
  readonly #data = figure('data-figure');
  readonly #oneStep = figure('one-step-figure');
  readonly #multiStep = figure('multi-step-figure');
  readonly #kStep = figure('k-step-figure');
  readonly #horizon = figure('horizon-figure', 320);
  readonly #comparison = element('comparison', HTMLDivElement);
  readonly #k = element('k', HTMLInputElement);
  readonly #kValue = element('k-value', HTMLOutputElement);
  #results: { readonly opened: ShownSeries; readonly trained: TrainedModel } | undefined;

  constructor() {
    this.#k.addEventListener('input', () => this.showK());
  }

  showSeries(opened: ShownSeries): void {
    this.#data.show((size) => dataFigure(opened, size));
    this.clear();
  }

  /** Takes away what a model showed. */
  clear(): void {
    if (this.#results === undefined) return;
    this.#results = undefined;
    this.#oneStep.replace(hint('One step ahead: train a model to see it.'));
    this.#multiStep.replace(hint('Many steps, each forecast fed back: train a model to see it.'));
    this.#kStep.replace(hint('k steps ahead: train a model to see it.'));
    this.#horizon.replace(document.createTextNode(''));
    this.#comparison.replaceChildren(
      hint('Train a model to compare it with baselines that learn little or nothing.'),
    );
  }

  showModel(opened: ShownSeries, trained: TrainedModel): void {
    const results = { opened, trained };
    this.#results = results;
    this.#oneStep.show((size) => oneStepFigure(results, size));
    this.#multiStep.show((size) => multiStepFigure(results, size));
    this.#k.max = String(trained.steps);
    this.showK();
    this.#horizon.show((size) => comparisonFigure(results, size));
    const table = document.createElement('div');
    table.className = 'wide';
    // Scrolled by keyboard where it is wider than a phone.
    table.tabIndex = 0;
    table.setAttribute('role', 'region');
    table.setAttribute('aria-label', 'Comparison with baselines');
    table.append(comparisonTable(opened, trained));
    this.#comparison.replaceChildren(hint(comparisonNote(trained)), table, ...trained.notes.map(hint));
  }

  /** Follows the slider. */
  showK(): void {
    const k = this.#k.valueAsNumber;
    this.#kValue.textContent = String(k);
    this.#k.setAttribute('aria-valuetext', `${k} ${k === 1 ? 'step' : 'steps'} ahead`);
    const results = this.#results;
    if (results !== undefined) this.#kStep.show((size) => kStepFigure(results, k, size));
  }
}

function figure(id: string, height?: number): FigureView {
  return new FigureView(element(id, HTMLDivElement), height === undefined ? {} : { height });
}
