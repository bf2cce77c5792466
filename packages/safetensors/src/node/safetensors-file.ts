import type { FileHandle } from 'node:fs/promises';
import { aboutFile, openFile, readAt, replaceFile, TruncatedFileError } from '@throughtime/platform/node';
import { decodeSafetensors, type Safetensors } from '../decode.js';
import { encodeChunks, type Metadata, type NamedTensors } from '../encode.js';
import { SafetensorsError, TruncatedSafetensorsError } from '../errors.js';
import { type Header, type HeaderOptions, headerLength, parseHeader, prefixBytes } from '../header.js';

/**
 * Writes tensors to a file, beside it first and then renamed, so that no moment leaves half a file.
 * @throws as encodeSafetensors; the file system's error
 */
export async function writeSafetensorsFile(
  path: string,
  tensors: NamedTensors,
  metadata: Metadata = {},
): Promise<void> {
  await replaceFile(path, encodeChunks(tensors, metadata));
}

/**
 * Reads a safetensors file. Its header is checked against the file's length before memory is taken for the tensors.
 * @throws SafetensorsError, or one of its subclasses, whose message starts with the path; the file system's error; ArgumentError
 *   for the options
 *
 * @example
 * ```ts
 * import { readSafetensorsFile } from '@throughtime/safetensors/node';
 * const { tensors, metadata } = await readSafetensorsFile('model.safetensors');
 * for (const [name, { dtype, shape }] of tensors) console.log(name, dtype, shape);
 * ```
 */
export async function readSafetensorsFile(path: string, options: HeaderOptions = {}): Promise<Safetensors> {
  return withHeader(path, options, async (file, { totalBytes }) =>
    decodeSafetensors(await readAt(file, 0, totalBytes), options),
  );
}

/**
 * Reads and checks the header alone, against the file's length too: what there is, before memory is taken for it.
 * @throws as {@link readSafetensorsFile}
 */
export async function readSafetensorsHeader(path: string, options: HeaderOptions = {}): Promise<Header> {
  return withHeader(path, options, async (_, header) => header);
}

async function withHeader<T>(
  path: string,
  options: HeaderOptions,
  use: (file: FileHandle, header: Header) => Promise<T>,
): Promise<T> {
  const file = await openFile(path);
  try {
    const { size } = await file.stat();
    const prefix = await readAt(file, 0, Math.min(prefixBytes, size));
    const headerEnd = prefixBytes + headerLength(prefix, options);
    if (headerEnd > size) throw new TruncatedSafetensorsError('up to the end of the header', headerEnd, size);
    return await use(file, parseHeader(await readAt(file, prefixBytes, headerEnd - prefixBytes), size));
  } catch (cause) {
    const error =
      cause instanceof TruncatedFileError
        ? new TruncatedSafetensorsError('in the file', cause.expectedBytes, cause.actualBytes, { cause })
        : aboutFile(path, cause);
    if (error instanceof SafetensorsError) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    await file.close();
  }
}
