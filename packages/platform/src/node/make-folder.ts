import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { aboutFile } from './file-errors.js';

/**
 * Makes a folder and those above it, where they are missing.
 *
 * Node's own `mkdir(path, { recursive: true })` never ends where the folder above is there, but takes no folder and says ENOENT, as
 * `/proc` does: it takes the answer to mean that the one above is missing, and asks for that one again.
 * @throws the file system's error about `path`: EEXIST or ENOTDIR where a file stands in the way, EACCES, ENOENT, ...
 *
 * @example
 * ```ts
 * import { makeFolder, replaceFile } from '@throughtime/platform/node';
 * await makeFolder('out/figures');
 * await replaceFile('out/figures/loss.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>');
 * ```
 */
export async function makeFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  const missing = [path];
  for (let above = dirname(path); !(await isThere(above)); above = dirname(above)) {
    // A drive that is not there has nothing above it.
    if (above === missing.at(-1)) break;
    missing.push(above);
  }
  for (const folder of missing.reverse()) {
    try {
      await makeOne(folder);
    } catch (error) {
      throw aboutFile(path, error);
    }
  }
}

/** No error where another process has just made it. */
async function makeOne(folder: string): Promise<void> {
  try {
    await mkdir(folder);
  } catch (error) {
    if (!(await isFolder(folder))) throw error;
  }
}

/** false, too, where a folder above must not be looked into: making it then says so. */
async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
