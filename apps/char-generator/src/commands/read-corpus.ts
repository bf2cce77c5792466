import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reporter, UsageError } from '@throughtime/command-line';
import { datasets, loadTextSplit, type TextPart } from '@throughtime/datasets';
import { readInput } from '@throughtime/platform/node';
import { decodeUtf8 } from '@throughtime/text-preprocess';
import { type LoadedCorpus, loadCorpus } from '../core/corpus.js';
import { type CorpusNames, corpusName } from '../core/settings.js';

export interface ReadCorpusOptions {
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
  /** Which part of a text that is published in parts, alone. Default: what is trained on, and beside it what is validated on. */
  readonly split?: TextPart | undefined;
  /** What a message calls it. Default '--corpus'. */
  readonly option?: string;
}

/**
 * A text of the catalog, downloaded if need be. Or a UTF-8 file, or a folder of such files (`.txt`, in the order of their names). Or several
 * of these, one after the other. A name of the catalog goes before a file of that name (write ./NAME for the file).
 * @throws UsageError when there is none of these, or the text has no such part; DownloadError; InvalidUtf8Error
 */
export async function readCorpus(names: CorpusNames, options: ReadCorpusOptions): Promise<LoadedCorpus> {
  if (typeof names === 'string') return readOne(names, options);
  const read: LoadedCorpus[] = [];
  for (const name of names) read.push(await readOne(name, options));
  return { name: corpusName(names), text: joinedTexts(read.map(({ text }) => text)) };
}

async function readOne(name: string, options: ReadCorpusOptions): Promise<LoadedCorpus> {
  const { reporter, signal, split, option = '--corpus' } = options;
  const entry = texts().find((dataset) => dataset.name === name);
  if (entry && !entry.embedded) reporter.note(`${entry.title}: ${entry.rights}`);
  const download = {
    ...(signal && { signal }),
    onProgress: ({ received, total }: { readonly received: number; readonly total: number }) =>
      reporter.progress(`downloading ${name}: ${megabytes(received)} of ${megabytes(total)} MB`),
  };
  if (split !== undefined) {
    if (!entry || entry.parts.length === 0)
      throw new UsageError(`--split: expected a data set that is published in parts, got '${name}'`);
    return { name, text: (await loadTextSplit(name, download))[split].text };
  }
  const corpus = await loadCorpus(name, download);
  return corpus ?? { name, text: await readFiles(name, option) };
}

async function readFiles(path: string, option: string): Promise<string> {
  const isFolder = await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isFolder) return readTextFile(path, option);
  const files = (await readdir(path)).filter((file) => file.endsWith('.txt')).sort();
  if (files.length === 0)
    throw new UsageError(`${option}: expected a folder with files *.txt, got '${path}', which has none`);
  const read: string[] = [];
  for (const file of files) read.push(await readTextFile(join(path, file), option));
  return joinedTexts(read);
}

/** A text that ends in the middle of a line ends it here. */
function joinedTexts(all: readonly string[]): string {
  return all.map((text, i) => (i + 1 < all.length && !/[\r\n]$/.test(text) ? `${text}\n` : text)).join('');
}

async function readTextFile(path: string, option: string): Promise<string> {
  try {
    return decodeUtf8(await readInput(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw named(option, path, error as Error);
    const names = texts().map((dataset) => dataset.name);
    const problem = code === 'ENOENT' ? 'which is neither' : `which cannot be read (${code})`;
    throw new UsageError(
      `${option}: expected a data set (${names.join(', ')}) or a text file, got '${path}', ${problem}`,
    );
  }
}

function texts() {
  return datasets().filter(({ kind }) => kind === 'text');
}

function named(option: string, path: string, error: Error): Error {
  error.message = `${option} ${path}: ${error.message}`;
  return error;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
