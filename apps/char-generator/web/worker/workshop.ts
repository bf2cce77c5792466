import { generateText } from '@throughtime/lang-model';
import { eventLoopTurn } from '@throughtime/platform';
import { Random } from '@throughtime/random';
import { defaultEngine, type Engine, loadEngine } from '@throughtime/wasm-kernels';
import type { FileSet, Settings } from '@throughtime/web-page';
import { type ProxyMarked, proxy } from 'comlink';
import type { LoadedCorpus } from '../../src/core/corpus.js';
import { corpusName } from '../../src/core/settings.js';
import { kindOf, TextForm } from '../../src/core/text-form.js';
import type { TextModel } from '../../src/core/text-model.js';
import {
  prepareRun,
  type RunOptions,
  settingsOfModel,
  type TrainingRun,
} from '../../src/core/training-run.js';
import { numbers, workerTexts } from '../texts/chosen-worker.js';
import type { CellRace } from './cell-race.js';
import {
  modelArchive,
  modelFiles,
  openModelFiles,
  readModelFiles,
  requireFused,
  runFiles,
  type SavedModel,
  sharedModel,
  writingOf,
} from './page-files.js';
import type {
  Dependence,
  Drawing,
  Environment,
  FollowedFeature,
  ForeignReading,
  GenerateRequest,
  ModelFacts,
  Reading,
  Report,
  RunEnd,
  TextFacts,
  TextReading,
  TextSource,
  TrainRequest,
} from './protocol.js';
import { readForeignText, readText, undrawn } from './reading.js';
import { Gate, type LiveSettings, runSample, runTraining } from './run-training.js';
import { factsOf, readSource } from './text-source.js';

/** Milliseconds of work before training and messages have their turn: a frame of a display. */
const longestStretch = 15;

/** How a model is saved. */
interface SavingOptions {
  /** Weights as a byte each. Default: as the model has them. */
  readonly int8?: boolean;
}

/** What the page may ask of its worker: one model, which is trained, read, sampled and saved. */
export class Workshop {
  readonly #gate = new Gate();
  #model: TextModel | undefined;
  /** The run that made the model, or is making it. */
  #run: TrainingRun | undefined;
  #ended: RunEnd | undefined;
  /** A run that was opened, until it is continued. */
  #saved: SavedModel['run'];
  #stop = new AbortController();
  #stopText = new AbortController();
  readonly #live: LiveSettings = { rate: 1, temperature: 0.6 };
  #report: (report: Report) => unknown = () => {};
  #training = false;

  async environment(): Promise<Environment> {
    const engine = await readyEngine();
    const { crossOriginIsolated: isolated, navigator } = globalThis;
    return { threads: engine.threads, cores: navigator.hardwareConcurrency, isolated };
  }

  async inspect(source: TextSource, reading: TextReading): Promise<TextFacts> {
    return factsOf((await readSource(source)).text, reading);
  }

  /** Trains a new model. Resolves when training has ended. */
  async train({ source, settings }: TrainRequest, report: (report: Report) => unknown): Promise<RunEnd> {
    this.#begin();
    const corpus = await readSource(source);
    await readyEngine();
    return this.#follow(this.#prepared(corpus, settings), report);
  }

  /**
   * Trains the present model further: to the planned end of a run that was stopped, for as many epochs again when it had ended,
   * and a model without a run by the request.
   */
  async trainFurther(request: TrainRequest, report: (report: Report) => unknown): Promise<RunEnd> {
    this.#begin();
    await readyEngine();
    return this.#follow(await this.#furtherRun(request), report);
  }

  pause(): void {
    this.#gate.close();
  }

  resume(): void {
    this.#gate.open();
  }

  stop(): void {
    this.#stop.abort();
    this.#gate.open();
  }

  /** Networks that learn side by side: for a worker of their own, so that the page's model stays as it is. */
  async cellRace(): Promise<CellRace & ProxyMarked> {
    const { CellRace } = await import('./cell-race.js');
    return proxy(new CellRace());
  }

