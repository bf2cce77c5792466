import { type Announcer, element } from '@throughtime/web-page';
import { fewestTokens, type TokenKind } from '../src/core/settings.js';
import { explain } from './explain.js';
import type { LiveControls } from './live-controls.js';
import type { TextChoice } from './text-choice.js';
import { numbers, texts } from './texts/chosen.js';
import type { TrainForm } from './train-form.js';
import type { TrainingClient } from './training-client.js';
import { perplexityText, type TrainingView } from './training-view.js';
import type { Report, RunEnd, TrainRequest } from './worker/protocol.js';

/**
 * What the page is doing with its model. `showing`: there is a model that came without a run, and is not for training on. `starting`:
 * Start was pressed, and the worker says whether the text is long enough.
 */
type Phase = 'getting ready' | 'no model' | 'showing' | 'starting' | 'training' | 'paused' | 'resting';

export interface TrainingParts {
  readonly client: TrainingClient;
  readonly form: TrainForm;
  readonly text: TextChoice;
  readonly view: TrainingView;
  readonly live: LiveControls;
  readonly announcer: Announcer;
  /** Called when there comes to be a model, with what it reads and words to continue, or none. */
  readonly modelChanged: (
    exists: boolean,
    said?: { readonly kind: TokenKind; readonly opening: string },
  ) => void;
  /** Called when training begins, pauses, continues or ends: whether settings do something, and whether there is news to keep. */
  readonly phaseChanged: (phase: { readonly busy: boolean; readonly continuable: boolean }) => void;
  /** Called when a pass is over, and when training rests: what was learned so far should be kept. */
  readonly learned: (rests: boolean) => void;
}

/** Start, Pause, Resume, Stop, Continue training. */
export class TrainingControls {
  readonly #parts: TrainingParts;
  readonly #start = element('start', HTMLButtonElement);
  readonly #pause = element('pause', HTMLButtonElement);
  readonly #stop = element('stop', HTMLButtonElement);
  readonly #further = element('further', HTMLButtonElement);
  readonly #problem = element('problem', HTMLElement);
  #phase: Phase = 'getting ready';
  #counting = new AbortController();
  /** A perplexity that a run may begin with, but not stay above. */
  #alarming = Number.POSITIVE_INFINITY;

  constructor(parts: TrainingParts) {
    this.#parts = parts;
    this.#start.addEventListener('click', () => this.#train());
    this.#pause.addEventListener('click', () => this.#pauseOrResume());
    this.#stop.addEventListener('click', () => this.#parts.client.workshop.stop());
    this.#further.addEventListener('click', () => this.#trainFurther());
    this.#show('getting ready');
  }

