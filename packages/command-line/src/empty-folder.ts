import { readdir } from 'node:fs/promises';
import { UsageError } from './errors.js';

/** @throws UsageError when --out names a file, or a folder with something in it */
export async function requireEmptyFolder(out: string): Promise<void> {
  const found = await readdir(out).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    const got = error.code === 'ENOTDIR' ? 'a file' : String(error.code);
    throw new UsageError(`--out: expected a new or empty folder, got '${out}' (${got})`);
  });
  if (found.length > 0)
    throw new UsageError(`--out: expected a new or empty folder, got '${out}', which holds ${found[0]}`);
}
