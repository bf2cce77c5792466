import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@throughtime/safetensors/node';
import {
  decodeModel,
  encodeModel,
  type LoadedModel,
  type ModelFileName,
  modelFileNames,
  type SaveModelOptions,
} from '../files/model-files.js';
import { ModelFileError } from '../files/model-files-error.js';
import type { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';

/**
 * Writes a model to a directory (made if need be): `vocabulary.json`, `config.json`, `model.safetensors`, each beside the old one
 * and renamed. Files that would not change are left alone, so that saving a model under training again replaces its weights in
 * one step.
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...)
 */
export async function saveModel(
  directory: string,
  model: RecurrentLanguageModel,
  options: SaveModelOptions = {},
): Promise<void> {
  const files = encodeModel(model, options);
  await mkdir(directory, { recursive: true });
  for (const name of modelFileNames) {
    const pieces = files[name];
    if (!pieces) continue;
    const path = join(directory, name);
    if (name !== 'model.safetensors' && (await holds(path, pieces[0]))) continue;
    await replaceFile(path, pieces);
  }
}

/**
 * Reads a model from a directory that {@link saveModel} wrote.
 * @throws MissingModelFileError, DamagedModelFileError whose message starts with the path; or the file system's error
 */
export async function loadModel(directory: string): Promise<LoadedModel> {
  const files: Partial<Record<ModelFileName, Uint8Array>> = {};
  for (const name of modelFileNames) {
    const bytes = await contents(join(directory, name));
    if (bytes) files[name] = bytes;
  }
  try {
    return decodeModel(files);
  } catch (error) {
    if (error instanceof ModelFileError) error.message = join(directory, error.message);
    throw error;
  }
}

async function contents(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const present = await contents(path);
  return present !== undefined && Buffer.compare(present, bytes) === 0;
}