  /** @param factor on the planned learning rate, from the next update on */
  setRate(factor: number): void {
    this.#live.rate = factor;
  }

  /** Of the samples of the run, the next of which comes at once. */
  async setTemperature(temperature: number): Promise<void> {
    this.#live.temperature = temperature;
    const run = this.#run;
    // A run in progress sees it by itself.
    if (!run || this.#training) return;
    const random = Random.seeded(run.settings.seed);
    await this.#report({ type: 'sample', text: await runSample(run, { random, temperature }) });
  }

  /** Continues a prompt, telling the text as it comes. Resolves once the page has seen all of it. */
  async generate(request: GenerateRequest, tell: (text: string) => unknown): Promise<void> {
    const saved = this.#required();
    const { model, vocabulary } = saved;
    const { seed, topK, ...options } = request;
    this.#stopText = new AbortController();
    const pieces = generateText(model, {
      ...options,
      tokenizer: TextForm.of(saved).prompts,
      vocabulary,
      random: Random.seeded(seed),
      signal: this.#stopText.signal,
      ...(topK !== undefined && { topK }),
    });
    const turn = eventLoopTurn(longestStretch);
    let waiting = '';
    let told = 0;
    for await (const piece of pieces) {
      waiting += piece;
      if (performance.now() - told >= 30) {
        tell(waiting);
        waiting = '';
        told = performance.now();
      }
      await turn();
    }
    await tell(waiting);
  }

  stopGenerating(): void {
    this.#stopText.abort();
  }

  /** @param drawing how the text was drawn from the model. Default: it was not, and probabilities are the model's own */
  async read(text: string, prompt: string, drawing: Drawing = undrawn): Promise<Reading> {
    return readText(this.#required(), text, prompt, drawing, eventLoopTurn(longestStretch));
  }

  /** A text that the model did not write, as it reads it. */
  async readForeign(text: string): Promise<ForeignReading> {
    return readForeignText(this.#required(), text, eventLoopTurn(longestStretch));
  }

  /**
   * The units that follow each feature of the text that the model was trained on.
   * @param source for a model whose text is not known
   */
  async followedFeatures(source: TextSource | undefined): Promise<FollowedFeature[]> {
    const saved = this.#required();
    const corpus = this.#run?.corpus ?? (source && (await readSource(source)));
    if (!corpus) throw new Error(workerTexts.text.none);
    const { followedFeatures } = await import('./insight.js');
    return followedFeatures(saved, corpus.text, eventLoopTurn(longestStretch));
  }

  /** @param tokens what was read before the prediction, at least one */
  async dependence(tokens: readonly string[]): Promise<Dependence> {
    const { dependenceOf } = await import('./insight.js');
    return dependenceOf(this.#required(), tokens);
  }

  /** Everything that it takes to open the model again, and, unless its weights become bytes, to continue training where the run is. */
  files({ int8 = false }: SavingOptions = {}): FileSet {
    return this.#run && !int8 ? runFiles(this.#run) : modelFiles(this.#required(), { int8 });
  }

  /** The model as one .zip, which unpacked is a folder that the command line opens. */
  archive({ int8 = false }: SavingOptions = {}): Uint8Array<ArrayBuffer> {
    return modelArchive(modelFiles(this.#required(), { int8 }));
  }

  /**
   * The model as small as can be, for a link or a file that gives its text to others.
   * @param writing prompt, temperature, seed and the rest, for a file; a link has them beside the model
   */
  shared(writing?: Settings): Uint8Array<ArrayBuffer> {
    return sharedModel(modelFiles(this.#required(), { int8: true }), writing);
  }

  async openUpload(files: readonly File[]): Promise<ModelFacts> {
    const read = await readModelFiles(files);
    const facts = await this.open(read);
    const writing = writingOf(read);
    return { ...facts, ...(writing && { writing }) };
  }

  async open(files: FileSet): Promise<ModelFacts> {
    await loadEngine();
    const { model, run, warnings } = openModelFiles(files);
    this.#model = model;
    this.#run = undefined;
    this.#ended = undefined;
    this.#saved = run;
    const { config, parameters, vocabularySize } = model.model;
    const { cell = 'lstm', hiddenSize = 256, layers } = config;
    return {
      kind: kindOf(model.tokenizer),
      cell,
      hiddenSize: typeof hiddenSize === 'number' ? String(hiddenSize) : hiddenSize.join(', '),
      layers: layers ?? (typeof hiddenSize === 'number' ? 1 : hiddenSize.length),
      parameters: parameters.reduce((sum, { data }) => sum + data.length, 0),
      vocabulary: vocabularySize,
      warnings,
      known: settingsOfModel(model),
      trainable: model.model.weights !== 'int8',
      ...(run && { settings: run.settings }),
      ...(run?.text !== undefined && { text: run.text }),
    };
  }

  async #furtherRun({ source, settings }: TrainRequest): Promise<TrainingRun> {
    const run = this.#run;
    if (run) {
      const epochs = this.#ended?.reason === 'finished' ? run.epochs + run.settings.epochs : run.epochs;
      return { ...run, epochs, resume: run.trainer.snapshot() };
    }
    const saved = this.#saved;
    if (saved) {
      const { epochs = saved.settings.epochs } = saved;
      const options = { resume: saved.snapshot, model: this.#required() };
      const restored = this.#prepared(await corpusOf(saved), saved.settings, options);
      const isOver = saved.snapshot.memory.epoch > epochs;
      return { ...restored, epochs: isOver ? epochs + saved.settings.epochs : epochs };
    }
    const model = this.#required();
    // Before the text is looked at: no text would do.
    model.model.requireTrainable();
    const { clean, ...own } = settingsOfModel(model);
    const known = 'cleaning' in model.notes ? { ...own, clean } : own;
    const corpus = await readSource(source);
    requireKnownTokens(corpus, model);
    return this.#prepared(corpus, { ...settings, ...known }, { model });
  }

  /** The control that pauses and stops a run is there before the run is prepared: whoever presses Stop meanwhile means this run. */
  #begin(): void {
    this.#gate.open();
    this.#stop = new AbortController();
  }

  async #follow(run: TrainingRun, report: (report: Report) => unknown): Promise<RunEnd> {
    this.#model = run;
    this.#run = run;
    this.#saved = undefined;
    this.#ended = undefined;
    this.#report = report;
    this.#training = true;
    try {
      const { signal } = this.#stop;
      this.#ended = await runTraining(run, { gate: this.#gate, signal, report, live: this.#live });
      return this.#ended;
    } finally {
      this.#training = false;
    }
  }

  /** @throws UnsupportedModelError when this page cannot run the model */
  #prepared(corpus: LoadedCorpus, settings: TrainRequest['settings'], options?: RunOptions): TrainingRun {
    const run = prepareRun(corpus, settings, { ...options, rateFactor: () => this.#live.rate });
    requireFused(run.model);
    return run;
  }

  #required(): TextModel {
    if (!this.#model) throw new Error(workerTexts.models.none);
    return this.#model;
  }
}

/** @throws Error for the person who chose the text: a model knows no tokens but those that it was made with */
function requireKnownTokens({ text }: LoadedCorpus, model: TextModel): void {
  const [tokens = []] = TextForm.of(model).texts(text);
  const unknown = [...new Set(tokens)].filter((token) => !model.vocabulary.has(token));
  if (unknown.length === 0) return;
  const shown = unknown.slice(0, 5).map((token) => `'${token}'`);
  throw new Error(workerTexts.text.unknownTokens(shown.join(', '), numbers.count(unknown.length)));
}

/** The engine with all its threads. */
async function readyEngine(): Promise<Engine> {
  await loadEngine();
  const engine = defaultEngine();
  await engine.ready();
  return engine;
}

async function corpusOf({ settings, text }: NonNullable<SavedModel['run']>): Promise<LoadedCorpus> {
  return readSource(
    text === undefined ? { kind: 'corpus', name: corpusName(settings.corpus) } : { kind: 'text', text },
  );
}
