import { messageOf } from '@throughtime/errors';
import type { RemoteFile } from '../catalog/entry.js';
import type { DownloadOptions } from './download-options.js';
import { DownloadError, TransferFailure } from './errors.js';
import type { FileStore, FoundFile } from './file-store.js';
import { transfer } from './transfer.js';

/** What a download is for, as messages and progress show it. */
export interface Purpose {
  readonly name: string;
  readonly rights?: string | undefined;
}

export interface ObtainedFile extends FoundFile {
  /** Which of the alternatives it is. */
  readonly file: RemoteFile;
}

/**
 * The first of several equivalent files that is available: in the mirror's folder or the cache, else at the mirror's URL, else at
 * its own. Size and SHA-256 are checked each time, wherever it comes from.
 * @throws DownloadError, or the signal's reason
 */
export async function obtain(
  { name, rights }: Purpose,
  alternatives: readonly RemoteFile[],
  store: FileStore,
  options: DownloadOptions,
): Promise<ObtainedFile> {
  const { signal, onProgress } = options;
  const reasons: string[] = [];
  signal?.throwIfAborted();
  for (const file of alternatives) {
    const found = await store.find(file, (reason) => reasons.push(reason));
    if (found) return { ...found, file };
  }
  for (const file of alternatives) {
    for (const url of [...mirrored(file, store), file.url]) {
      const onReceived = (received: number) =>
        onProgress?.({ name, file: file.file, url, received, total: file.bytes, ...(rights && { rights }) });
      try {
        await download(url, file, store, { ...options, onReceived });
      } catch (error) {
        signal?.throwIfAborted();
        reasons.push(`${url}: ${messageOf(error)}`);
        continue;
      }
      const found = await store.find(file, (reason) => reasons.push(reason));
      if (found) return { ...found, file };
    }
  }
  throw new DownloadError(name, alternatives[0], reasons, store.place(alternatives[0]));
}

function mirrored(file: RemoteFile, { mirrorUrl }: FileStore): string[] {
  if (mirrorUrl === undefined) return [];
  // In a URL #, ? and % mean something, and a colon may end a protocol.
  const name = file.file.split('/').map(encodeURIComponent).join('/');
  return [new URL(name, mirrorUrl.endsWith('/') ? mirrorUrl : `${mirrorUrl}/`).href];
}

async function download(
  url: string,
  file: RemoteFile,
  store: FileStore,
  options: Parameters<typeof transfer>[3],
): Promise<void> {
  const partial = await store.begin(file);
  try {
    for (;;) {
      const continued = partial.size > 0;
      await transfer(url, file, partial, options);
      if (await partial.commit()) return;
      // The earlier part may have been wrong from the start: try once more from nothing.
      if (!continued) {
        throw new TransferFailure('what came has another SHA-256: it is not the file', { temporary: false });
      }
    }
  } finally {
    await partial.release();
  }
}
