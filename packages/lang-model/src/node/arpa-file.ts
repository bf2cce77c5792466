import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { replaceFile } from '@throughtime/platform/node';
import { ArpaFormatError } from '../ngram/arpa-format.js';
import { type ArpaModel, type ReadArpaOptions, readArpa } from '../ngram/arpa-reader.js';
import { arpaChunks } from '../ngram/arpa-writer.js';
import type { BackoffNgramModel } from '../ngram/backoff-model.js';

/**
 * Writes a model as an ARPA file, beside it first and then renamed; the text is never in memory as a whole. One whose name ends in
 * `.gz` is packed on the way.
 * @param tokens the name of each id, [V]
 * @throws ArpaTokenError, or the file system's error
 */
export async function writeArpaFile(
  path: string,
  model: BackoffNgramModel,
  tokens: readonly string[],
): Promise<void> {
  const text = encoded(arpaChunks(model, tokens));
  await replaceFile(path, path.endsWith('.gz') ? packed(text) : text);
}

/**
 * Reads a model from an ARPA file, piece by piece; one whose name ends in `.gz` is unpacked on the way.
 * @throws ArpaFormatError whose message starts with the path; or the file system's error
 */
export async function readArpaFile(path: string, options: ReadArpaOptions = {}): Promise<ArpaModel> {
  const file = createReadStream(path);
  try {
    if (!path.endsWith('.gz')) return await readArpa(file, options);
    const unpacked = createGunzip();
    // pipe does not pass errors on.
    file.on('error', (error) => unpacked.destroy(error));
    return await readArpa(file.pipe(unpacked), options);
  } catch (cause) {
    const error = isUnpackingError(cause)
      ? new ArpaFormatError(undefined, `not unpacked: ${cause.message}`)
      : cause;
    if (error instanceof ArpaFormatError) error.message = `${path}: ${error.message}`;
    throw error;
  } finally {
    file.destroy();
  }
}

function isUnpackingError(error: unknown): error is Error {
  return error instanceof Error && String((error as NodeJS.ErrnoException).code).startsWith('Z_');
}

async function* packed(pieces: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  const text = Readable.from(pieces);
  const gzip = createGzip();
  // pipe does not pass errors on.
  text.on('error', (error) => gzip.destroy(error));
  yield* text.pipe(gzip);
}

function* encoded(chunks: Iterable<string>): Generator<Uint8Array, void, void> {
  const encoder = new TextEncoder();
  for (const chunk of chunks) yield encoder.encode(chunk);
}
