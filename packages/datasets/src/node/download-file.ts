import { ArgumentError, whole } from '@throughtime/errors';
import type { RemoteFile } from '../catalogue/entry.js';
import type { DownloadOptions } from '../download/download-options.js';
import { openFileStore } from '../download/node-file-store.js';
import { obtain } from '../download/obtain.js';

/**
 * Downloads a file that the catalogue does not have, with the same care: size and SHA-256 checked, continued after cuts, cached
 * under its name, looked for in the mirror first.
 * @returns where it lies
 * @throws DownloadError, ArgumentError, or the signal's reason
 */
export async function downloadFile(
  file: Omit<RemoteFile, 'member'>,
  options: DownloadOptions = {},
): Promise<string> {
  if (!/^[^/\\:\0]+$/.test(file.file) || /^\.+$/.test(file.file)) {
    throw new ArgumentError('file.file', 'a file name without a path', file.file);
  }
  if (!/^[0-9a-f]{64}$/.test(file.sha256)) {
    throw new ArgumentError('file.sha256', '64 lower-case hexadecimal digits', file.sha256);
  }
  whole({ from: 1 })('file.bytes', file.bytes);
  const { path } = await obtain({ name: file.file }, [file], openFileStore(options), options);
  return path!;
}
