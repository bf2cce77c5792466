import { randomUUID } from 'node:crypto';
import { type FileHandle, lstat, open, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { ArgumentError, check, isBytes } from '@throughtime/errors';
import { aboutFile } from './file-errors.js';
import { writeWhole } from './whole-files.js';

/** What a file shall hold: a string (written as UTF-8), bytes, or bytes in pieces, written one after another as they are asked for. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file so that a kill or a full disk at any moment leaves either the old content or the new, whole: the content
 * goes to a file beside it, which is flushed to the disk and renamed over the old one. When writing fails, what was written
 * beside is removed and the old file stays as it was. A kill may leave the file beside: `.NAME.UUID.tmp`, see
 * {@link isLeftOver}.
 *
 * The new file has the permissions of the old one. A symbolic link stays, and the file that it leads to is replaced. A device or a pipe
 * (`/dev/stdout`) cannot be replaced: it is written to.
 * @param path the file to make or replace; its folder must exist
 * @throws ArgumentError when the content or a piece of it is of another kind; the file system's error (ENOSPC, EACCES, EROFS, ...)
 *   about `path`; what making the pieces throws
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
          // Made with no more permissions than it shall have: what it holds may be secret from the start.
          await writeTo(await open(beside, 'wx', target.mode), content, async (file) => {
            // The process's mask may have taken some off. A file system without permissions refuses to put them back.
            if (target.mode !== undefined) await file.chmod(target.mode).catch(() => {});
            await file.sync();
          });
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

interface Target {
  readonly path: string;
  /** Whether a file there can be replaced by another: only a regular file can, or none. */
  readonly isReplaceable: boolean;
  /** The permissions of the file there. */
  readonly mode?: number;
}

/** Where a path leads. */
async function targetOf(path: string): Promise<Target> {
  const target = await endOfLinks(path);
  const there = await stat(target).catch(noneIfMissing);
  if (!there) return { path: target, isReplaceable: true };
  // A folder is refused by the rename.
  const isReplaceable = there.isFile() || there.isDirectory();
  return { path: target, isReplaceable, ...(there.isFile() && { mode: there.mode & 0o777 }) };
}

/** The last of the links, each leading to the next, may lead to a file that is not there yet. */
async function endOfLinks(path: string): Promise<string> {
  for (let end = path; ; ) {
    const found = await lstat(end).catch(noneIfMissing);
    if (!found?.isSymbolicLink()) return end;
    // Links that lead round in a circle are refused here (ELOOP).
    const whole = await realpath(end).catch(noneIfMissing);
    if (whole !== undefined) return whole;
    // Relative to where the link really stands, which other links may lead to.
    end = resolve(await realpath(dirname(end)), await readlink(end));
  }
}

function noneIfMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

async function writeTo(
  file: FileHandle,
  content: FileContent,
  finish?: (file: FileHandle) => Promise<void>,
): Promise<void> {
  try {
    let index = 0;
    for await (const piece of piecesOf(content)) await writeWhole(file, bytes(`content[${index++}]`, piece));
    await finish?.(file);
  } finally {
    await file.close();
  }
}

const bytes = /* @__PURE__ */ check<Uint8Array>('bytes (a Uint8Array)', isBytes);

function piecesOf(content: FileContent): Iterable<Uint8Array> | AsyncIterable<Uint8Array> {
  if (typeof content === 'string') return [new TextEncoder().encode(content)];
  // An iteration over it would give numbers.
  if (isBytes(content)) return [content];
  const isIterable =
    content !== null &&
    typeof content === 'object' &&
    (Symbol.iterator in content || Symbol.asyncIterator in content);
  if (isIterable && !ArrayBuffer.isView(content)) return content;
  throw new ArgumentError('content', 'a string, bytes (a Uint8Array), or bytes in pieces', content);
}

/** Of a name in most file systems. */
const mostNameBytes = 255;

/** What {@link nameBeside} adds to a name: points, a UUID and `tmp`. */
const addedNameBytes = 42;

/** A name for the content until it is whole. */
function nameBeside(name: string): string {
  return `.${shortName(name)}.${randomUUID()}.tmp`;
}

/** Of a long name only the beginning goes into the name beside it. */
function shortName(name: string): string {
  const most = mostNameBytes - addedNameBytes;
  let kept = name;
  while (Buffer.byteLength(kept) > most) kept = [...kept].slice(0, -1).join('');
  return kept;
}

/**
 * Whether a file's name is that of an unfinished {@link replaceFile}, which a killed process left behind.
 * @param target the name that the whole file would have had. Default: any. Long names that begin alike cannot be told apart
 */
export function isLeftOver(name: string, target?: string): boolean {
  const match = /^\.(.+)\.[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}\.tmp$/.exec(name);
  return match !== null && (target === undefined || match[1] === shortName(target));
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
