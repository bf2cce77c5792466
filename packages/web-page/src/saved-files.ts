import { createStore, del, get, keys, set } from 'idb-keyval';

/** A model or another set of files, by file name. */
export type FileSet = Readonly<Record<string, Uint8Array>>;

/** A file that was written in parts, in memory of its own: weights may lie in memory shared between threads, which cannot be sent or saved. */
export function wholeFile(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Named sets of files in the browser's own database; they stay until the person deletes them. */
export class SavedFiles {
  readonly #store: ReturnType<typeof createStore>;
  readonly #news: BroadcastChannel;

  /** @param application keeps the sets of different pages of one origin apart */
  constructor(application: string) {
    this.#store = createStore(`throughtime-${application}`, 'files');
    this.#news = new BroadcastChannel(`throughtime-${application}`);
  }

  async save(name: string, files: FileSet): Promise<void> {
    await set(name, files, this.#store);
    this.#news.postMessage(name);
  }

  async load(name: string): Promise<FileSet | undefined> {
    return get<FileSet>(name, this.#store);
  }

  async names(): Promise<string[]> {
    return (await keys<string>(this.#store)).sort();
  }

  async delete(name: string): Promise<void> {
    await del(name, this.#store);
    this.#news.postMessage(name);
  }

  /** Called when another tab has saved or deleted something. */
  onChange(changed: () => void): void {
    this.#news.addEventListener('message', changed);
  }
}

/** Hands bytes to the person as a file. */
export function offerDownload(
  fileName: string,
  bytes: Uint8Array<ArrayBuffer> | string,
  type = 'application/octet-stream',
): void {
  const url = URL.createObjectURL(new Blob([bytes], { type }));
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = fileName;
  anchor.click();
  // The download has taken its own reference by the time the page is idle.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
