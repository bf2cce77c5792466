import {
  decodeHead,
  decodeModel,
  encodeModel,
  type LoadedModel,
  type SaveModelOptions,
} from '../files/model-files.js';
import type { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { readModelFiles, writeModelFiles } from './directory-files.js';

/**
 * Writes a model to a directory (made if need be): `vocabulary.json`, `config.json`, `model.safetensors`, each beside the old one
 * and renamed. Files that would not change are left alone, so that saving a model under training again replaces its weights in
 * one step. Where they do change, a kill between two files leaves a directory that {@link loadModel} refuses.
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...)
 */
export async function saveModel(
  directory: string,
  model: RecurrentLanguageModel,
  options: SaveModelOptions = {},
): Promise<void> {
  await writeModelFiles(directory, encodeModel(model, options));
}

/**
 * Reads a model from a directory that {@link saveModel} wrote. The weights are read once their file's header, the
 * configuration and the vocabulary are found to fit together.
 * @throws MissingModelFileError, DamagedModelFileError whose message starts with the path; or the file system's error
 */
export async function loadModel(directory: string): Promise<LoadedModel> {
  return readModelFiles(directory, { check: decodeHead, decode: decodeModel });
}
