import { isRecord } from '@throughtime/errors';
import { zipSync } from 'fflate';
import type { FileSet } from './saved-files.js';
import type { Settings } from './settings.js';

/** Files packed as small as can be, to be given to others in a link or as a file. The same files give the same bytes. */
export function sharedArchive(files: FileSet): Uint8Array<ArrayBuffer> {
  // No dates: they would make another link of the same result.
  return zipSync({ ...files }, { level: 9, mtime: new Date(1980, 0, 1) });
}

/** Settings as one of the files that are shared. */
export function encodeSettings(settings: Settings): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(settings));
}

/** More than any form of ours holds. */
const mostBytes = 20_000;

/** The settings in a file that may come from anywhere; undefined where it holds none that can be used. Values are text: check them where used. */
export function decodeSettings(bytes: Uint8Array | undefined): Settings | undefined {
  if (bytes === undefined || bytes.length > mostBytes) return undefined;
  try {
    const told: unknown = JSON.parse(new TextDecoder().decode(bytes));
    if (!isRecord(told)) return undefined;
    const isText = (entry: [string, unknown]): entry is [string, string] => typeof entry[1] === 'string';
    return Object.fromEntries(Object.entries(told).filter(isText));
  } catch {
    // The files beside it are worth opening all the same.
    return undefined;
  }
}
