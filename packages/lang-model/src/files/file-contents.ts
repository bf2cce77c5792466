import { DamagedModelFileError, MissingModelFileError } from './model-files-error.js';

/** The files that a saved model consists of, in the order they are written. */
export const modelFileNames = ['vocabulary.json', 'config.json', 'model.safetensors'] as const;

/** A file of a saved model. */
export type ModelFileName = (typeof modelFileNames)[number];

/** A saved model in memory: what a page downloads, or a directory holds. `vocabulary.json` is absent without a vocabulary. */
export type ModelFiles = Readonly<Partial<Record<ModelFileName, Uint8Array>>>;

/** Runs work on a file. Errors of the given classes say what is wrong with the file; they get its name. */
export function inFile<T>(
  file: ModelFileName,
  kinds: readonly (abstract new (...args: never[]) => Error)[],
  work: () => T,
): T {
  try {
    return work();
  } catch (cause) {
    if (!kinds.some((kind) => cause instanceof kind)) throw cause;
    throw new DamagedModelFileError(file, (cause as Error).message, { cause });
  }
}

/** @throws MissingModelFileError */
export function bytesOf(files: ModelFiles, name: ModelFileName): Uint8Array {
  const bytes = files[name];
  if (!bytes) throw new MissingModelFileError(name);
  return bytes;
}

/** @throws MissingModelFileError, DamagedModelFileError when it is not UTF-8 */
export function textOf(files: ModelFiles, name: ModelFileName): string {
  const bytes = bytesOf(files, name);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new DamagedModelFileError(name, 'expected UTF-8 text', { cause });
  }
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value)}\n`);
}
