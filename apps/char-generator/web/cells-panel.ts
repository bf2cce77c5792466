import { seriesColor } from '@throughtime/figures';
import { created, element, LiveCurve } from '@throughtime/web-page';
import { proxy, type Remote, wrap } from 'comlink';
import { ColoredText, surpriseOf } from './colored-text.js';
import { explain } from './explain.js';
import { language, numbers, texts } from './texts/chosen.js';
import { perplexityText } from './training-view.js';
import type { CellRace } from './worker/cell-race.js';
import type { Dependence, ForeignReading, RacedCell, RaceReport, TrainRequest } from './worker/protocol.js';
import type { Workshop } from './worker/workshop.js';

const cells: readonly RacedCell[] = ['rnn', 'gru', 'lstm'];

export interface CellsPanelOptions {
  /** What to train on; undefined, and a message, when that is not possible now. */
  readonly request: () => TrainRequest | undefined;
}

/** What is shown of one network. */
interface Column {
  readonly facts: HTMLElement;
  readonly sample: HTMLElement;
  readonly text: ColoredText;
}

/** RNN, GRU and LSTM, which learn one text side by side: their curves, their samples, and how each reads a text. */
export class CellsPanel {
  readonly #options: CellsPanelOptions;
  readonly #start = element('cells-start', HTMLButtonElement);
  readonly #stop = element('cells-stop', HTMLButtonElement);
  readonly #progress = element('cells-progress', HTMLProgressElement);
  readonly #problem = element('cells-problem', HTMLElement);
  readonly #form = element('cells-reading', HTMLFormElement);
  readonly #text = element('cells-text', HTMLTextAreaElement);
  readonly #color = element('cells-color', HTMLSelectElement);
  readonly #curve: LiveCurve;
  readonly #columns: readonly Column[];
  #worker: Worker | undefined;
  #race: Remote<CellRace> | undefined;
  #parameters: readonly number[] = [];
  #readings: readonly ForeignReading[] = [];
  #asked = 0;

  constructor(options: CellsPanelOptions) {
    this.#options = options;
    element('cells-results', HTMLElement).hidden = false;
    this.#curve = new LiveCurve(element('cells-curve', HTMLElement), {
      title: texts.curves.perplexity,
      horizontalLabel: texts.curves.update,
      none: texts.curves.none,
      lines: cells.map((cell, i) => ({ label: cell.toUpperCase(), color: seriesColor(i) })),
    });
    const columns = cells.map((cell) => {
      const box = created('div');
      const facts = created('p', { className: 'hint' });
      const sample = created('p', { className: 'sample' });
      const reading = created('p', { className: 'sample colored' });
      box.append(created('h3', { text: cell.toUpperCase() }), facts, sample, reading);
      return {
        box,
        facts,
        sample,
        text: new ColoredText(reading, { pointed: (place) => this.#look(place) }),
      };
    });
    this.#columns = columns;
    element('cells-columns', HTMLElement).replaceChildren(...columns.map(({ box }) => box));
    this.#stop.addEventListener('click', () => this.#race?.stop());
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#attempt(() => this.#read());
    });
    this.#color.addEventListener('change', () => this.#paintSurprise());
  }

  /** Trains all of them again. */
  async start(): Promise<void> {
    const request = this.#options.request();
    if (!request) return;
    this.#clear();
    this.#start.disabled = true;
    this.#stop.disabled = false;
    await this.#attempt(async () => {
      // The networks before are given back as a whole.
      this.#worker?.terminate();
      this.#worker = new Worker(new URL('./worker/training-worker.ts', import.meta.url), {
        type: 'module',
        name: language,
      });
      this.#race = await wrap<Workshop>(this.#worker).cellRace();
      this.#text.value = await this.#race.train(request, cells, proxy(this.#report));
      await this.#read();
    });
    this.#start.disabled = false;
    this.#stop.disabled = true;
  }

  readonly #report = (report: RaceReport): void => {
    switch (report.type) {
      case 'begin':
        this.#parameters = report.parameters;
        this.#describe([]);
        break;
      case 'progress':
        for (const { step, perplexities } of report.points) this.#curve.push(step, perplexities);
        this.#progress.value = report.done;
        break;
      case 'pass':
        this.#describe(report.validation);
        for (const [i, sample] of report.samples.entries()) this.#columns[i].sample.textContent = sample;
        break;
    }
  };

  #describe(validation: readonly (number | undefined)[]): void {
    for (const [i, { facts }] of this.#columns.entries()) {
      const weights = texts.cells.weights(numbers.count(this.#parameters[i]));
      const value = validation[i];
      facts.textContent =
        value === undefined ? weights : `${weights}, ${texts.cells.perplexity(perplexityText(value))}`;
    }
  }

  #clear(): void {
    this.#curve.clear();
    this.#progress.value = 0;
    this.#readings = [];
    this.#form.hidden = true;
    for (const { facts, sample, text } of this.#columns) {
      facts.textContent = '';
      sample.textContent = '';
      text.begin('');
    }
  }

  async #read(): Promise<void> {
    const race = this.#race;
    if (!race) return;
    this.#readings = await race.read(this.#text.value);
    for (const [i, { pieces }] of this.#readings.entries()) this.#columns[i].text.show(pieces, 0);
    this.#form.hidden = false;
    this.#paintSurprise();
  }

  #paintSurprise(): void {
    this.#asked++;
    for (const [i, { probabilities }] of this.#readings.entries())
      this.#columns[i].text.paint((place) =>
        place < probabilities.length ? surpriseOf(probabilities[place]) : undefined,
      );
  }

  /** The same place in all of them, and there what each prediction depended on. */
  async #look(place: number): Promise<void> {
    for (const { text } of this.#columns) text.mark(place);
    const [reading] = this.#readings;
    const race = this.#race;
    if (this.#color.value !== 'dependence' || !reading || !race || place === 0) return;
    const asked = ++this.#asked;
    const found: Dependence[] = await race.dependence(reading.tokens.slice(0, place));
    // Another place was pointed at meanwhile.
    if (asked !== this.#asked) return;
    for (const [i, { from, strengths }] of found.entries()) {
      const most = Math.max(...strengths);
      this.#columns[i].text.paint((at) =>
        at >= from && at < from + strengths.length ? strengths[at - from] / most : undefined,
      );
    }
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#problem.textContent = '';
    try {
      await work();
    } catch (error) {
      this.#problem.textContent = explain(error);
    }
  }
}
