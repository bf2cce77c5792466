import { check, checkOptions, type OptionChecks, required, text, whole } from '@throughtime/errors';
import type { RemoteFile } from '../catalogue/entry.js';
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
 * Downloads a file that the catalogue does not have, with the same care: size and SHA-256 checked, continued after cuts, cached
 * under its name, looked for in the mirror first.
 * @returns where it lies
 * @throws DownloadError, ArgumentError, or the signal's reason
 */
export async function downloadFile(file: CallersFile, options: DownloadOptions = {}): Promise<string> {
  checkOptions<CallersFile>(file, fileChecks, 'file');
  checkOptions<DownloadOptions>(options, downloadChecks);
  const { path } = await obtain({ name: file.file }, [file], openFileStore(options), options);
  return path!;
}
