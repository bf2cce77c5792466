import { ArgumentError, callback, check, list, type OptionChecks, text } from '@throughtime/errors';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { type SeriesDraft, type SettleOptions, settleChecks, settleSeries } from './settle-series.js';
import { formatTimestamp, parseTimestamp } from './timestamps.js';

/** How to read a table as a series. */
export interface TableOptions extends SettleOptions {
  /** The series' name, also in messages. Default 'series'. */
  readonly name?: string;
  /**
   * The column of time stamps; false for none. Default: the first column, if it is called time, date, datetime, timestamp,
   * year, month, day, hour, week, quarter, period or ds, or holds nothing but dates such as 1949-01-31.
   */
  readonly time?: string | false;
  /** Reads a time stamp, as milliseconds since 1970-01-01 UTC. Default: ISO dates and times, taken as UTC without a zone. */
  readonly parseTime?: (text: string) => number | undefined;
  /** The columns to read. Default: all but the time's. */
  readonly columns?: readonly string[];
  /** Cells that stand for a missing value. Default: the empty cell, NA, N/A, NaN, nan, null, NULL. */
  readonly missingMarkers?: readonly string[];
}

export const tableChecks: OptionChecks<TableOptions> = {
  ...settleChecks,
  name: text,
  time: check('the name of a column, or false', (value) => value === false || typeof value === 'string'),
  parseTime: callback,
  columns: list(text),
  missingMarkers: list(text),
};

/** Rows of cells, as text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where a row stands in its file, for messages: `line 12`. */
  readonly where: (row: number) => string;
}

const timeNames = /^(time|date|datetime|timestamp|year|month|day|hour|week|quarter|period|ds)$/i;
const plainNumber = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const usualMarkers = ['', 'NA', 'N/A', 'NaN', 'nan', 'null', 'NULL'];

/**
 * Whether the first line of a table is taken for the names of its columns rather than for values. A line of numbers, dates and
 * missing values holds values: no such line names columns, except the numbers 0, 1, 2, ... beside an unnamed first column, which
 * is how pandas writes a table without names.
 */
export function namesColumns(
  firstLine: readonly string[],
  missingMarkers: readonly string[] = usualMarkers,
): boolean {
  const cells = firstLine.map((cell) => cell.trim());
  const isDate = (cell: string) => /\d[-/]\d/.test(cell) && parseTimestamp(cell) !== undefined;
  const isValue = (cell: string) => plainNumber.test(cell) || isDate(cell) || missingMarkers.includes(cell);
  const counted = cells.length > 1 && cells.every((cell, i) => cell === (i === 0 ? '' : String(i - 1)));
  return counted || !cells.every(isValue) || !cells.some((cell) => plainNumber.test(cell));
}

/**
 * @param options checked against {@link tableChecks}
 * @throws SeriesFormatError, MissingValueError; ArgumentError for a column that the table lacks
 */
export function seriesFromTable(table: Table, options: TableOptions): Series {
  const { name = 'series' } = options;
  const twice = table.columns.find((column, i) => table.columns.indexOf(column) < i);
  if (twice !== undefined) throw new SeriesFormatError(`${name}: two columns are called '${twice}'`);
  const time = timeColumn(table, options.time);
  const times = time === undefined ? undefined : readTimes(table, time, options.parseTime ?? parseTimestamp);
  const columns = options.columns ?? table.columns.filter((column) => column !== time);
  if (columns.length === 0) throw new SeriesFormatError(`${name}: expected a column of values, got none`);
  const markers = new Set(options.missingMarkers ?? usualMarkers);
  const draft: SeriesDraft = {
    length: table.rows.length,
    times,
    columns: [...columns],
    values: Object.fromEntries(columns.map((column) => [column, readNumbers(table, column, markers)])),
    where: (row) => (times ? `${table.where(row)} (${formatTimestamp(times[row])})` : table.where(row)),
  };
  return settleSeries(name, draft, options);
}

function timeColumn(table: Table, wanted: string | false | undefined): string | undefined {
  if (wanted === false) return undefined;
  if (wanted !== undefined) {
    requireColumn(table, 'time', wanted);
    return wanted;
  }
  const [first] = table.columns;
  if (table.columns.length < 2 || table.rows.length === 0) return undefined;
  if (timeNames.test(first.trim())) return first;
  // A bare number may be a year or a value, so only dates with a separator count as times.
  const dates = table.rows.every(([cell]) => /\d[-/]\d/.test(cell) && parseTimestamp(cell) !== undefined);
  return dates ? first : undefined;
}

function requireColumn(table: Table, argument: string, column: string): number {
  const index = table.columns.indexOf(column);
  if (index < 0) {
    throw new ArgumentError(argument, `a column of the table (${table.columns.join(', ')})`, column);
  }
  return index;
}

function readTimes(table: Table, column: string, parse: (text: string) => number | undefined): Float64Array {
  const index = table.columns.indexOf(column);
  return Float64Array.from(table.rows, (cells, row) => {
    const time = parse(cells[index]);
    if (time === undefined || Number.isNaN(time)) {
      throw new SeriesFormatError(
        `${column}: expected a time such as 1949-01-31, got '${cells[index]}' at ${table.where(row)}`,
      );
    }
    return time;
  });
}

function readNumbers(table: Table, column: string, markers: ReadonlySet<string>): Float64Array {
  const index = requireColumn(table, 'columns', column);
  return Float64Array.from(table.rows, (cells, row) => {
    const cell = cells[index].trim();
    if (markers.has(cell)) return Number.NaN;
    const value = plainNumber.test(cell) ? Number(cell) : Number.NaN;
    if (!Number.isFinite(value)) {
      throw new SeriesFormatError(
        `${column}: expected a finite number, got '${cells[index]}' at ${table.where(row)}`,
      );
    }
    return value;
  });
}
