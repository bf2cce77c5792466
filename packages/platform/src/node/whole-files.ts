import { constants } from 'node:fs';
import { type FileHandle, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ThroughtimeError } from '@throughtime/errors';
import { aboutFile } from './file-errors.js';

/** A single call of Node's takes less than 2 GiB: above, a write is refused and a read aborts the process (Node 20). */
const mostAtOnce = 2 ** 30;

/** A file ended before the bytes that were asked for: someone cut it while it was read. */
export class TruncatedFileError extends ThroughtimeError {
  override name = 'TruncatedFileError';
  readonly expectedBytes: number;
  readonly actualBytes: number;

  constructor(expectedBytes: number, actualBytes: number) {
    super(`file: expected ${expectedBytes} bytes, got ${actualBytes}; it was cut while it was read`);
    this.expectedBytes = expectedBytes;
    this.actualBytes = actualBytes;
  }
}

/** A folder, a device or a pipe stands at a path, where a file was to be read. */
export class NotAFileError extends ThroughtimeError {
  override name = 'NotAFileError';

  constructor(path: string, got: string, expected = 'a file') {
    super(`${path}: expected ${expected}, got ${got}`);
  }
}

/**
 * Opens a file for reading from any place in it.
 * @throws NotAFileError for anything else: a pipe that nobody writes to would be waited for without end; the file system's error
 */
export async function openFile(path: string): Promise<FileHandle> {
  // Without O_NONBLOCK (which Windows does not have) opening a pipe waits for its writer.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = await file.stat();
    if (!found.isFile())
      throw new NotAFileError(path, found.isDirectory() ? 'a folder' : 'a device or a pipe');
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * All bytes of a file, also of more than 2 GiB, where `readFile` gives up.
 * @throws NotAFileError; the file system's error (ENOENT, EACCES, ...); TruncatedFileError when someone cuts the file meanwhile
 */
export async function readWholeFile(path: string): Promise<Uint8Array> {
  const file = await openFile(path);
  try {
    return await readAt(file, 0, (await file.stat()).size);
  } catch (error) {
    throw aboutFile(path, error);
  } finally {
    await file.close();
  }
}

/**
 * All bytes of files in a folder, by their names. They are read one after the other, so that of several which are missing the error
 * always tells of the same.
 * @param missing the error for one that is not there, by its path
 * @throws what `missing` gives, and what {@link readWholeFile} throws
 */
export async function readWholeFiles<Name extends string>(
  folder: string,
  names: readonly Name[],
  missing: (path: string) => Error,
): Promise<Record<Name, Uint8Array>> {
  const files = {} as Record<Name, Uint8Array>;
  for (const name of names) {
    const path = join(folder, name);
    try {
      files[name] = await readWholeFile(path);
    } catch (error) {
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? missing(path) : error;
    }
  }
  return files;
}

/**
 * All bytes of what a user names as input: a file, or a pipe, which is read to its end.
 * @throws NotAFileError for a device, which may have no end: /dev/zero would fill the memory; the file system's error
 */
export async function readInput(path: string): Promise<Uint8Array> {
  const found = await stat(path);
  if (found.isFile()) return readWholeFile(path);
  if (found.isCharacterDevice() || found.isBlockDevice()) {
    throw new NotAFileError(path, 'a device', 'a file or a pipe');
  }
  return readFile(path);
}

/**
 * `length` bytes of a file from `position` on.
 * @throws TruncatedFileError where the file ends before
 */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(length - at, mostAtOnce), position + at);
    if (bytesRead === 0) throw new TruncatedFileError(position + length, position + at);
    at += bytesRead;
  }
  return bytes;
}

/** Appends all bytes; a single write may stop early. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const { byteLength } = bytes;
  for (let at = 0; at < byteLength; ) {
    at += (await file.write(bytes, at, Math.min(byteLength - at, mostAtOnce))).bytesWritten;
  }
}
