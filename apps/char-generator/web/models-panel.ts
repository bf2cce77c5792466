import { created, element, type FileSet, offerDownload, SavedFiles } from '@throughtime/web-page';
import { transfer } from 'comlink';
import { explain } from './explain.js';
import { decodeModelRecord, encodeModelRecord, type ModelRecord, recordFile } from './model-record.js';
import { numbers, texts } from './texts/chosen.js';
import type { TrainingClient } from './training-client.js';
import type { ModelFacts } from './worker/protocol.js';

export interface ModelsPanelOptions {
  readonly client: TrainingClient;
  /** Whether a model is being trained, which opening another one would end. */
  readonly busy: () => boolean;
  /** What the page shows of the present model. */
  readonly record: () => ModelRecord;
  /** @param record what the page showed of it when it was saved; undefined: it comes from elsewhere */
  readonly opened: (facts: ModelFacts, record: ModelRecord | undefined) => void;
}

/** A model that was opened from files. */
export interface LoadedModel {
  readonly facts: ModelFacts;
  /** What the page showed of it when it was saved. */
  readonly record: ModelRecord | undefined;
  /** What is to be known of its files. */
  readonly warnings: readonly string[];
}

/** Models in the browser's own database, as downloads, and from files. */
export class ModelsPanel {
  readonly #options: ModelsPanelOptions;
  readonly #store = new SavedFiles('char-generator');
  readonly #form = element('saving', HTMLFormElement);
  readonly #name = element('model-name', HTMLInputElement);
  readonly #save = element('save', HTMLButtonElement);
  readonly #download = element('download', HTMLButtonElement);
  readonly #int8 = element('int8', HTMLInputElement);
  readonly #upload = element('upload', HTMLInputElement);
  readonly #list = element('saved', HTMLUListElement);
  readonly #note = element('models-note', HTMLElement);
  readonly #problem = element('models-problem', HTMLElement);
  readonly #undo = element('undo', HTMLButtonElement);
  #takeBack: (() => Promise<void>) | undefined;

