import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder } from '@throughtime/platform/node';
import type { RemoteFile } from '../catalog/entry.js';
import { type FileStore, type FileStoreOptions, type FoundFile, isUrl } from './file-store.js';
import { beginPartialFile } from './node-partial-file.js';

/** Files in a folder, found by name, and a mirror's folder beside it. */
export function openFileStore({ cache, mirror }: FileStoreOptions): FileStore {
  const folder = cache === undefined ? cacheFolder() : resolve(cache);
  const place = mirror ?? process.env.THROUGHTIME_MIRROR ?? '';
  const mirrorFolder = place === '' || isUrl(place) ? undefined : folderOf(place);
  return {
    mirrorUrl: isUrl(place) ? place : undefined,
    place: (file) => join(folder, file.file),
    async find(file, refuse) {
      if (mirrorFolder !== undefined) {
        const path = join(mirrorFolder, file.file);
        const found = await readVerified(path, file, refuse, () => refuse(`${path} is not there`));
        if (found) return found;
      }
      return readVerified(join(folder, file.file), file, refuse);
    },
    begin: (file) => beginPartialFile(folder, file),
  };
}

function folderOf(place: string): string {
  return place.startsWith('file:') ? fileURLToPath(place) : resolve(place);
}

async function readVerified(
  path: string,
  file: RemoteFile,
  refuse: (reason: string) => void,
  absent: () => void = () => undefined,
): Promise<FoundFile | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') absent();
    else refuse(`${path} could not be read (${code})`);
    return undefined;
  }
  if (bytes.length !== file.bytes) {
    refuse(`${path} has ${bytes.length} bytes, not ${file.bytes}`);
    return undefined;
  }
  if (createHash('sha256').update(bytes).digest('hex') !== file.sha256) {
    refuse(`${path} has another SHA-256: it is not the file`);
    return undefined;
  }
  return { bytes, path };
}
