import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { ArgumentError, checkOptions, inWords, showValue } from '@throughtime/errors';
import { type CsvSeriesOptions, csvSeriesChecks, parseCsvSeries } from '../series/parse-csv-series.js';
import { parseJsonSeries } from '../series/parse-json-series.js';
import type { Series } from '../series/series.js';
import { SeriesFormatError } from '../series/series-errors.js';

/**
 * Reads a series from a file: `.json` as JSON, `.tsv` and `.tab` as CSV with tabs, anything else as CSV. Its name is the
 * file's.
 * @param options `delimiter` and `header` are for CSV alone
 * @throws ArgumentError when the file cannot be read; SeriesFormatError, MissingValueError
 */
export async function readSeriesFile(path: string, options: CsvSeriesOptions = {}): Promise<Series> {
  checkOptions<CsvSeriesOptions>(options, csvSeriesChecks);
  const extension = extname(path).toLowerCase();
  const text = await readText(path);
  const named = { name: basename(path, extname(path)), ...options };
  if (extension === '.json') {
    const { delimiter: _delimiter, header: _header, ...ofTables } = named;
    return parseJsonSeries(text, ofTables);
  }
  const delimiter = ['.tsv', '.tab'].includes(extension) ? '\t' : ',';
  return parseCsvSeries(text, { delimiter, ...named });
}

async function readText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ArgumentError('path', 'a file that can be read', inWords(`${showValue(path)} (${code})`));
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new SeriesFormatError(`${path}: not UTF-8`, { cause: error });
  }
}
