import { ArgumentError } from '@throughtime/errors';
import type { RemoteFile } from '../catalog/entry.js';
import { TransferFailure } from './errors.js';
import { type FileStore, type FileStoreOptions, isUrl, type PartialFile } from './file-store.js';

const cacheName = 'throughtime-datasets';

/**
 * Files in the browser's Cache API. A page that is not served securely has none; its downloads last as long as the store. An
 * interrupted download is continued within a visit, not in the next one.
 */
export function openFileStore({ mirror }: FileStoreOptions): FileStore {
  if (mirror !== undefined && !isUrl(mirror)) {
    throw new ArgumentError('mirror', 'a base URL (browsers have no folders)', mirror);
  }
  const kept = new Map<string, Uint8Array>();
  return {
    mirrorUrl: mirror,
    place: () => undefined,
    async find(file) {
      const bytes = kept.get(file.sha256) ?? (await fromCache(file));
      const right = bytes && bytes.length === file.bytes && (await sha256(bytes)) === file.sha256;
      return right ? { bytes } : undefined;
    },
    begin: async (file) =>
      collect(file, async (bytes) => {
        kept.set(file.sha256, bytes);
        await intoCache(file, bytes);
      }),
  };
}

function collect(file: RemoteFile, keep: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>): PartialFile {
  let bytes = new Uint8Array(file.bytes);
  let size = 0;
  return {
    get size() {
      return size;
    },
    async append(chunk) {
      bytes.set(chunk, size);
      size += chunk.byteLength;
    },
    async clear() {
      size = 0;
    },
    async commit() {
      if (size !== file.bytes || (await sha256(bytes)) !== file.sha256) {
        size = 0;
        return false;
      }
      await keep(bytes);
      return true;
    },
    async release() {
      bytes = new Uint8Array(0);
    },
  };
}

/** A key of our own: the hash identifies the file, wherever it came from. */
const keyOf = (file: RemoteFile) => `https://throughtime.invalid/sha256/${file.sha256}`;

async function fromCache(file: RemoteFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!('caches' in globalThis)) return undefined;
  const response = await (await caches.open(cacheName)).match(keyOf(file));
  return response && new Uint8Array(await response.arrayBuffer());
}

async function intoCache(file: RemoteFile, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  if (!('caches' in globalThis)) return;
  // If the cache is full, this visit has its data all the same, and the next one downloads again.
  await (await caches.open(cacheName)).put(keyOf(file), new Response(bytes)).catch(() => undefined);
}

async function sha256(bytes: Uint8Array<ArrayBuffer> | Uint8Array): Promise<string> {
  if (!globalThis.crypto?.subtle) {
    throw new TransferFailure(
      'SHA-256 cannot be checked: the browser offers it only to pages served over https or from localhost',
      { temporary: false },
    );
  }
  const digest = await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
