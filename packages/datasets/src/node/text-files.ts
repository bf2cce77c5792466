import { dirname, join } from 'node:path';
import { ArgumentError, checkOptions } from '@throughtime/errors';
import { textEntry } from '../catalog/catalog.js';
import type { RemoteFile } from '../catalog/entry.js';
import type { TextEntry, TextName, TextPart } from '../catalog/texts.js';
import { type DownloadOptions, downloadChecks } from '../download/download-options.js';
import { openFileStore } from '../download/node-file-store.js';
import { obtain, type Purpose } from '../download/obtain.js';
import { extractZip } from './extract-zip.js';

/** A file of a corpus on this machine. */
export interface TextFile {
  /** Which part, for a corpus published in parts. */
  readonly part?: TextPart;
  /** In the cache or in the mirror's folder. */
  readonly path: string;
}

/**
 * Downloads a text and returns the paths of its files, for reading them as streams: one file, or three for a corpus in parts. Files
 * of an archive are extracted into the cache again each time, so that they are as intact as the archive.
 * @throws UnknownDatasetError, DownloadError, ZipError; ArgumentError for an embedded text, which has no file; the
 * signal's reason
 */
export async function textFiles(
  name: TextName | (string & {}),
  options: DownloadOptions = {},
): Promise<TextFile[]> {
  checkOptions<DownloadOptions>(options, downloadChecks);
  return entryFiles(name, textEntry(name), options);
}

/** The files of an entry of the catalog. */
export async function entryFiles(
  name: string,
  entry: TextEntry,
  options: DownloadOptions,
): Promise<TextFile[]> {
  if ('embedded' in entry) {
    throw new ArgumentError('name', 'a text to download (this one is embedded: use loadText)', name);
  }
  const purpose = { name, rights: entry.rights };
  if ('whole' in entry) return [{ path: await pathOf(purpose, entry.whole, options) }];
  const files: TextFile[] = [];
  for (const [part, alternatives] of Object.entries(entry.parts)) {
    files.push({ part: part as TextPart, path: await pathOf(purpose, alternatives, options) });
  }
  return files;
}

async function pathOf(
  purpose: Purpose,
  alternatives: readonly RemoteFile[],
  options: DownloadOptions,
): Promise<string> {
  const store = openFileStore(options);
  const { file, path, bytes } = await obtain(purpose, alternatives, store, options);
  if (file.member === undefined) return path!;
  // Into the cache, even when the archive lies in a mirror: that folder is not ours to write.
  const archive = store.place(file)!;
  const folder = join(dirname(archive), file.file.replace(/\.zip$/, ''));
  return (await extractZip(bytes, folder, { members: [file.member] }))[0];
}
