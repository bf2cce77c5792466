import { basename, extname } from 'node:path';
import { ArgumentError, checkOptions, inWords, showValue } from '@throughtime/errors';
import { readInput } from '@throughtime/platform/node';
import type { ReadSeries, ReadSeriesOptions } from '../csv/read-series.js';

/**
 * Reads a series from a file, as `readSeries` of `@throughtime/datasets/csv` does: `.json`, `.ndjson` and `.jsonl` as JSON, `.tsv` and
 * `.tab` as CSV with tabs. Its name is the file's.
 * @throws ArgumentError when the file cannot be read; UndecidedFormatError, SeriesFormatError, MissingValueError
 *
 * @example
 * ```ts
 * import { readSeriesFile } from '@throughtime/datasets/node';
 * const { series } = await readSeriesFile('sales.csv', { columns: ['units'] });
 * ```
 */
export async function readSeriesFile(path: string, options: ReadSeriesOptions = {}): Promise<ReadSeries> {
  const { formatOfFile, readSeries, readSeriesChecks } = await import('../csv/read-series.js');
  checkOptions<ReadSeriesOptions>(options, readSeriesChecks);
  let bytes: Uint8Array;
  try {
    bytes = await readInput(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new ArgumentError('path', 'a file that can be read', inWords(`${showValue(path)} (${code})`), {
      cause: error,
    });
  }
  return readSeries(bytes, { name: basename(path, extname(path)), ...formatOfFile(path), ...options });
}
