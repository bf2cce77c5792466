import { join } from 'node:path';
import { makeFolder, readWholeFile, replaceFiles } from '@throughtime/platform/node';
import { type Header, SafetensorsError } from '@throughtime/safetensors';
import { readSafetensorsHeader } from '@throughtime/safetensors/node';
import { type ModelFileName, type ModelFiles, modelFileNames } from '../files/file-contents.js';
import type { LoadModelOptions } from '../files/fingerprint.js';
import {
  decodeHead,
  decodeModel,
  encodeModel,
  type LoadedModel,
  type SaveModelOptions,
  savedRun,
} from '../files/model-files.js';
import { DamagedModelFileError, ModelFileError } from '../files/model-files-error.js';
import type { BackoffNgramModel } from '../ngram/backoff-model.js';
import type { CountNgramModel } from '../ngram/count-model.js';
import {
  decodeNgramModel,
  encodeNgramModel,
  type LoadedNgramModel,
  type SaveNgramModelOptions,
} from '../ngram/ngram-files.js';
import type { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';

/**
 * Writes a model to a directory (made if need be): `vocabulary.json`, `config.json`, `model.safetensors`, all beside the old ones
 * and then renamed, so that a full disk leaves the model that was there. Files that would not change are left alone: saving a model
 * under training again replaces its weights in one step. Where they do change, a kill between two renames leaves a directory that
 * {@link loadModel} refuses.
 * @throws the file system's error (ENOSPC, EACCES, EROFS, ...)
 *
 * @example
 * ```ts
 * import { RecurrentLanguageModel } from '@throughtime/lang-model';
 * import { loadModel, saveModel } from '@throughtime/lang-model/node';
 * import { Random } from '@throughtime/random';
 * const model = new RecurrentLanguageModel({ vocabularySize: 10, cell: 'gru', hiddenSize: 32, random: Random.seeded(1) });
 * await saveModel('out/model', model);
 * const { model: same } = await loadModel('out/model');
 * ```
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
export async function loadModel(directory: string, options: LoadModelOptions = {}): Promise<LoadedModel> {
  return readModelFiles(directory, {
    check: decodeHead,
    decode: (files) => decodeModel(files, inside(directory, options)),
  });
}

/**
 * The run that saved the model in a directory, as {@link saveModel} was told; undefined where there is none, or it does not say.
 * @throws DamagedModelFileError whose message starts with the path; or the file system's error
 */
export async function savedRunIn(directory: string): Promise<string | undefined> {
  return inDirectory(directory, async () => {
    const header = await headerOf(join(directory, 'model.safetensors'));
    return header && savedRun(header.metadata);
  });
}

/**
 * Writes an n-gram model to a directory (made if need be): `vocabulary.json`, `config.json`, `model.safetensors`, all beside
 * the old ones and then renamed.
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
export async function loadNgramModel(
  directory: string,
  options: LoadModelOptions = {},
): Promise<LoadedNgramModel> {
  return readModelFiles(directory, {
    decode: (files) => decodeNgramModel(files, inside(directory, options)),
  });
}

/**
 * Writes the files of a model to a directory (made if need be), all beside the old ones and then renamed. Files that would not
 * change are left alone, so that saving a model under training again replaces its weights in one step.
 */
async function writeModelFiles(
  directory: string,
  files: Partial<Record<ModelFileName, Uint8Array[]>>,
): Promise<void> {
  await makeFolder(directory);
  const changed: [string, Uint8Array[]][] = [];
  for (const name of modelFileNames) {
    const pieces = files[name];
    if (!pieces) continue;
    const path = join(directory, name);
    if (name === 'model.safetensors' || !(await holds(path, pieces[0]))) changed.push([path, pieces]);
  }
  await replaceFiles(changed);
}

interface ReadModelFilesOptions<T> {
  /** Throws where the other files and the header of `model.safetensors` do not fit together. Default: any do. */
  readonly check?: (files: ModelFiles, header: Header) => void;
  readonly decode: (files: ModelFiles) => T;
}

/**
 * Reads what a directory has of a model's files and decodes it, the weights last, once their file's header is found to be good.
 * Errors about a file get its path.
 */
async function readModelFiles<T>(directory: string, { check, decode }: ReadModelFilesOptions<T>): Promise<T> {
  return inDirectory(directory, async () => {
    const files: Partial<Record<ModelFileName, Uint8Array>> = {};
    for (const name of modelFileNames) {
      const path = join(directory, name);
      if (name === 'model.safetensors') {
        const header = await headerOf(path);
        if (header) check?.(files, header);
      }
      const bytes = await contents(path);
      if (bytes) files[name] = bytes;
    }
    return decode(files);
  });
}

/** Warnings about a file get its path. */
function inside(directory: string, options: LoadModelOptions): LoadModelOptions {
  const { onWarning } = options;
  return { ...options, onWarning: onWarning && ((warning) => onWarning(join(directory, warning))) };
}

/** Errors about a file get its path. */
async function inDirectory<T>(directory: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ModelFileError) error.message = join(directory, error.message);
    throw error;
  }
}

async function headerOf(path: string): Promise<Header | undefined> {
  try {
    return await present(readSafetensorsHeader(path));
  } catch (error) {
    if (!(error instanceof SafetensorsError)) throw error;
    const problem = error.message.slice(`${path}: `.length);
    throw new DamagedModelFileError('model.safetensors', problem, { cause: error });
  }
}

function contents(path: string): Promise<Uint8Array | undefined> {
  return present(readWholeFile(path));
}

/** What is read of a file; undefined where there is none. */
async function present<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

async function holds(path: string, bytes: Uint8Array): Promise<boolean> {
  const held = await contents(path);
  return held !== undefined && Buffer.compare(held, bytes) === 0;
}
