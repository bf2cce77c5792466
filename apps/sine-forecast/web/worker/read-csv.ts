import { type CsvSeriesOptions, parseCsvSeries, type Series, SeriesFormatError } from '@throughtime/datasets';
import { parse } from 'csv-parse/browser/esm/sync';

/** A column of a CSV file, with the names of those that could be chosen instead. */
export interface CsvColumn {
  readonly series: Series;
  readonly columns: readonly string[];
  readonly notes: readonly string[];
}

export interface ReadCsvOptions {
  /** For messages. */
  readonly name: string;
  /** Default: the first that holds numbers. */
  readonly column?: string | undefined;
}

/** More columns than anyone chooses from; checking each for its twin would take for ever. */
const mostColumns = 200;
/** Lines by which a file is judged. */
const sampleLines = 30;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;
const timeName = /^(time|date|datetime|timestamp|year|month|day|hour|week|quarter|period|ds)$/i;

/**
 * Reads one column of a CSV file as people have them: separated by commas, semicolons or tabs, with or without a line of
 * names, text in other columns, values missing. Times that cannot be read give way to row numbers, with a note.
 * @throws SeriesFormatError and the other errors of `parseCsvSeries`
 */
export function readCsv(text: string, { name, column }: ReadCsvOptions): CsvColumn {
  const delimiter = delimiterOf(text);
  const sample = sampleRows(text, name, delimiter);
  const [first] = sample;
  if (first === undefined) throw new SeriesFormatError(`${name}: expected rows of values, got an empty file`);
  if (first.length > mostColumns) {
    throw new SeriesFormatError(`${name}: expected at most ${mostColumns} columns, got ${first.length}`);
  }
  const header = !first.every((cell) => number.test(cell.trim()));
  const names = first.map((cell, i) => (header ? cell.trim() : `column${i + 1}`));
  const body = header ? sample.slice(1) : sample;
  const numeric = names.filter((_, i) => body.some((row) => number.test((row[i] ?? '').trim())));
  // A first column of years looks like numbers: it is a time when something is left to forecast.
  const columns = numeric.length > 1 && timeName.test(numeric[0]) ? numeric.slice(1) : numeric;
  if (columns.length === 0) throw new SeriesFormatError(`${name}: expected a column of numbers, got none`);
  const read = (chosen: string) =>
    readColumn(text, { name, delimiter, header, columns: [chosen], missing: 'keep' });
  if (column !== undefined) return { ...read(column), columns };
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

function readColumn(text: string, options: CsvSeriesOptions): Pick<CsvColumn, 'series' | 'notes'> {
  try {
    return { series: parseCsvSeries(text, options), notes: [] };
  } catch (error) {
    if (!(error instanceof SeriesFormatError)) throw error;
    // What is wrong may be the times alone. Where it is not, this throws as well.
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
