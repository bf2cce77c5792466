import { readFileSync } from 'node:fs';
import type { Bytes } from './bytes.js';

/**
 * Reads one of our binaries from this package's folder. Undefined where the file is not there: a bundler put this code elsewhere.
 * This file is Node's; other platforms get no-binary-file.ts (`imports` in package.json).
 */
export function readBinaryFile(name: string): Bytes | undefined {
  try {
    return new Uint8Array(readFileSync(new URL(`../generated/${name}.wasm`, import.meta.url)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
