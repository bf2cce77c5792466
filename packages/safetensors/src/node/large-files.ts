import { type FileHandle, open } from 'node:fs/promises';
import { TruncatedSafetensorsError } from '../errors.js';

/** A single call of Node's takes less than 2 GiB: above, a write is refused and a read aborts the process (Node 20). */
const most = 2 ** 30;

/**
 * All bytes of a file, of more than 2 GiB as well, where `readFile` gives up.
 * @throws the file system's error (ENOENT, EACCES, ...); TruncatedSafetensorsError when someone cuts the file meanwhile
 */
export async function readWholeFile(path: string): Promise<Uint8Array> {
  const file = await open(path, 'r');
  try {
    return await readAt(file, 0, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** The bytes of a file from `position` on. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, Math.min(length - at, most), position + at);
    // Someone cut the file while it was read.
    if (bytesRead === 0) throw new TruncatedSafetensorsError('in the file', position + length, position + at);
    at += bytesRead;
  }
  return bytes;
}

/** Appends all bytes; a single write may stop early. */
export async function writeWhole(file: FileHandle, bytes: Uint8Array): Promise<void> {
  const { byteLength } = bytes;
  for (let at = 0; at < byteLength; )
    at += (await file.write(bytes, at, Math.min(byteLength - at, most))).bytesWritten;
}
