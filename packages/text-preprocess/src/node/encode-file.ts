import {
  callback,
  check,
  checkOptions,
  nonEmptyText,
  type OptionChecks,
  required,
  withMethods,
} from '@throughtime/errors';
import { replaceFile } from '@throughtime/platform/node';
import type { TextCodec } from '../text-codec.js';
import { type ReadTextOptions, readText, readTextChecks } from './read-text.js';

/** What {@link encodeFile} reads and writes. */
export interface EncodeFileOptions extends ReadTextOptions {
  /** The UTF-8 text. */
  readonly input: string | URL;
  /** Where the ids go: 32-bit integers, little-endian, one after the other. Replaced only by a whole new file. */
  readonly output: string;
  /** Cuts the text into tokens, and gives each its id. */
  readonly codec: TextCodec;
  /** Called with the number of ids written so far, about every 250 KB of text. */
  readonly onProgress?: (ids: number) => void;
}

const encodeFileChecks: OptionChecks<EncodeFileOptions> = {
  ...readTextChecks,
  input: required(
    check(
      "a file's path, or its URL",
      (value) => (typeof value === 'string' && value !== '') || value instanceof URL,
    ),
  ),
  output: required(nonEmptyText),
  codec: required(withMethods<TextCodec>('a TextCodec', ['encodeStream'])),
  onProgress: callback,
};

/**
 * Encodes a file of any size to a file of ids, in memory that does not grow with it.
 * @returns the number of ids
 * @throws InvalidUtf8Error with the byte offset where the input is not UTF-8
 * @throws UnknownTokenError when a token is not in a vocabulary without unknown token
 */
export async function encodeFile(options: EncodeFileOptions): Promise<number> {
  checkOptions<EncodeFileOptions>(options, encodeFileChecks);
  const { input, output, codec, onProgress, ...reading } = options;
  let count = 0;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const ids of codec.encodeStream(readText(input, reading))) {
      yield littleEndian(ids);
      count += ids.length;
      onProgress?.(count);
    }
  }
  await replaceFile(output, pieces());
  return count;
}

function littleEndian(ids: Int32Array): Uint8Array {
  const bytes = Buffer.from(ids.buffer, ids.byteOffset, ids.byteLength);
  return IS_LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap32();
}

const IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