  /** The engine is there. */
  ready(): void {
    if (this.#phase === 'getting ready') this.#show('no model');
  }

  get busy(): boolean {
    return this.#phase === 'starting' || this.#phase === 'training' || this.#phase === 'paused';
  }

  /** As pressing Start does, where it can be pressed. */
  start(): void {
    if (!this.#start.disabled) this.#train();
  }

  /** A model was opened. @param trainable whether it may be trained further */
  opened(trainable: boolean): void {
    this.#parts.live.close();
    this.#counting.abort();
    this.#parts.view.clear(false);
    this.#problem.textContent = '';
    this.#show(trainable ? 'resting' : 'showing');
  }

  async #train(): Promise<void> {
    // Pressed twice, it starts once.
    if (this.busy) return;
    const request = this.#request();
    if (!request) return;
    const { client, view, modelChanged } = this.#parts;
    const before = this.#phase;
    this.#phase = 'starting';
    try {
      // Before the model that there is goes.
      await this.#requireEnough(request);
    } catch (error) {
      // Unless a model was opened meanwhile.
      if (this.#phase === 'starting') this.#phase = before;
      this.#complain(error);
      return;
    }
    view.clear(true);
    modelChanged(false);
    this.#compare(request);
    await this.#follow(client.train(request, this.#report), false);
  }

  async #trainFurther(): Promise<void> {
    if (this.busy) return;
    const request = this.#request();
    if (request) await this.#follow(this.#parts.client.trainFurther(request, this.#report), true);
  }

  readonly #report = (report: Report): void => {
    const { view, announcer, learned } = this.#parts;
    view.show(report);
    if (this.#phase === 'paused') view.pause();
    if (report.type === 'begin') {
      this.#parts.modelChanged(true, report);
      // Guessing has the vocabulary's size for its perplexity.
      this.#alarming = 2 * report.vocabulary;
    }
    if (report.type === 'validation') learned(false);
    if (report.type === 'progress') {
      this.#parts.live.show(report.learningRate);
      const warning = report.perplexity > this.#alarming ? texts.problems.worseThanGuessing : '';
      // Only when it changes: screen readers say it each time that it is set.
      if (this.#problem.textContent !== warning) this.#problem.textContent = warning;
      announcer.say(texts.training.progress(numbers.count(report.epoch), perplexityText(report.perplexity)));
    }
  };

  /** @param before whether there was a model that the run was to train further */
  async #follow(run: Promise<RunEnd>, before: boolean): Promise<void> {
    const { announcer, view, modelChanged, learned } = this.#parts;
    this.#problem.textContent = '';
    this.#show('training');
    this.#parts.live.begin();
    announcer.sayNow(texts.training.started);
    try {
      const { reason } = await run;
      view.rest(reason === 'finished');
      this.#parts.live.rest();
      // There is nothing to stop any more.
      if (this.#problem.textContent !== '') this.#problem.textContent = texts.problems.diverged;
      announcer.sayNow(reason === 'finished' ? texts.training.finished : texts.training.stopped);
      this.#show('resting');
      learned(true);
    } catch (error) {
      this.#complain(error);
      view.rest(false);
      this.#parts.live.rest();
      const exists = modelSurvives(error, before);
      modelChanged(exists);
      this.#show(exists ? 'resting' : 'no model');
    }
  }

  #pauseOrResume(): void {
    const { client, view, announcer, learned } = this.#parts;
    if (this.#phase === 'training') {
      client.workshop.pause();
      this.#show('paused');
      view.pause();
      announcer.sayNow(texts.training.paused);
      learned(true);
    } else {
      client.workshop.resume();
      this.#show('training');
      announcer.sayNow(texts.training.resumed);
    }
  }

  /** What would be trained now; undefined, and a message, when that is not possible. */
  requestNow(): TrainRequest | undefined {
    if (!this.busy) return this.#request();
    this.#complain(new Error(texts.cells.busy));
    return undefined;
  }

  #request(): TrainRequest | undefined {
    const { form, text } = this.#parts;
    if (!form.check()) return undefined;
    const { source } = text;
    if (source) return { source, settings: form.settings };
    this.#complain(new Error(texts.text.none));
    return undefined;
  }

  async #requireEnough({ source, settings }: TrainRequest): Promise<void> {
    const { reading } = this.#parts.form;
    const { tokens } = await this.#parts.client.inspect(source, reading);
    const { batch, steps } = settings;
    const needed = fewestTokens(settings);
    if (tokens >= needed) return;
    throw new Error(
      texts.text.tooShort(
        numbers.count(batch),
        numbers.count(steps),
        texts.tokens(reading.tokens).many,
        numbers.count(needed),
        numbers.count(tokens),
      ),
    );
  }

  async #compare(request: TrainRequest): Promise<void> {
    this.#counting.abort();
    this.#counting = new AbortController();
    const { signal } = this.#counting;
    const { client, view } = this.#parts;
    // Without it the page lacks a comparison, and works.
    const baselines = await client.baselines(request, signal).catch(() => undefined);
    if (!signal.aborted) view.compare(baselines);
  }

  #complain(error: unknown): void {
    this.#problem.textContent = explain(error);
  }

  #show(phase: Phase): void {
    this.#phase = phase;
    const { busy } = this;
    this.#start.disabled = busy || phase === 'getting ready';
    this.#start.textContent = phase === 'resting' ? texts.training.startOver : texts.training.start;
    this.#pause.disabled = !busy;
    this.#pause.textContent = phase === 'paused' ? texts.training.resume : texts.training.pause;
    this.#stop.disabled = !busy;
    this.#further.disabled = phase !== 'resting';
    this.#parts.phaseChanged({ busy, continuable: phase === 'resting' });
  }
}

/** Training that diverged leaves the model as it was before the step. Everything else fails before a new model is made. */
function modelSurvives(error: unknown, before: boolean): boolean {
  const { name } = error instanceof Error ? error : new Error();
  return name !== 'WorkerLostError' && (before || name.startsWith('NonFinite'));
}
