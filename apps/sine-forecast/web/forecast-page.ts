import {
  Announcer,
  element,
  readFileBytes,
  readSettings,
  type Settings,
  writeSettings,
} from '@throughtime/web-page';
import { modelTitle } from '../src/core/labels.js';
import { type Arrival, arrivalFor } from './arrival.js';
import { explain } from './explain.js';
import { followFileChoice } from './file-choice.js';
import { saveImageCard } from './image-card.js';
import { latestOnly } from './latest-only.js';
import type { Shown } from './model-figures.js';
import { ModelView } from './model-view.js';
import { numberText } from './number-text.js';
import { OriginControl } from './origin-control.js';
import {
  type ModelName,
  type ModelRequest,
  modelNames,
  type ShownSeries,
  type TrainingReport,
} from './protocol.js';
import { areSame, concernsSeries, modelRequest, quickRequest, seriesRequest } from './requests.js';
import { SeriesForm } from './series-form.js';
import { applySettings, type LinkedResult, type LinkedSettings, type Shared } from './share.js';
import { SharedResult } from './shared-result.js';
import { Suggestions } from './suggestions.js';
import { numbers, texts } from './texts/chosen.js';
import { TrainingView } from './training-view.js';
import { verdictSentences } from './verdict-view.js';
import { connectWorker, type WorkerClient } from './worker-client.js';

/** Of a file with a model: more than the largest that the form can ask for. */
const mostShared = 20e6;

