import { created, element, type FileSet, offerDownload, SavedFiles } from '@throughtime/web-page';
import { transfer } from 'comlink';
import { explain } from './explain.js';
import { numbers, texts } from './texts/chosen.js';
import type { TrainingClient } from './training-client.js';
import type { ModelFacts } from './worker/protocol.js';

export interface ModelsPanelOptions {
  readonly client: TrainingClient;
  /** Whether a model is being trained, which opening another one would end. */
  readonly busy: () => boolean;
  readonly opened: (facts: ModelFacts) => void;
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
    this.#attempt(() => this.#refresh());
  }

  set model(exists: boolean) {
    this.#save.disabled = !exists;
    this.#download.disabled = !exists;
  }

  async #keep(): Promise<void> {
    const name = this.#name.value.trim();
    const int8 = this.#int8.checked;
    const files = await this.#options.client.withModel((workshop) => workshop.files({ int8 }));
    await this.#store.save(name, files);
    await this.#refresh();
    this.#note.textContent = texts.models.saved(name);
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
    this.#show(facts, files.map(({ name }) => name).join(', '));
  }

  async #open(name: string): Promise<void> {
    this.#requireIdle();
    const files = await this.#store.load(name);
    if (!files) return this.#refresh();
    const facts = await this.#options.client.withModel((workshop) => workshop.open(moved(files)));
    this.#name.value = name;
    this.#show(facts, name);
  }

  #show(facts: ModelFacts, name: string): void {
    this.#options.opened(facts);
    const { kind, cell, hiddenSize, layers, parameters, vocabulary, warnings } = facts;
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
    await this.#store.delete(name);
    await this.#refresh();
    this.#note.textContent = texts.models.deleted(name);
    this.#name.focus();
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#problem.textContent = '';
    this.#note.textContent = '';
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
