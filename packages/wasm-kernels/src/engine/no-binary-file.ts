import type { Bytes } from './bytes.js';
/** Where binary-file.ts is Node's, this is for browsers: they read no files, so a binary is there once it was loaded. */
export function readBinaryFile(_name: string): Bytes | undefined {
  return undefined;
}
