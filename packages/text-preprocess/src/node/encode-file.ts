import type { TextCodec } from '../text-codec.js';
import { type ReadTextOptions, readText } from './read-text.js';
import { replaceFile } from './replace-file.js';

export interface EncodeFileOptions extends ReadTextOptions {
  /** The UTF-8 text. */
  readonly input: string | URL;
  /** Where the ids go: 32-bit integers, little-endian, one after the other. Replaced only by a whole new file. */
  readonly output: string;
  readonly codec: TextCodec;
  /** Called with the number of ids written so far, about every 250 KB of text. */
  readonly onProgress?: (ids: number) => void;
}

/**
 * Encodes a file of any size to a file of ids, in memory that does not grow with it.
 * @returns the number of ids
 * @throws InvalidUtf8Error with the byte offset where the input is not UTF-8
 * @throws UnknownTokenError when a token is not in a vocabulary without unknown token
 */
export async function encodeFile(options: EncodeFileOptions): Promise<number> {
  const { input, output, codec, onProgress, ...reading } = options;
  let count = 0;
  await replaceFile(output, async (file) => {
    for await (const ids of codec.encodeStream(readText(input, reading))) {
      await file.writeFile(littleEndian(ids));
      count += ids.length;
      onProgress?.(count);
    }
  });
  return count;
}

function littleEndian(ids: Int32Array): Uint8Array {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap32();
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