/** The page: form, worker and views, and what leads from one to another. */
export class ForecastPage {
  readonly form = element('settings', HTMLFormElement);
  readonly #problem = element('problem', HTMLParagraphElement);
  readonly #announcer = new Announcer(element('announcements', HTMLParagraphElement));
  readonly #training = new TrainingView();
  readonly #models = new ModelView((shown) => this.#startOrigins(shown));
  readonly #series = new SeriesForm(() => this.#opening.request(undefined));
  readonly #suggestions = new Suggestions(() => this.#suggest());
  readonly #origins = new OriginControl({
    forecastFrom: (model, origin) => this.#worker.forecastFrom(model, origin),
    onProblem: (error) => this.problem(error),
  });
  readonly #opening = latestOnly(() => this.#open());
  readonly #worker: WorkerClient = connectWorker((message) => {
    this.#problem.textContent = texts.run.crashed(message);
    this.#training.end(texts.run.failed);
  });
  #opened: ShownSeries | undefined;
  #file: File | undefined;
  /** Whether the next series opened is another one, for which other settings may do better. */
  #another = true;
  /** Counts trainings: only the last one says how it went. */
  #run = 0;
  /** The training that someone has asked for while it waits for its series: nothing needs to be fitted on arrival. */
  #asked: AbortController | undefined;
  readonly #shared = new SharedResult();
  /** The fit on arrival. */
  #quick: Promise<unknown> = Promise.resolve();
  /** What a link wants of the next series. */
  #linked: LinkedResult | undefined;

  /** Listens, and opens the series that the form asks for. */
  start(linked: LinkedSettings): void {
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#train();
    });
    this.form.addEventListener('input', ({ target }) => {
      const { name } = target as HTMLInputElement;
      this.#suggestions.typed(name);
      if (name === 'source') this.#changeSource();
      else if (concernsSeries(name)) this.#opening.request(undefined);
    });
    element('model', HTMLSelectElement).addEventListener('change', () => this.#suggest());
    element('stop', HTMLButtonElement).addEventListener('click', () => this.#stop());
    element('image', HTMLButtonElement).addEventListener('click', () => void this.#saveImage());
    followFileChoice(
      (file) => {
        this.#file = file;
        this.#series.source.value = 'file';
        this.#changeSource();
      },
      (file) => void this.#openShared(file),
    );
    this.follow(linked);
    void this.#opening
      .settled()
      .then(() => this.#quick)
      // The engine is not needed before, and loading it takes its time.
      .then(() => this.#worker.threads())
      .then(showThreads, (error) => this.problem(error));
  }

  /** Does what a link asks for, whose settings the form has taken. */
  follow(linked: LinkedSettings): void {
    this.#suggestions.touch(linked.names);
    this.#models.showK();
    this.#linked = linked;
    this.#changeSource(linked.column);
    if (linked.isTrained || linked.model !== undefined) void this.#train(linked.model);
  }

  /** Sets the form, trains, and resolves to whether there is a model to look at. */
  async play(settings: Settings): Promise<boolean> {
    writeSettings(this.form, settings);
    this.#suggestions.touch(Object.keys(settings));
    this.#changeSource();
    await this.#opening.settled();
    // A linear model beside any other.
    await this.#quick;
    return this.#train();
  }

  /** Says what went wrong. */
  problem(error: unknown): void {
    this.#problem.textContent = explain(error);
  }

  /** Says something to those who listen to the page. */
  say(text: string): void {
    this.#announcer.sayNow(text);
  }

  get settings(): Settings {
    const { column } = this.#series;
    return { ...readSettings(this.form), ...(column !== undefined && { column }) };
  }

  /** What someone else needs to see the same. */
  shared(): Promise<Shared> {
    return this.#shared.of(this.settings, this.#model, { drawn: this.#origins.drawn, worker: this.#worker });
  }

  /** The same as one file, for what no link carries; undefined where nothing is trained. */
  async sharedFile(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { settings, model } = await this.shared();
    return model && this.#worker.shared(this.#model, settings);
  }

  async #openShared(file: File): Promise<void> {
    try {
      const model = await readFileBytes(file, { maxBytes: mostShared });
      const settings = await this.#worker.settingsIn(model);
      this.#problem.textContent = '';
      const linked = applySettings(this.form, settings, model);
      if (linked.problem !== undefined) this.#problem.textContent = linked.problem;
      this.follow(linked);
    } catch (error) {
      this.problem(error);
    }
  }

  get #model(): ModelName {
    const { model } = this.settings;
    return modelNames.find((one) => one === model) ?? 'gru';
  }

  #changeSource(column?: string): void {
    this.#series.showSource(column);
    this.#another = true;
    this.#forget();
    this.#opening.request(undefined);
  }

  /** One series at a time: nothing of the last one stays. */
  #forget(): void {
    this.#opened = undefined;
    this.#run++;
    this.#shared.clear();
    this.#models.clear();
    this.#origins.clear();
    // A training that waits for the next series is under way all the same.
    if (this.#asked === undefined) this.#training.clear();
    this.#series.clearNotes();
  }

  async #open(): Promise<void> {
    const { settings } = this;
    const request = seriesRequest(settings, { file: this.#file, column: this.#series.column });
    if (request === undefined || (request.kind === 'sine' && !this.form.checkValidity())) return;
    // The worker ends what it trains: that was of the last series, and nobody has stopped it.
    this.#run++;
    const arrival = this.#asked === undefined ? arrivalFor(request, settings) : undefined;
    if (arrival !== undefined) this.#show(arrival.opened);
    const run = this.#run;
    try {
      // What someone looks at comes before what computes.
      if (arrival !== undefined) await this.#models.showArrival(arrival.opened, arrival.drawn);
      const opened = await this.#worker.open(request);
      // Another source has been chosen meanwhile, which may have no file yet.
      if (run !== this.#run) return;
      // It is the arrival's, number by number.
      if (arrival === undefined) this.#show(opened);
      if (this.#asked === undefined && this.form.checkValidity())
        this.#quick = this.#fitQuickly(arrival?.opened ?? opened, arrival);
    } catch (error) {
      if (run !== this.#run) return;
      this.#forget();
      this.problem(error);
    }
  }

  #show(opened: ShownSeries): void {
    this.#forget();
    this.#opened = opened;
    this.#problem.textContent = '';
    this.#series.showSeries(opened);
    this.#models.showSeries(opened);
    if (!this.#another) return;
    this.#another = false;
    this.#suggest();
    this.say(texts.run.sayOpened(opened.name, numbers.count(opened.values.length)));
  }

  /** Fills in what suits series and model. */
  #suggest(): void {
    if (this.#opened !== undefined) this.#suggestions.fill(this.#opened.suggested, this.#model);
  }

  /** Something to look at before anything was asked for. It says what it cannot fit when someone asks. */
  #fitQuickly(opened: ShownSeries, arrival: Arrival | undefined): Promise<boolean> {
    const request = quickRequest(this.settings, opened.suggested);
    const isShown = arrival !== undefined && areSame(request, arrival.fit);
    return this.#fit(opened, request, { isShown }).catch(() => false);
  }

  /** @param shared a model that was trained elsewhere with the form's settings */
  async #train(shared?: Uint8Array): Promise<boolean> {
    const asked = new AbortController();
    this.#asked = asked;
    this.#training.begin();
    try {
      await this.#opening.settled();
      if (asked.signal.aborted) return false;
      if (this.#asked === asked) this.#asked = undefined;
      const opened = this.#opened;
      if (opened === undefined) {
        if (this.#problem.textContent === '') this.#problem.textContent = texts.run.chooseFile;
        this.#training.end(texts.run.failed);
        return false;
      }
      this.#problem.textContent = '';
      this.#training.begin();
      this.say(texts.run.sayTraining);
      const request = modelRequest(this.settings);
      return await this.#fit(opened, request, {
        shared,
        onEpoch: (epoch, epochs, loss) =>
          this.#announcer.say(
            texts.run.sayEpoch(numbers.count(epoch), numbers.count(epochs), numberText(loss)),
          ),
      });
    } catch (error) {
      this.#training.end(texts.run.failed);
      this.problem(error);
      return false;
    }
  }

  /** Ends the training, or the wait for the series that it needs. */
  #stop(): void {
    const asked = this.#asked;
    if (asked === undefined) {
      void this.#worker.stop();
      return;
    }
    asked.abort();
    this.#asked = undefined;
    this.#training.end(texts.run.stopped);
    this.say(texts.run.stopped);
  }

  /**
   * Trains and shows a model, unless another training or another series comes in between.
   * @param options `onEpoch`: of a training that someone has asked for; without it nothing is said on the way. `isShown`: whether its figures
   * are there already. Default: they are not
   */
  async #fit(
    opened: ShownSeries,
    request: ModelRequest,
    {
      onEpoch,
      shared,
      isShown = false,
    }: {
      readonly onEpoch?: (epoch: number, epochs: number, loss: number) => void;
      readonly shared?: Uint8Array | undefined;
      readonly isShown?: boolean;
    } = {},
  ): Promise<boolean> {
    const run = ++this.#run;
    const { settings } = this;
    try {
      const onReport = (report: TrainingReport) => {
        if (run !== this.#run) return;
        if (report.kind === 'drawn') this.#models.showFirst(opened, report.model, isShown);
        else if (onEpoch !== undefined) {
          this.#training.progress(report);
          onEpoch(report.epoch, report.epochs, report.loss);
        }
      };
      const trained = await this.#worker.train(request, onReport, shared);
      if (run !== this.#run) return false;
      if (trained === undefined) {
        this.#models.forgetFirst();
        this.#training.end(texts.run.stopped);
        this.say(texts.run.stopped);
        return false;
      }
      const name = modelTitle(trained.name);
      this.#training.end(texts.run.trained(name));
      this.#shared.trained(request, settings);
      this.#models.showModel(opened, trained);
      if (onEpoch !== undefined) this.say(texts.run.sayTrained(name, numberText(trained.own.errors[0])));
      return true;
    } catch (error) {
      // Of a training that another has taken the place of, nobody wants to know.
      if (run !== this.#run) return false;
      this.#models.forgetFirst();
      throw error;
    }
  }

  #startOrigins(shown: Shown): void {
    const { source, horizon } = this.settings;
    const origin = this.#linked?.origin;
    this.#linked = undefined;
    this.#origins.start(shown, {
      atEnd: source === 'file',
      horizon: Math.min(Number(horizon), shown.chosen.steps),
      origin,
    });
  }

  async #saveImage(): Promise<void> {
    const { drawn } = this.#origins;
    if (drawn === undefined) return;
    const { opened, chosen } = drawn.shown;
    await saveImageCard(drawn.shown, drawn.forecast, verdictSentences(opened, chosen).join(' '));
  }
}

function showThreads(threads: number): void {
  const text = () => {
    if (threads === 0) return texts.threads.none;
    if (threads > 1) return texts.threads.some(numbers.count(threads));
    return crossOriginIsolated ? texts.threads.one : texts.threads.notIsolated;
  };
  element('threads', HTMLParagraphElement).textContent = text();
}
