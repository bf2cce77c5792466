import {
  type CsvSeriesOptions,
  namesColumns,
  parseCsvSeries,
  type Series,
  SeriesFormatError,
} from '@throughtime/datasets';
import { ArgumentError, inWords } from '@throughtime/errors';
import { parse } from 'csv-parse/browser/esm/sync';

/**
 * What happens to a flaw in a file: a missing value, a gap in the time stamps, time stamps that cannot be read.
 * - 'refuse': an error that names it
 * - 'leave out': missing values and gaps are missing in the series; time stamps that cannot be read are an error
 * - 'note': missing values are missing; rows are numbered where time stamps are uneven or cannot be read, with a note. Gaps are not
 *   filled: one stray date could make millions of rows
 */
export type Flaws = 'refuse' | 'leave out' | 'note';

/** Which column of a table is forecast. */
export interface ColumnChoice {
  /** Default: the only one; where there are several, an error that lists them, but with flaws 'note' the first. */
  readonly column?: string | undefined;
  /** Default 'refuse'. */
  readonly flaws?: Flaws | undefined;
}

/** A column of a CSV file, with the names of those that could be chosen instead. */
export interface CsvColumn {
  readonly series: Series;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

export interface ReadCsvOptions extends ColumnChoice {
  /** For messages. */
  readonly name: string;
  /** Default: the commonest of comma, semicolon and tab in the first line. */
  readonly delimiter?: string | undefined;
  /** More columns are refused: to check each for its twin takes long. Default: no limit. */
  readonly mostColumns?: number | undefined;
}

/** Lines by which a file is judged. */
const sampleLines = 30;
const number = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const timeName = /^(time|date|datetime|timestamp|year|month|day|hour|week|quarter|period|ds)$/i;

/**
 * Reads one column of a CSV file: separated by commas, semicolons or tabs, with or without a line of names, with text in other
 * columns.
 * @throws SeriesFormatError and the other errors of `parseCsvSeries`; ArgumentError for the column
 */
export function readCsv(text: string, options: ReadCsvOptions): CsvColumn {
  const { name, column, flaws = 'refuse', mostColumns = Number.POSITIVE_INFINITY } = options;
  const { delimiter = delimiterOf(text) } = options;
  const sample = sampleRows(text, name, delimiter);
  const [first] = sample;
  if (first === undefined) throw new SeriesFormatError(`${name}: expected rows of values, got an empty file`);
  if (first.length > mostColumns) {
    throw new SeriesFormatError(`${name}: expected at most ${mostColumns} columns, got ${first.length}`);
  }
  const header = namesColumns(first);
  const names = first.map((cell, i) => (header ? cell.trim() : `column${i + 1}`));
  const body = header ? sample.slice(1) : sample;
  const numeric = names.filter((_, i) => body.some((row) => number.test((row[i] ?? '').trim())));
  // A first column of years looks like numbers: it is a time when something is left to forecast.
  const columns = numeric.length > 1 && timeName.test(numeric[0]) ? numeric.slice(1) : numeric;
  const read = (chosen: string) =>
    readColumn(text, {
      name,
      delimiter,
      header,
      columns: [chosen],
      missing: flaws === 'refuse' ? 'error' : 'keep',
      flaws,
    });
  // A column may begin with more missing values than the sample has lines.
  if (column !== undefined && names.includes(column)) return { ...read(column), columns };
  if (columns.length === 0) throw new SeriesFormatError(`${name}: expected a column of numbers, got none`);
  if (column !== undefined || flaws !== 'note') {
    return { ...read(chosenColumn(columns, { column, flaws })), columns };
  }
  const passedOver: SeriesFormatError[] = [];
  for (const candidate of columns) {
    try {
      const { series, notes } = read(candidate);
      return {
        series,
        columns,
        notes: [...passedOver.map(({ message }) => `Passed over: ${message}`), ...notes],
      };
    } catch (error) {
      if (!(error instanceof SeriesFormatError)) throw error;
      passedOver.push(error);
    }
  }
  throw passedOver[0];
}

/** @throws ArgumentError where none is named and there are several, or there is none of that name */
export function chosenColumn(columns: readonly string[], { column, flaws }: ColumnChoice): string {
  if (column === undefined && (columns.length === 1 || flaws === 'note')) return columns[0];
  if (column !== undefined && columns.includes(column)) return column;
  const expected =
    column === undefined ? 'the name of a column, as there are several' : 'a column of the series';
  throw new ArgumentError('column', `${expected} (${columns.join(', ')})`, column ?? inWords('none'));
}

function readColumn(
  text: string,
  { flaws, ...options }: CsvSeriesOptions & { readonly flaws: Flaws },
): Pick<CsvColumn, 'series' | 'notes'> {
  try {
    return { series: parseCsvSeries(text, options), notes: [] };
  } catch (error) {
    if (flaws !== 'note' || !(error instanceof SeriesFormatError)) throw error;
    // The fault may be in the times alone. Where it is not, this throws as well.
    const series = parseCsvSeries(text, { ...options, time: false });
    return { series, notes: [`Rows are numbered instead of dated: ${error.message}`] };
  }
}

/** The commonest of the usual separators in the first line. */
function delimiterOf(text: string): string {
  const end = text.search(/[\r\n]/);
  const line = text.slice(0, end < 0 ? text.length : end);
  const count = (separator: string) => line.split(separator).length;
  return [';', '\t'].reduce((best, one) => (count(one) > count(best) ? one : best), ',');
}

function sampleRows(text: string, name: string, delimiter: string): string[][] {
  const options = { bom: true, delimiter, skip_empty_lines: true, to: sampleLines };
  try {
    return parse(text, options) as string[][];
  } catch (error) {
    throw new SeriesFormatError(`${name}: not CSV: ${(error as Error).message}`, { cause: error });
  }
}
