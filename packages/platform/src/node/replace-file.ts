import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { aboutFile } from './file-errors.js';
import { writeWhole } from './whole-files.js';

/**
 * Writes a file so that a kill or a full disk at any moment leaves either the old content or the new, whole: the content
 * goes to a file beside it, which is flushed to the disk and renamed over the old one. When writing fails, what was written
 * beside is removed and the old file stays as it was. A kill may leave the file beside: `.NAME.UUID.tmp`, see
 * {@link isLeftOver}.
 *
 * A symbolic link stays, and the file that it leads to is replaced. A device or a pipe (`/dev/stdout`) cannot be replaced: it is
 * written to.
 * @param path the file to make or replace; its folder must exist
 * @param content a string (written as UTF-8), or bytes in pieces, written one after another as they are asked for
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...) about `path`, and what making the pieces throws
 */
export async function replaceFile(
  path: string,
  content: string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<void> {
  const pieces = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
  let beside: string | undefined;
  try {
    const target = await targetOf(path);
    if (!target.isReplaceable) {
      await writeTo(await open(target.path, 'w'), pieces);
      return;
    }
    const folder = dirname(target.path);
    beside = join(folder, nameBeside(basename(target.path)));
    await writeTo(await open(beside, 'wx'), pieces, (file) => file.sync());
    await renameOver(beside, target.path);
    beside = undefined;
    await syncFolder(folder);
  } catch (error) {
    if (beside !== undefined) await rm(beside, { force: true }).catch(() => {});
    throw aboutFile(path, error);
  }
}

/** Where a path leads, and whether a file there can be replaced by another: only a regular file can, or none. */
async function targetOf(path: string): Promise<{ readonly path: string; readonly isReplaceable: boolean }> {
  const found = await lstat(path).catch(noneIfMissing);
  if (!found) return { path, isReplaceable: true };
  const target = found.isSymbolicLink() ? await endOfLink(path) : path;
  const there = await stat(target).catch(noneIfMissing);
  // A folder is refused by the rename.
  return { path: target, isReplaceable: !there || there.isFile() || there.isDirectory() };
}

/** A link may lead to a file that is not there yet. */
async function endOfLink(path: string): Promise<string> {
  return (await realpath(path).catch(noneIfMissing)) ?? resolve(dirname(path), await readlink(path));
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function writeTo(
  file: FileHandle,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  finish?: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    for await (const piece of pieces) await writeWhole(file, piece);
    await finish?.(file);
  } finally {
    await file.close();
  }
}

/** Of a name in most file systems. */
const mostNameBytes = 255;

/** A name for the content until it is whole. Of a long name only the beginning goes into it. */
function nameBeside(name: string): string {
  const suffix = `.${randomUUID()}.tmp`;
  let kept = name;
  while (Buffer.byteLength(`.${kept}${suffix}`) > mostNameBytes) kept = [...kept].slice(0, -1).join('');
  return `.${kept}${suffix}`;
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
