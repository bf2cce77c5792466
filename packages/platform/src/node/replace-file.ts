import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { writeWhole } from './whole-files.js';

/**
 * Writes a file so that a kill or a full disk at any moment leaves either the old content or the new, whole: the content
 * goes to a file beside it, which is flushed to the disk and renamed over the old one. When writing fails, what was written
 * beside is removed and the old file stays as it was. A kill may leave the file beside: `.NAME.UUID.tmp`, see
 * {@link isLeftOver}.
 * @param path the file to make or replace; its folder must exist
 * @param content a string (written as UTF-8), or bytes in pieces, written one after another as they are asked for
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...), and what making the pieces throws
 */
export async function replaceFile(
  path: string,
  content: string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const folder = dirname(path);
  const beside = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  const pieces = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
  try {
    const file = await open(beside, 'wx');
    try {
      for await (const piece of pieces) await writeWhole(file, piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await renameOver(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/**
 * Whether a file's name is that of an unfinished {@link replaceFile}, which a killed process left behind.
 * @param target the name that the whole file would have had. Default: any
 */
export function isLeftOver(name: string, target?: string): boolean {
  const match = /^\.(.+)\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/.exec(name);
  return match !== null && (target === undefined || match[1] === target);
}

/** Attempts on Windows, where a virus scanner or an indexer may hold a file open for some hundredths of a second. */
const attempts = 10;

/** Windows refuses to replace a file that someone has open (EPERM, EACCES, EBUSY); other systems replace it. */
async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isHeld = process.platform === 'win32' && /^(EPERM|EACCES|EBUSY)$/.test(code ?? '');
      if (!isHeld || attempt === attempts) throw error;
      await wait(10 * attempt);
    }
  }
}

/** Makes the rename itself durable. Windows has no such call: opening a folder fails there, and it is not needed. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
