import { type Reporter, UsageError } from '@throughtime/command-line';
import { datasets } from '@throughtime/datasets';
import { readInput } from '@throughtime/platform/node';
import { decodeUtf8 } from '@throughtime/text-preprocess';
import { type LoadedCorpus, loadCorpus } from '../core/corpus.js';

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
  const entry = texts().find((dataset) => dataset.name === name);
  if (entry && !entry.embedded) reporter.note(`${entry.title}: ${entry.rights}`);
  const corpus = await loadCorpus(name, {
    ...(signal && { signal }),
    onProgress: ({ received, total }) =>
      reporter.progress(`downloading ${name}: ${megabytes(received)} of ${megabytes(total)} MB`),
  });
  return corpus ?? { name, text: await readTextFile(name) };
}

async function readTextFile(path: string): Promise<string> {
  try {
    return decodeUtf8(await readInput(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw named(path, error as Error);
    const names = texts().map((dataset) => dataset.name);
    const problem = code === 'ENOENT' ? 'which is neither' : `which cannot be read (${code})`;
    throw new UsageError(
      `--corpus: expected a data set (${names.join(', ')}) or a text file, got '${path}', ${problem}`,
    );
  }
}

function texts() {
  return datasets().filter(({ kind }) => kind === 'text');
}

function named(path: string, error: Error): Error {
  error.message = `--corpus ${path}: ${error.message}`;
  return error;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
