import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeWhole } from './large-files.js';

/**
 * Writes a file so that a kill or a full disk at any moment leaves either the old content or the new, whole: the pieces
 * go to a file beside it, which is flushed to the disk and renamed over the old one. When writing fails, what was written
 * beside is removed and the old file stays as it was.
 * @param path the file to make or replace; its folder must exist
 * @param pieces written one after another; they may be made as they are asked for
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...)
 */
export async function replaceFile(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const folder = dirname(path);
  const beside = join(folder, `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(beside, 'wx');
    try {
      for (const piece of pieces) await writeWhole(file, piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw error;
  }
  await syncFolder(folder);
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
