import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '@throughtime/safetensors/node';
import { type ModelFileName, type ModelFiles, modelFileNames } from '../files/model-files.js';
import { ModelFileError } from '../files/model-files-error.js';

/**
 * Writes the files of a model to a directory (made if need be), each beside the old one and renamed. Files that would not
 * change are left alone, so that saving a model under training again replaces its weights in one step.
 */
export async function writeModelFiles(
  directory: string,
  files: Partial<Record<ModelFileName, Uint8Array[]>>,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  for (const name of modelFileNames) {
    const pieces = files[name];
    if (!pieces) continue;
    const path = join(directory, name);
    if (name !== 'model.safetensors' && (await holds(path, pieces[0]))) continue;
    await replaceFile(path, pieces);
  }
}

/** Reads what a directory has of a model's files and decodes it; errors about a file get its path. */
export async function readModelFiles<T>(directory: string, decode: (files: ModelFiles) => T): Promise<T> {
  const files: Partial<Record<ModelFileName, Uint8Array>> = {};
  for (const name of modelFileNames) {
    const bytes = await contents(join(directory, name));
    if (bytes) files[name] = bytes;
  }
  try {
    return decode(files);
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
