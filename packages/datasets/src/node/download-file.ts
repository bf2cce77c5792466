import { check, checkOptions, type OptionChecks, required, text, whole } from '@throughtime/errors';
import type { RemoteFile } from '../catalog/entry.js';
import { type DownloadOptions, downloadChecks } from '../download/download-options.js';
import { openFileStore } from '../download/node-file-store.js';
import { obtain } from '../download/obtain.js';

type CallersFile = Omit<RemoteFile, 'member'>;

const fileChecks: OptionChecks<CallersFile> = {
  file: required(
    check(
      'a file name without a path',
      (value) => typeof value === 'string' && /^[^/\\:\0]+$/.test(value) && !/^\.+$/.test(value),
    ),
  ),
  url: required(text),
  bytes: required(whole({ from: 1 })),
  sha256: required(
    check('64 lower-case hexadecimal digits', (value) => /^[0-9a-f]{64}$/.test(String(value))),
  ),
};

/**
 * Downloads a file that is not in the catalog, in the same way: the mirror is tried first, size and SHA-256 are checked, cuts are
 * continued, and the file is cached under its name.
 * @returns its path
 * @throws DownloadError, ArgumentError, or the signal's reason
 */
export async function downloadFile(file: CallersFile, options: DownloadOptions = {}): Promise<string> {
  checkOptions<CallersFile>(file, fileChecks, 'file');
  checkOptions<DownloadOptions>(options, downloadChecks);
  const { path } = await obtain({ name: file.file }, [file], openFileStore(options), options);
  return path!;
}
