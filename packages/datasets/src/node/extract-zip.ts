import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkOptions, list, showValue, text, whole } from '@throughtime/errors';
import { makeFolder, replaceFile } from '@throughtime/platform/node';
import { unzip, ZipError } from '../download/zip-member.js';

/** What is taken from an archive, and how much at most. */
export interface ExtractZipOptions {
  /** The members to write. Default: all. */
  readonly members?: readonly string[];
  /** The most uncompressed bytes that all members together may have. Default 2 GiB. */
  readonly maximumBytes?: number;
}

/**
 * Writes the members of an archive into a folder, each whole or not at all. If the path of any member leads out of the folder,
 * nothing is written.
 * @param archive its path, or its bytes
 * @returns the paths written, in the order of the archive
 * @throws ZipError, ArgumentError
 */
export async function extractZip(
  archive: string | Uint8Array,
  folder: string,
  options: ExtractZipOptions = {},
): Promise<string[]> {
  checkOptions<ExtractZipOptions>(options, { members: list(text), maximumBytes: whole({ from: 0 }) });
  const { members, maximumBytes = 2 ** 31 } = options;
  const bytes = typeof archive === 'string' ? await readFile(archive) : archive;
  let total = 0;
  const contents = unzip(bytes, (name, size) => {
    requireInside(name);
    if (name.endsWith('/') || (members && !members.includes(name))) return false;
    total += size;
    if (total > maximumBytes) {
      throw new ZipError(
        `archive: expected at most ${maximumBytes} bytes uncompressed, got ${total} or more`,
      );
    }
    return true;
  });
  const lacking = members?.find((name) => !Object.hasOwn(contents, name));
  if (lacking !== undefined) throw new ZipError(`archive: expected a member '${lacking}', got none`);

  const target = resolve(folder);
  const paths: string[] = [];
  for (const [name, content] of Object.entries(contents)) {
    const path = join(target, name);
    await makeFolder(dirname(path));
    await replaceFile(path, [content]);
    paths.push(path);
  }
  return paths;
}

/** Refuses names that some platform would resolve to a path outside the folder. */
function requireInside(name: string): void {
  const steps = name.replace(/\/$/, '').split('/');
  const strange = /[\\:\0]/.test(name) || steps.some((step) => step === '' || step === '.' || step === '..');
  if (strange) {
    throw new ZipError(`archive: expected members inside the folder, got ${showValue(name)}`);
  }
}