  constructor(options: ModelsPanelOptions) {
    this.#options = options;
    this.#name.value = texts.models.name;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#attempt(() => this.#keep());
    });
    this.#download.addEventListener('click', () => this.#attempt(() => this.#hand()));
    this.#upload.addEventListener('change', () => this.#attempt(() => this.#openChosen()));
    this.#upload.closest('.drop')?.addEventListener('drop', (event) => {
      const files = [...((event as DragEvent).dataTransfer?.files ?? [])];
      this.#attempt(() => this.#openFiles(files));
    });
    this.#undo.addEventListener('click', () => {
      const takeBack = this.#takeBack;
      if (takeBack) this.#attempt(takeBack);
    });
    // Another tab may save and delete as well.
    this.#store.onChange(() => this.#refresh());
    this.#attempt(() => this.#refresh());
  }

  set model(exists: boolean) {
    this.#save.disabled = !exists;
    this.#download.disabled = !exists;
  }

  /** Everything that it takes to bring the model back as the page has it. */
  async files({ int8 = false }: { readonly int8?: boolean } = {}): Promise<FileSet> {
    const { client, record } = this.#options;
    const files = await client.withModel((workshop) => workshop.files({ int8 }));
    return { ...files, [recordFile]: encodeModelRecord(record()) };
  }

  /** Makes the model of such files the present one. The caller shows it. */
  async load(files: FileSet): Promise<LoadedModel> {
    const { [recordFile]: shown, ...model } = files;
    const warnings: string[] = [];
    let record: ModelRecord | undefined;
    try {
      record = shown && decodeModelRecord(shown);
    } catch {
      warnings.push(texts.models.noCurves);
    }
    const facts = await this.#options.client.withModel((workshop) => workshop.open(moved(model)));
    return { facts, record, warnings: [...facts.warnings, ...warnings] };
  }

  /** Shows the model of such files. */
  async show(files: FileSet): Promise<LoadedModel> {
    const loaded = await this.load(files);
    this.#options.opened(loaded.facts, loaded.record);
    return loaded;
  }

  async #keep(): Promise<void> {
    const name = this.#name.value.trim();
    const files = await this.files({ int8: this.#int8.checked });
    const before = await this.#store.load(name);
    await this.#store.save(name, files);
    await this.#refresh();
    this.#note.textContent = before ? texts.models.replaced(name) : texts.models.saved(name);
    if (before) this.#offerUndo(name, before);
  }

  async #hand(): Promise<void> {
    const int8 = this.#int8.checked;
    const bytes = await this.#options.client.withModel((workshop) => workshop.archive({ int8 }));
    const name = this.#name.value.trim().replace(/[^\p{L}\p{N}._-]+/gu, '-') || 'model';
    offerDownload(`${name}.zip`, bytes as Uint8Array<ArrayBuffer>, 'application/zip');
  }

  async #openChosen(): Promise<void> {
    const files = [...(this.#upload.files ?? [])];
    // Choosing the same file again is a change, too.
    this.#upload.value = '';
    await this.#openFiles(files);
  }

  async #openFiles(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.#requireIdle();
    const facts = await this.#options.client.withModel((workshop) => workshop.openUpload([...files]));
    this.#options.opened(facts, undefined);
    this.#say(facts, facts.warnings, files.map(({ name }) => name).join(', '));
  }

  /**
   * Opens a model that a link carries, as `shared` of the workshop packs it.
   * @returns whether it could be opened; otherwise the panel says why
   */
  async openShared(archive: Uint8Array<ArrayBuffer>): Promise<boolean> {
    let isOpen = false;
    await this.#attempt(async () => {
      await this.#openFiles([new File([archive], texts.result.name)]);
      isOpen = true;
    });
    return isOpen;
  }

  async #open(name: string): Promise<void> {
    this.#requireIdle();
    const files = await this.#store.load(name);
    if (!files) {
      await this.#refresh();
      throw new Error(texts.models.gone(name));
    }
    const { facts, warnings } = await this.show(files);
    this.#name.value = name;
    this.#say(facts, warnings, name);
  }

  #say(facts: ModelFacts, warnings: readonly string[], name: string): void {
    const { kind, cell, hiddenSize, layers, parameters, vocabulary } = facts;
    const opened = texts.models.opened({
      name,
      cell,
      layers: numbers.count(layers),
      hidden: hiddenSize,
      weights: numbers.count(parameters),
      vocabulary: numbers.count(vocabulary),
      many: texts.tokens(kind).many,
    });
    this.#note.textContent = [opened, ...warnings.map(texts.models.warning)].join(' ');
  }

  #requireIdle(): void {
    if (this.#options.busy()) throw new Error(texts.models.busy);
  }

  async #refresh(): Promise<void> {
    const names = await this.#store.names();
    this.#list.replaceChildren(
      ...names.map((name) => {
        const row = created('li');
        const open = created('button', { text: texts.models.open });
        open.setAttribute('aria-label', texts.models.openNamed(name));
        open.addEventListener('click', () => this.#attempt(() => this.#open(name)));
        const remove = created('button', { text: texts.models.delete });
        remove.setAttribute('aria-label', texts.models.deleteNamed(name));
        remove.addEventListener('click', () => this.#attempt(() => this.#remove(name)));
        row.append(created('span', { text: name }), open, remove);
        return row;
      }),
    );
    this.#list.hidden = names.length === 0;
  }

  async #remove(name: string): Promise<void> {
    const before = await this.#store.load(name);
    await this.#store.delete(name);
    await this.#refresh();
    this.#note.textContent = texts.models.deleted(name);
    if (before) this.#offerUndo(name, before);
    else this.#name.focus();
  }

  /** Until something else is done here. */
  #offerUndo(name: string, before: FileSet): void {
    this.#takeBack = async () => {
      await this.#store.save(name, before);
      await this.#refresh();
      this.#note.textContent = texts.models.restored(name);
      this.#name.focus();
    };
    this.#undo.hidden = false;
    this.#undo.focus();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#problem.textContent = '';
    this.#note.textContent = '';
    this.#undo.hidden = true;
    this.#takeBack = undefined;
    try {
      await work();
    } catch (error) {
      this.#problem.textContent = explain(error);
    }
  }
}

/** Handed over rather than copied. */
function moved(files: FileSet): FileSet {
  return transfer(
    files,
    Object.values(files).map(({ buffer }) => buffer as ArrayBuffer),
  );
}
