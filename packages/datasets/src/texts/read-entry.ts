import { ArgumentError } from '@throughtime/errors';
import { openFileStore } from '#file-store';
import { embeddedText } from '../catalogue/embedded.js';
import type { TextEntry, TextPart } from '../catalogue/texts.js';
import type { DownloadOptions } from '../download/download-options.js';
import { obtain } from '../download/obtain.js';
import { zipMember } from '../download/zip-member.js';
import type { ByteCorpus } from './corpus.js';

export interface LoadTextOptions extends DownloadOptions {
  /** Which part of a corpus published in parts. Default 'train'; not allowed for a corpus in one piece. */
  readonly part?: TextPart | undefined;
}

/** What an entry of the catalogue stands for: from the package, the mirror, the cache or the network. */
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
  if (!('parts' in entry)) {
    if (part === undefined) return undefined;
    throw new ArgumentError('part', 'none, as the corpus is in one piece', part);
  }
  const known = Object.keys(entry.parts);
  if (part !== undefined && !known.includes(part)) {
    throw new ArgumentError('part', `one of ${known.join(', ')}`, part);
  }
  return part ?? 'train';
}
