import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { aboutFile } from './file-errors.js';
import { writeWhole } from './whole-files.js';

/** What a file shall hold: a string (written as UTF-8), or bytes in pieces, written one after another as they are asked for. */
export type FileContent = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that a kill or a full disk at any moment leaves either the old content or the new, whole: the content
 * goes to a file beside it, which is flushed to the disk and renamed over the old one. When writing fails, what was written
 * beside is removed and the old file stays as it was. A kill may leave the file beside: `.NAME.UUID.tmp`, see
 * {@link isLeftOver}.
 *
 * A symbolic link stays, and the file that it leads to is replaced. A device or a pipe (`/dev/stdout`) cannot be replaced: it is
 * written to.
 * @param path the file to make or replace; its folder must exist
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...) about `path`, and what making the pieces throws
 *
 * @example
 * ```ts
 * import { replaceFile } from '@throughtime/platform/node';
 * // Either the old file or the whole new one is there, whenever the process ends.
 * await replaceFile('settings.json', JSON.stringify({ epochs: 5 }));
 * ```
 */
export async function replaceFile(path: string, content: FileContent): Promise<void> {
  await replaceFiles([[path, content]]);
}

/**
 * The same for files that belong together: none takes its place before all are written and flushed, so that whatever the disk
 * refuses leaves all of them as they were. A kill within the instant of the renames leaves the first ones new.
 * @param files by their paths, in the order in which they take their places
 * @param between is done once all are written and before the first takes its place
 * @throws as {@link replaceFile}; what `between` throws
 */
export async function replaceFiles(
  files: Iterable<readonly [path: string, content: FileContent]>,
  between?: () => Promise<void>,
): Promise<void> {
  const written: { readonly path: string; readonly target: string; readonly beside: string }[] = [];
  try {
    for (const [path, content] of files) {
      try {
        const target = await targetOf(path);
        if (!target.isReplaceable) await writeTo(await open(target.path, 'w'), content);
        else {
          const beside = join(dirname(target.path), nameBeside(basename(target.path)));
          written.push({ path, target: target.path, beside });
          await writeTo(await open(beside, 'wx'), content, (file) => file.sync());
        }
      } catch (error) {
        throw aboutFile(path, error);
      }
    }
    await between?.();
    for (const { path, target, beside } of written) {
      try {
        await renameOver(beside, target);
      } catch (error) {
        throw aboutFile(path, error);
      }
    }
  } catch (error) {
    for (const { beside } of written) await rm(beside, { force: true }).catch(() => {});
    throw error;
  }
  for (const folder of new Set(written.map(({ target }) => dirname(target)))) await syncFolder(folder);
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
  content: FileContent,
  finish?: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const pieces = typeof content === 'string' ? [new TextEncoder().encode(content)] : content;
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
