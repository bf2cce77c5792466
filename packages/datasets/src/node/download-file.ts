import type { RemoteFile } from '../catalogue/entry.js';
import type { DownloadOptions } from '../download/download-options.js';
import { openFileStore } from '../download/node-file-store.js';
import { obtain } from '../download/obtain.js';
import { InvalidArgumentError, requireWhole } from '../errors.js';

/**
 * Downloads a file that the catalogue does not have, with the same care: size and SHA-256 checked, continued after cuts, cached
 * under its name, looked for in the mirror first.
 * @returns where it lies
 * @throws DownloadError, InvalidArgumentError, or the signal's reason
 */
export async function downloadFile(
  file: Omit<RemoteFile, 'member'>,
  options: DownloadOptions = {},
): Promise<string> {
  if (!/^[^/\\:\0]+$/.test(file.file) || /^\.+$/.test(file.file)) {
    throw new InvalidArgumentError('file.file', 'a file name without a path', file.file);
  }
  if (!/^[0-9a-f]{64}$/.test(file.sha256)) {
    throw new InvalidArgumentError('file.sha256', '64 lower-case hexadecimal digits', file.sha256);
  }
  requireWhole('file.bytes', file.bytes);
  const { path } = await obtain({ name: file.file }, [file], openFileStore(options), options);
  return path!;
}
