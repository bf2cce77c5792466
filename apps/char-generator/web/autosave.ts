import { created, element, type FileSet, SavedFiles } from '@throughtime/web-page';
import { texts } from './texts/chosen.js';

/** Milliseconds between two savings while training continues: a pass over a short text takes less. */
const fewest = 5000;

/** Only where the page came safely: https, or this machine. Elsewhere every other tab counts as gone. */
const { locks } = navigator as { readonly locks?: LockManager };

export interface AutosaveOptions {
  /** Everything that it takes to bring the page back as it is. */
  readonly files: () => Promise<FileSet>;
  /** Shows what was kept. */
  readonly restore: (files: FileSet) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/**
 * Keeps the model that is being trained, so that a reload, the back button or a closed tab loses nothing, and offers it when the page
 * comes back. Each tab keeps its own: a lock that ends with the tab says which of them are left behind.
 */
export class Autosave {
  readonly #options: AutosaveOptions;
  readonly #store = new SavedFiles('char-generator-autosave');
  readonly #offer = element('continue-offer', HTMLElement);
  readonly #tab = tabId();
  #saved = 0;
  #saving: Promise<void> | undefined;
  #again = false;

  constructor(options: AutosaveOptions) {
    this.#options = options;
  }

  /** Offers what was left behind, if anything was. Resolves once it is known. */
  async begin(): Promise<void> {
    const others = await this.#leftBehind();
    // Held as long as the tab lives.
    locks?.request(lockName(this.#tab), () => new Promise(() => {}));
    const [latest, ...older] = others;
    for (const key of older) await this.#store.delete(key);
    if (latest !== undefined) this.#show(latest);
  }

  /** @param now whether it should be kept whenever that was done last: training rests */
  async keep(now: boolean): Promise<void> {
    if (!now && performance.now() - this.#saved < fewest) return;
    if (this.#saving) {
      this.#again ||= now;
      return;
    }
    this.#saved = performance.now();
    this.#saving = this.#keep().finally(() => {
      this.#saving = undefined;
      this.#saved = performance.now();
    });
    await this.#saving;
    if (!this.#again) return;
    this.#again = false;
    await this.keep(true);
  }

  /** Another model has come in place of what was offered. */
  dismiss(): void {
    this.#offer.hidden = true;
  }

  async #keep(): Promise<void> {
    try {
      await this.#store.save(this.#tab, await this.#options.files());
    } catch (error) {
      this.#options.failed(error);
    }
  }

  /** Keys of tabs that are gone, this tab's earlier self first, then the latest. */
  async #leftBehind(): Promise<string[]> {
    const keys = await this.#store.names();
    const held = (await locks?.query())?.held ?? [];
    const alive = new Set(held.map(({ name }) => name));
    const gone = keys.filter((key) => !alive.has(lockName(key)));
    // Keys begin with the time at which a tab was opened.
    return gone.sort((a, b) => Number(b === this.#tab) - Number(a === this.#tab) || b.localeCompare(a));
  }

  #show(key: string): void {
    const message = created('span', { text: texts.autosave.offer });
    const restore = created('button', { className: 'primary', text: texts.autosave.restore });
    const discard = created('button', { text: texts.autosave.discard });
    restore.id = 'restore';
    restore.addEventListener('click', async () => {
      this.dismiss();
      try {
        const files = await this.#store.load(key);
        if (!files) throw new Error(texts.autosave.gone);
        await this.#options.restore(files);
        // Under this tab's own name from now on.
        await this.keep(true);
        if (key !== this.#tab) await this.#store.delete(key);
      } catch (error) {
        this.#options.failed(error);
      }
    });
    discard.addEventListener('click', async () => {
      this.dismiss();
      await this.#store.delete(key);
    });
    this.#offer.replaceChildren(message, restore, discard);
    this.#offer.hidden = false;
  }
}

function lockName(tab: string): string {
  return `throughtime-char-generator ${tab}`;
}

/** The same after a reload. */
function tabId(): string {
  const kept = sessionStorage.getItem('throughtime-tab');
  const id = kept ?? `${Date.now().toString(36)}-${crypto.randomUUID().slice(0, 8)}`;
  sessionStorage.setItem('throughtime-tab', id);
  return id;
}
