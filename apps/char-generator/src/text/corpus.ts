import { readFile } from 'node:fs/promises';
import { type Reporter, UsageError } from '@throughtime/command-line';
import { datasets, loadText, loadTextSplit } from '@throughtime/datasets';
import { decodeUtf8 } from '@throughtime/text-preprocess';

export interface LoadedCorpus {
  /** The name or path that was asked for. */
  readonly name: string;
  readonly text: string;
  /** For corpora that are published with a validation part of their own. */
  readonly validationText?: string;
}

export interface ReadCorpusOptions {
  readonly reporter: Reporter;
  readonly signal?: AbortSignal;
}

/**
 * A text of the catalogue, downloaded if need be, or a UTF-8 file. A name of the catalogue goes before a file of that name
 * (write ./NAME for the file).
 * @throws UsageError when there is neither; DownloadError; InvalidUtf8Error
 */
export async function readCorpus(
  name: string,
  { reporter, signal }: ReadCorpusOptions,
): Promise<LoadedCorpus> {
  const entry = datasets().find((dataset) => dataset.kind === 'text' && dataset.name === name);
  if (!entry) return { name, text: await readTextFile(name) };
  if (!entry.embedded) reporter.note(`${entry.title}: ${entry.rights}`);
  const options = {
    ...(signal && { signal }),
    onProgress: ({ received, total }: { received: number; total: number }) =>
      reporter.progress(`downloading ${name}: ${megabytes(received)} of ${megabytes(total)} MB`),
  };
  if (entry.parts.length === 0) return { name, text: (await loadText(name, options)).text };
  const { train, validation } = await loadTextSplit(name, options);
  return { name, text: train.text, validationText: validation.text };
}

async function readTextFile(path: string): Promise<string> {
  try {
    return decodeUtf8(await readFile(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw named(path, error as Error);
    const names = datasets()
      .filter(({ kind }) => kind === 'text')
      .map((dataset) => dataset.name)
      .join(', ');
    const problem = code === 'ENOENT' ? 'which is neither' : `which cannot be read (${code})`;
    throw new UsageError(
      `--corpus: expected a data set (${names}) or a text file, got '${path}', ${problem}`,
    );
  }
}

function named(path: string, error: Error): Error {
  error.message = `--corpus ${path}: ${error.message}`;
  return error;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
