import { generateText } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { defaultEngine } from '@throughtime/wasm-kernels';
import type { FileSet } from '@throughtime/web-page';
import type { LoadedCorpus } from '../../src/text/corpus.js';
import { completeSettings } from '../../src/training/train-settings.js';
import { Gate } from './gate.js';
import { modelArchive, readModelFiles } from './model-archive.js';
import { modelFiles, notesOf, openModelFiles, runFiles, type SavedModel } from './model-files.js';
import type {
  Environment,
  GenerateRequest,
  ModelFacts,
  Reading,
  Report,
  RunEnd,
  TextFacts,
  TextSource,
  TrainRequest,
} from './protocol.js';
import { readText } from './reading.js';
import { runTraining } from './run-training.js';
import { factsOf, readSource } from './text-source.js';
import { prepareRun, type ReadyModel, type TrainingRun } from './training-run.js';
import { turns } from './turns.js';

/** What the page may ask of its worker: one model, which is trained, read, sampled and saved. */
export class Workshop {
  readonly #gate = new Gate();
  #model: ReadyModel | undefined;
  /** The run that made the model, or goes on making it. */
  #run: TrainingRun | undefined;
  #ended: RunEnd | undefined;
  /** A run that was opened, until it goes on. */
  #saved: SavedModel['run'];
  #stop = new AbortController();
  #stopText = new AbortController();

  async environment(): Promise<Environment> {
    const engine = defaultEngine();
    await engine.ready();
    const { crossOriginIsolated: isolated, navigator } = globalThis;
    return { threads: engine.threads, cores: navigator.hardwareConcurrency, isolated };
  }

  async inspect(source: TextSource): Promise<TextFacts> {
    return factsOf((await readSource(source)).text);
  }

  /** Trains a new model. Resolves when training has ended. */
  async train({ source, settings }: TrainRequest, report: (report: Report) => unknown): Promise<RunEnd> {
    const corpus = await readSource(source);
    await defaultEngine().ready();
    return this.#follow(prepareRun(corpus, completeSettings(settings)), report);
  }

  /**
   * Trains the present model further: to the planned end of a run that was stopped, for as many epochs again when it had ended,
   * and a model without a run by the request.
   */
  async trainFurther(request: TrainRequest, report: (report: Report) => unknown): Promise<RunEnd> {
    await defaultEngine().ready();
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

  /** Continues a prompt, telling the text as it comes. Resolves once the page has seen all of it. */
  async generate(request: GenerateRequest, tell: (text: string) => unknown): Promise<void> {
    const { model, tokenizer, vocabulary } = this.#required();
    const { seed, topK, ...options } = request;
    this.#stopText = new AbortController();
    const pieces = generateText(model, {
      ...options,
      tokenizer,
      vocabulary,
      random: Random.seeded(seed),
      signal: this.#stopText.signal,
      ...(topK !== undefined && { topK }),
    });
    const turn = turns();
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

  async read(text: string): Promise<Reading> {
    return readText(this.#required(), text, turns());
  }

  /** Everything that it takes to open the model again, and to go on training where the run is. */
  files(): FileSet {
    const run = this.#run;
    if (!run) return modelFiles(this.#required());
    return runFiles(run, run.trainer.snapshot());
  }

  /** The model as one .zip, which unpacked is a folder that the command line opens. */
  archive(): Uint8Array<ArrayBuffer> {
    return modelArchive(modelFiles(this.#required(), this.#run ? notesOf(this.#run) : {}));
  }

  async openUpload(files: readonly File[]): Promise<ModelFacts> {
    return this.open(await readModelFiles(files));
  }

  open(files: FileSet): ModelFacts {
    const { run, ...ready } = openModelFiles(files);
    this.#model = ready;
    this.#run = undefined;
    this.#ended = undefined;
    this.#saved = run;
    const { config, parameters, vocabularySize } = ready.model;
    const { cell = 'lstm', hiddenSize = 256, layers } = config;
    return {
      cell,
      units: String(hiddenSize),
      layers: layers ?? (typeof hiddenSize === 'number' ? 1 : hiddenSize.length),
      parameters: parameters.reduce((sum, { data }) => sum + data.length, 0),
      vocabulary: vocabularySize,
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
      const corpus = await corpusOf(saved);
      const trained = this.#required();
      const restored = prepareRun(corpus, saved.settings, { trained, resume: saved.snapshot });
      const over = saved.snapshot.memory.epoch > saved.epochs;
      return { ...restored, epochs: over ? saved.epochs + saved.settings.epochs : saved.epochs };
    }
    return prepareRun(await readSource(source), completeSettings(settings), { trained: this.#required() });
  }

  async #follow(run: TrainingRun, report: (report: Report) => unknown): Promise<RunEnd> {
    this.#model = run;
    this.#run = run;
    this.#saved = undefined;
    this.#ended = undefined;
    this.#gate.open();
    this.#stop = new AbortController();
    this.#ended = await runTraining(run, { gate: this.#gate, signal: this.#stop.signal, report });
    return this.#ended;
  }

  #required(): ReadyModel {
    if (!this.#model) throw new Error('There is no model yet: train one, or open one.');
    return this.#model;
  }
}

async function corpusOf({ settings, text }: NonNullable<SavedModel['run']>): Promise<LoadedCorpus> {
  return readSource(text === undefined ? { kind: 'corpus', name: settings.corpus } : { kind: 'text', text });
}
