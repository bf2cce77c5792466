import { Announcer, element, readSettings, type Settings } from '@throughtime/web-page';
import { formatNumber } from './comparison-table.js';
import { followFileChoice } from './file-choice.js';
import { latestOnly } from './latest-only.js';
import { ModelView } from './model-view.js';
import { OriginControl } from './origin-control.js';
import { modelNames, type ShownSeries } from './protocol.js';
import { concernsSeries, modelRequest, seriesRequest } from './requests.js';
import { SeriesForm } from './series-form.js';
import { TrainingView } from './training-view.js';
import { connectWorker, type WorkerClient } from './worker-client.js';

/** The page: form, worker and views, and what leads from one to another. */
export class ForecastPage {
  readonly form = element('settings', HTMLFormElement);
  readonly #problem = element('problem', HTMLParagraphElement);
  readonly #announcer = new Announcer(element('announcements', HTMLParagraphElement));
  readonly #training = new TrainingView();
  readonly #models = new ModelView();
  readonly #series = new SeriesForm(() => this.#opening.request(undefined));
  readonly #origins = new OriginControl({
    forecastFrom: (origin) => this.#worker.forecastFrom(origin),
    onProblem: (error) => this.problem(error),
  });
  readonly #opening = latestOnly(() => this.#open());
  #worker: WorkerClient = this.#connect();
  #opened: ShownSeries | undefined;
  #file: File | undefined;
  /** Whether the next series opened is another one, for which other settings may do better. */
  #another = false;

  /**
   * Listens, and opens the series that the form asks for.
   * @param column of an embedded series, as a link may name it
   */
  start(column?: string): void {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#train();
    });
    this.form.addEventListener('input', ({ target }) => {
      const { name } = target as HTMLInputElement;
      if (name === 'source') this.#changeSource();
      else if (concernsSeries(name)) this.#opening.request(undefined);
    });
    element('model', HTMLSelectElement).addEventListener('change', () => this.#suggest());
    element('stop', HTMLButtonElement).addEventListener('click', () => void this.#worker.stop());
    followFileChoice((file) => {
      this.#file = file;
      this.#series.source.value = 'file';
      this.#changeSource();
    });
    this.#models.showK();
    this.#series.showSource(column);
    this.#opening.request(undefined);
  }

  /** Says what went wrong, in the words of the error. */
  problem(error: unknown): void {
    this.#problem.textContent = error instanceof Error ? error.message : String(error);
  }

  /** Says something to those who listen to the page. */
  say(text: string): void {
    this.#announcer.sayNow(text);
  }

  get settings(): Settings {
    const { column } = this.#series;
    return { ...readSettings(this.form), ...(column !== undefined && { column }) };
  }

  #connect(): WorkerClient {
    const worker = connectWorker((message) => {
      this.problem(`The computation failed: ${message}. Reload the page to start over.`);
      this.#training.end('failed');
    });
    worker.threads().then(showThreads, (error) => this.problem(error));
    return worker;
  }

  #changeSource(): void {
    this.#series.showSource();
    this.#another = true;
    this.#opened = undefined;
    this.#models.clear();
    this.#origins.clear();
    this.#opening.request(undefined);
  }

  async #open(): Promise<void> {
    const request = seriesRequest(this.settings, { file: this.#file, column: this.#series.column });
    if (request === undefined || (request.kind === 'sine' && !this.form.checkValidity())) return;
    try {
      const opened = await this.#worker.open(request);
      this.#opened = opened;
      this.#problem.textContent = '';
      this.#series.showSeries(opened);
      this.#models.showSeries(opened);
      this.#origins.clear();
      this.#training.state('not trained');
      if (this.#another) {
        this.#another = false;
        fill(opened.suggested.series);
        this.#suggest();
        this.say(`${opened.name}: ${opened.values.length} values`);
      }
    } catch (error) {
      this.#opened = undefined;
      this.#models.clear();
      this.#origins.clear();
      this.problem(error);
    }
  }

  /** Fills in what suits the model. */
  #suggest(): void {
    const { model } = this.settings;
    const name = modelNames.find((one) => one === model);
    if (name === undefined || this.#opened === undefined) return;
    fill(this.#opened.suggested.models[name]);
  }

  async #train(): Promise<void> {
    await this.#opening.settled();
    const opened = this.#opened;
    if (opened === undefined) {
      if (this.#problem.textContent === '') this.problem('Choose a CSV file first.');
      return;
    }
    const request = modelRequest(this.settings);
    this.#problem.textContent = '';
    this.#training.begin();
    this.say('Training');
    try {
      const trained = await this.#worker.train(request, (progress) => {
        this.#training.progress(progress);
        this.#announcer.say(
          `Epoch ${progress.epoch} of ${progress.epochs}, loss ${formatNumber(progress.loss)}`,
        );
      });
      if (trained === undefined || this.#opened !== opened) {
        this.#training.end('stopped');
        this.say('Stopped');
        return;
      }
      this.#training.end(`trained: ${trained.name}`);
      this.#models.showModel(opened, trained);
      this.#origins.start(opened, trained, {
        atEnd: this.settings.source === 'file',
        horizon: Math.min(request.horizon, trained.steps),
      });
      this.say(
        `Trained. ${trained.name}: error one step ahead ${formatNumber(trained.comparison[0].errors[0])}`,
      );
    } catch (error) {
      this.#training.end('failed');
      this.problem(error);
    }
  }
}

/** Fills in what a control's name stands for. */
function fill(settings: Readonly<Record<string, string>>): void {
  for (const [control, value] of Object.entries(settings)) element(control, HTMLInputElement).value = value;
}

function showThreads(threads: number): void {
  const text = () => {
    if (threads === 0)
      return 'This browser cannot run the WebAssembly engine: only linear and MLP can be trained.';
    if (threads > 1) return `Recurrent networks train on ${threads} threads.`;
    return crossOriginIsolated
      ? 'Recurrent networks train on one thread.'
      : 'Recurrent networks train on one thread: the server does not isolate this page, so browsers give it no more.';
  };
  element('threads', HTMLParagraphElement).textContent = text();
}
