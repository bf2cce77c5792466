import { ArgumentError, checkOptions, type OptionChecks, oneOf } from '@throughtime/errors';
import { openFileStore } from '#file-store';
import { textEntry } from '../catalog/catalog.js';
import { embeddedText } from '../catalog/embedded.js';
import type { Attribution } from '../catalog/entry.js';
import type { TextEntry, TextName, TextPart } from '../catalog/texts.js';
import { type DownloadOptions, downloadChecks } from '../download/download-options.js';
import { obtain } from '../download/obtain.js';
import { zipMember } from '../download/zip-member.js';

/** Which text it is, and whose. */
export interface CorpusDescription extends Attribution {
  /** What the catalog knows it by. */
  readonly name: string;
  /** Which part, for a corpus published in parts. */
  readonly part?: TextPart;
}

/** A text of the catalog. */
export interface Corpus extends CorpusDescription {
  /** The whole text, as its publisher has it. */
  readonly text: string;
}

/** A text of the catalog, undecoded. */
export interface ByteCorpus extends CorpusDescription {
  /** The file as it is, not decoded. */
  readonly bytes: Uint8Array;
}

/** Which part of a text is loaded, and how it is downloaded. */
export interface LoadTextOptions extends DownloadOptions {
  /** Which part of a corpus published in parts. Default 'train'; not allowed for a corpus in one piece. */
  readonly part?: TextPart | undefined;
}

const checks: OptionChecks<LoadTextOptions> = {
  ...downloadChecks,
  part: oneOf(['train', 'validation', 'test']),
};

/**
 * A text of the catalog: embedded ones at once, others downloaded, checked and cached (about 0.2 MB for The Time Machine,
 * 37 MB for enwik8; see `datasets()`).
 * @throws UnknownDatasetError, whose message lists the texts there are; DownloadError, whose message says what to download to
 * where; ArgumentError; the signal's reason
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
  checkOptions<LoadTextOptions>(options, checks);
  return readEntry(name, textEntry(name), options);
}

/** The three parts of a corpus published in parts. */
export interface TextSplit {
  /** What a model learns from. */
  readonly train: Corpus;
  /** What training is watched and stopped by. */
  readonly validation: Corpus;
  /** What the final figure is measured on, once. */
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
  checkOptions<DownloadOptions>(options, downloadChecks);
  // One after another: parts may lie in one archive, which is then downloaded once.
  const train = await loadText(name, { ...options, part: 'train' });
  const validation = await loadText(name, { ...options, part: 'validation' });
  const test = await loadText(name, { ...options, part: 'test' });
  return { train, validation, test };
}

function decode(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new ArgumentError('name', 'a text in UTF-8 (loadTextBytes gives the bytes of any)', name, {
      cause,
    });
  }
}

/** What an entry of the catalog stands for: from the package, the mirror, the cache or the network. */
export async function readEntry(
  name: string,
  entry: TextEntry,
  { part, ...options }: LoadTextOptions,
): Promise<ByteCorpus> {
  const { title, rights, source } = entry;
  const chosen = partOf(entry, part);
  const description = { name, ...(chosen && { part: chosen }), title, rights, source };
  options.signal?.throwIfAborted();
  if ('embedded' in entry) {
    return { ...description, bytes: new TextEncoder().encode(await embeddedText(entry.embedded.file)) };
  }
  const alternatives = 'whole' in entry ? entry.whole : entry.parts[chosen!];
  const { bytes, file } = await obtain({ name, rights }, alternatives, openFileStore(options), options);
  return { ...description, bytes: file.member === undefined ? bytes : zipMember(bytes, file.member) };
}

function partOf(entry: TextEntry, part: TextPart | undefined): TextPart | undefined {
  if ('parts' in entry) return part ?? 'train';
  if (part === undefined) return undefined;
  throw new ArgumentError('part', 'none, as the corpus is in one piece', part);
}
