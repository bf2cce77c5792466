import { type FileHandle, open } from 'node:fs/promises';
import { decodeSafetensors, type Safetensors } from '../decode.js';
import { encodeChunks, type Metadata, type NamedTensors } from '../encode.js';
import { SafetensorsError, TruncatedSafetensorsError } from '../errors.js';
import { type HeaderOptions, headerLength, parseHeader, prefixBytes } from '../header.js';
import { replaceFile } from './replace-file.js';

/**
 * Writes tensors to a file, beside it first and then renamed, so that no moment leaves half a file.
 * @throws InvalidTensorError, or the file system's error
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
 * @throws SafetensorsError, or one of its subclasses, whose message starts with the path; or the file system's error
 */
export async function readSafetensorsFile(path: string, options: HeaderOptions = {}): Promise<Safetensors> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const prefix = await readAt(file, 0, Math.min(prefixBytes, size));
    const headerEnd = prefixBytes + headerLength(prefix, options);
    if (headerEnd > size) throw new TruncatedSafetensorsError('up to the end of the header', headerEnd, size);
    parseHeader(await readAt(file, prefixBytes, headerEnd - prefixBytes), size);
    return decodeSafetensors(await readAt(file, 0, size), options);
  } catch (error) {
    if (error instanceof SafetensorsError) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await file.read(bytes, at, length - at, position + at);
    // Someone cut the file while it was read.
    if (bytesRead === 0) throw new TruncatedSafetensorsError('in the file', position + length, position + at);
    at += bytesRead;
  }
  return bytes;
}
