import { ArgumentError } from '@throughtime/errors';
import { textEntry } from '../catalogue/catalogue.js';
import type { TextName } from '../catalogue/texts.js';
import type { DownloadOptions } from '../download/download-options.js';
import type { ByteCorpus, Corpus } from './corpus.js';
import { type LoadTextOptions, readEntry } from './read-entry.js';

/**
 * A text of the catalogue: embedded ones at once, others downloaded, checked and cached (about 0.2 MB for The Time Machine,
 * 37 MB for enwik8; see `datasets()`).
 * @throws UnknownDatasetError, whose message lists the texts there are; DownloadError, whose message says what to download to
 * where; the signal's reason
 */
export async function loadText(
  name: TextName | (string & {}),
  options: LoadTextOptions = {},
): Promise<Corpus> {
  const { bytes, ...description } = await loadTextBytes(name, options);
  return { ...description, text: decode(name, bytes) };
}

/**
 * The same, undecoded, for models of bytes.
 * @throws as {@link loadText}
 */
export async function loadTextBytes(
  name: TextName | (string & {}),
  options: LoadTextOptions = {},
): Promise<ByteCorpus> {
  return readEntry(name, textEntry(name), options);
}

/** The three parts of a corpus published in parts. */
export interface TextSplit {
  readonly train: Corpus;
  readonly validation: Corpus;
  readonly test: Corpus;
}

/**
 * All parts of a corpus published in parts.
 * @throws ArgumentError for a corpus in one piece; otherwise as {@link loadText}
 */
export async function loadTextSplit(
  name: TextName | (string & {}),
  options: DownloadOptions = {},
): Promise<TextSplit> {
  // One after another: parts may lie in one archive, which is then downloaded once.
  const train = await loadText(name, { ...options, part: 'train' });
  const validation = await loadText(name, { ...options, part: 'validation' });
  const test = await loadText(name, { ...options, part: 'test' });
  return { train, validation, test };
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new ArgumentError('name', 'a text in UTF-8 (loadTextBytes gives the bytes of any)', name, {
      cause: error,
    });
  }
}
