import { boolean, checkOptions, nonEmptyText, type OptionChecks } from '@throughtime/errors';
// The build for browsers runs in Node too: one parser everywhere.
import { type CsvError, parse } from 'csv-parse/browser/esm/sync';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { namesColumns, seriesFromTable, type TableOptions, tableChecks } from './table.js';

export interface CsvSeriesOptions extends TableOptions {
  /** Default ','. */
  readonly delimiter?: string;
  /**
   * Whether the first line names the columns; false names them column1, column2, ... Default: true, unless the first line holds
   * nothing but numbers, dates and missing values, as no line of names does.
   */
  readonly header?: boolean;
}

export const csvSeriesChecks: OptionChecks<CsvSeriesOptions> = {
  ...tableChecks,
  delimiter: nonEmptyText,
  header: boolean,
};

interface CsvRow {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/**
 * Reads a series from CSV (RFC 4180; a byte order mark and empty lines are skipped).
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 */
export function parseCsvSeries(text: string, options: CsvSeriesOptions = {}): Series {
  checkOptions<CsvSeriesOptions>(options, csvSeriesChecks);
  const { name = 'series', delimiter = ',', missingMarkers } = options;
  const rows = readRows(text, name, delimiter);
  if (rows.length === 0) throw new SeriesFormatError(`${name}: expected rows of values, got an empty file`);
  const first = rows[0].record;
  const { header = namesColumns(first, missingMarkers) } = options;
  const columns = header ? first.map((cell) => cell.trim()) : first.map((_, i) => `column${i + 1}`);
  const body = header ? rows.slice(1) : rows;
  return seriesFromTable(
    { columns, rows: body.map(({ record }) => record), where: (row) => `line ${body[row].info.lines}` },
    options,
  );
}

function readRows(text: string, name: string, delimiter: string): CsvRow[] {
  try {
    return parse(text, { bom: true, delimiter, info: true, skip_empty_lines: true }) as unknown as CsvRow[];
  } catch (error) {
    throw new SeriesFormatError(`${name}: not CSV: ${(error as CsvError).message}`, { cause: error });
  }
}
