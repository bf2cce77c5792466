import { readModelFiles, writeModelFiles } from '../../node/directory-files.js';
import type { BackoffNgramModel } from '../backoff-model.js';
import type { CountNgramModel } from '../count-model.js';
import {
  decodeNgramModel,
  encodeNgramModel,
  type LoadedNgramModel,
  type SaveNgramModelOptions,
} from '../ngram-files.js';

/**
 * Writes an n-gram model to a directory (made if need be): `vocabulary.json`, `config.json`, `model.safetensors`, each beside
 * the old one and renamed.
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...)
 */
export async function saveNgramModel(
  directory: string,
  model: BackoffNgramModel | CountNgramModel,
  options: SaveNgramModelOptions,
): Promise<void> {
  await writeModelFiles(directory, encodeNgramModel(model, options));
}

/**
 * Reads an n-gram model from a directory that {@link saveNgramModel} wrote; `isNgramConfig` tells it from a recurrent one.
 * @throws MissingModelFileError, DamagedModelFileError whose message starts with the path; or the file system's error
 */
export async function loadNgramModel(directory: string): Promise<LoadedNgramModel> {
  return readModelFiles(directory, { decode: decodeNgramModel });
}
