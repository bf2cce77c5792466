import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { abortSignal, checkOptions, type OptionChecks } from '@throughtime/errors';
import { aboutFile } from '@throughtime/platform/node';
import { InvalidUtf8Error } from '../errors.js';
import { decodeUtf8Stream, type Utf8Options, utf8Checks } from '../streams/utf8.js';

/** How {@link readText} reads a file. */
export interface ReadTextOptions extends Utf8Options {
  /** Stops reading when aborted: the iteration throws the signal's reason. */
  readonly signal?: AbortSignal;
}

export const readTextChecks: OptionChecks<ReadTextOptions> = { ...utf8Checks, signal: abortSignal };

/** Large enough that a chunk's overhead does not show, small enough to stay in the processor's cache. */
const CHUNK_BYTES = 1 << 18;

/**
 * The text of a UTF-8 file in chunks, for `countTokensStream`, `TextCodec.encodeStream` and the like. Memory does not
 * grow with the file.
 * @throws InvalidUtf8Error with the path and the byte offset where the file is not UTF-8; the file system's error about the path
 *
 * @example
 * ```ts
 * import { readText } from '@throughtime/text-preprocess/node';
 * let characters = 0;
 * for await (const chunk of readText('book.txt')) characters += chunk.length;
 * ```
 */
export function readText(
  path: string | URL,
  options: ReadTextOptions = {},
): AsyncGenerator<string, void, undefined> {
  checkOptions<ReadTextOptions>(options, readTextChecks);
  return chunksOf(path, options);
}

async function* chunksOf(
  path: string | URL,
  { signal, ...utf8 }: ReadTextOptions,
): AsyncGenerator<string, void, undefined> {
  signal?.throwIfAborted();
  const bytes = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  try {
    for await (const chunk of decodeUtf8Stream(bytes, utf8)) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    const name = path instanceof URL ? fileURLToPath(path) : path;
    if (error instanceof InvalidUtf8Error) throw new InvalidUtf8Error(error.byteOffset, error.bytes, name);
    throw aboutFile(name, error);
  }
}
