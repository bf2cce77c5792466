import {
  ArgumentError,
  boolean,
  check,
  checkOptions,
  grouped,
  list,
  nonEmptyText,
  type OptionChecks,
  oneOf,
  showValue,
  text,
} from '@throughtime/errors';
import type { Series } from '../series/series.js';
import { type DecidingOption, SeriesFormatError, UndecidedFormatError } from '../series/series-errors.js';
import { type SettleOptions, settleChecks, settleSeries } from '../series/settle-series.js';
import { formatTimestamp } from '../series/timestamps.js';
import { counterOf, isIndex, numericColumns, timeCells, timeColumns } from './column-roles.js';
import { decodeText } from './decode-text.js';
import { type DecimalMark, isMissing, type NumberColumn, readNumbers } from './numbers.js';
import { choiceOf, rowsById, waysToChoose, withoutTotals, withoutUnits } from './rows.js';
import { readTable } from './table.js';
import { TableColumns } from './table-columns.js';
import { inOrder, type OrderedRows } from './time-order.js';
import { readTimes } from './times.js';

/** How to read a table as a series. An option that is left out is found in the table. A table that leaves two ways open is refused. */
export interface ReadSeriesOptions extends Omit<SettleOptions, 'sort'> {
  /** The series' name, also in messages. Default 'series'. */
  readonly name?: string | undefined;
  /** Default: JSON where the text begins with a bracket or a brace, otherwise CSV. */
  readonly format?: 'csv' | 'json' | undefined;
  /** The mark between cells. Default: the one of comma, semicolon, tab and bar that cuts all lines alike. */
  readonly delimiter?: string | undefined;
  /** Whether the first line names the columns. Default: unless it holds values; columns are then column1, column2, ... */
  readonly header?: boolean | undefined;
  /**
   * The column of time stamps; several, such as year and month, are read together; false for none. Default: the first that is called
   * date, time, year, ... and holds times, or the first of dates.
   */
  readonly time?: string | readonly string[] | false | undefined;
  /**
   * How times are written: 'dmy', 'mdy', 'ymd' (the order of day, month and year), 's', 'ms', 'us', 'ns' (since 1970), 'excel', or
   * strptime's directives, '%d.%m.%Y %H:%M'. Default: the one way in which all of them can be read.
   */
  readonly timeFormat?: string | undefined;
  /** The decimal mark. Default: the one that all numbers allow. */
  readonly decimal?: DecimalMark | undefined;
  /** The columns to read, or a choice among those of numbers. Default: all columns of numbers. */
  readonly columns?: readonly string[] | ((available: readonly string[]) => readonly string[]) | undefined;
  /** Of a table that has several series one below the other: the rows of which, `'store=A'` or `'store=A,item=3'`. Default: all rows. */
  readonly id?: string | undefined;
  /** Cells that stand for a missing value, besides the usual ones. A number stands for itself in any spelling: '-999' for -999.0. */
  readonly missingMarkers?: readonly string[] | undefined;
  /** Whether to sort rows by time. Default: rows from the newest to the oldest are reversed, others out of order are an error. */
  readonly sort?: boolean | undefined;
  /** More columns are an error. Default: 50,000, since each takes memory and time of its own. */
  readonly mostColumns?: number | undefined;
}

export const readSeriesChecks: OptionChecks<ReadSeriesOptions> = {
  ...settleChecks,
  name: text,
  format: oneOf(['csv', 'json']),
  delimiter: nonEmptyText,
  header: boolean,
  time: check(
    'the name of a column, a list of names, or false',
    (value) =>
      value === false ||
      typeof value === 'string' ||
      (Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string')),
  ),
  timeFormat: nonEmptyText,
  decimal: oneOf(['.', ',']),
  columns: check(
    'a list of names, or a function that chooses among them',
    (value) =>
      typeof value === 'function' ||
      (Array.isArray(value) && value.every((name) => typeof name === 'string')),
  ),
  id: check(
    "a column and a value, such as 'store=A'",
    (value) => typeof value === 'string' && value.includes('='),
  ),
  missingMarkers: list(text),
  mostColumns: check('a number', (value) => typeof value === 'number'),
};

/** The options that a file's name promises. */
export function formatOfFile(fileName: string): Pick<ReadSeriesOptions, 'format' | 'delimiter'> {
  if (/\.(json|ndjson|jsonl)$/i.test(fileName)) return { format: 'json' };
  return /\.(tsv|tab)$/i.test(fileName) ? { format: 'csv', delimiter: '\t' } : {};
}

/** A series, and what was found in the table that it is from. */
export interface ReadSeries {
  /** The observations with their times, in order of time. */
  readonly series: Series;
  /** All columns of numbers, which could have been chosen. */
  readonly available: readonly string[];
  /** What was read and what was done for it, in one line: `read 3,120 rows, newest first: reversed; decimal comma`. */
  readonly summary: string;
  /** What was done, in a few words each; empty for a plain table. */
  readonly notes: readonly string[];
}

/** Several series of one table, and what was found in it. */
export interface ReadPanel extends Omit<ReadSeries, 'series'> {
  /** In the order of the file. The name of each is what chooses it: `store=A`. */
  readonly series: readonly Series[];
}

/** How a file with several series is read. */
export interface ReadPanelOptions extends ReadSeriesOptions {
  /**
   * The columns that tell the series of the table apart: `'store'`, or `'store,item'`; or one of the series, `'store=A'`. Default: none,
   * the table is one series.
   */
  readonly id?: string | undefined;
}

export const readPanelChecks: OptionChecks<ReadPanelOptions> = { ...readSeriesChecks, id: nonEmptyText };

/**
 * Reads a series from CSV or JSON as pandas, Excel, statistical offices and banks write it.
 * @param source the text of a file, or its bytes
 * @throws UndecidedFormatError for a table that can be read in two ways; it names the options that decide
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 *
 * @example
 * ```ts
 * import { readSeries } from '@throughtime/datasets/csv';
 * const { series, notes } = readSeries('date;units\n31.01.2024;1,5\n29.02.2024;2,5\n31.03.2024;2,0');
 * series.length; // 3
 * for (const note of notes) console.log(note); // what was found out, such as the decimal mark
 * ```
 */
export function readSeries(source: string | Uint8Array, options: ReadSeriesOptions = {}): ReadSeries {
  checkOptions<ReadSeriesOptions>(options, readSeriesChecks);
  const { series, ...read } = readAll(source, { ...options, panel: false });
  return { series: series[0], ...read };
}

/**
 * Reads all series of a table that stand one below the other, told apart by `id`. Each has the times of its own rows.
 * @throws as {@link readSeries}
 */
export function readPanel(source: string | Uint8Array, options: ReadPanelOptions = {}): ReadPanel {
  checkOptions<ReadPanelOptions>(options, readPanelChecks);
  return readAll(source, { ...options, panel: true });
}

function readAll(
  source: string | Uint8Array,
  { panel, ...options }: ReadPanelOptions & { readonly panel: boolean },
): ReadPanel {
  const { name = 'series', id } = options;
  const decoded = typeof source === 'string' ? { text: source, encoding: 'UTF-8' } : decodeText(source, name);
  const read = readTable(decoded.text, name, options);
  const notes = [...(decoded.encoding === 'UTF-8' ? [] : [decoded.encoding]), ...read.notes];
  if (read.rows.length === 0 && read.columns.length > 0) {
    throw new SeriesFormatError(`${name}: expected observations, got none`);
  }
  const body = withoutUnits(read, notes);
  const choice = id === undefined ? { columns: [], table: body } : choiceOf(body, id);
  // A name may have an equals sign, and then says no value.
  if (choice.table === undefined && !panel) throw new ArgumentError('id', readSeriesChecks.id!.expected, id);
  const table = withoutTotals(choice.table ?? body, options, notes);
  const columns = new TableColumns(table, options.missingMarkers);
  const time = timeColumns(columns, options, notes);
  const taken = [...time, ...choice.columns];
  const counter = time.length === 0 && options.time === undefined ? counterOf(columns) : undefined;
  const available = numericColumns(columns, counter === undefined ? taken : [...taken, counter]);
  if (counter !== undefined && !isIndex(columns, counter)) notes.push(`'${counter}' numbers the rows`);
  const groups =
    choice.table === undefined
      ? rowsById(columns, choice.columns)
      : new Map([[name, Array.from(table.rows.keys())]]);
  const ordered = [
    ...ofGroups(groups, { columns, time, ids: choice.columns, available, panel, options, notes }),
  ];
  const chosen =
    typeof options.columns === 'function' ? options.columns(available) : (options.columns ?? available);
  for (const column of chosen) columns.require('columns', column);
  if (chosen.length === 0) throw noValues(columns, name, options);
  const values = chosen.map((column) => {
    const { values, notes: done } = numbersOf(columns, column, { ...options, time });
    notes.push(...done);
    return [column, values] as const;
  });
  const series = ordered.map(([group, { rows, times, zone }]) => {
    const { missing, frequency, period } = options;
    const draft = {
      ...{ length: rows.length, times, columns: [...chosen] },
      values: Object.fromEntries(
        values.map(([column, all]) => [column, Float64Array.from(rows, (row) => all[row])]),
      ),
      where: (place: number) =>
        times
          ? `${table.where(rows[place])} (${formatTimestamp(times[place], undefined, zone)})`
          : table.where(rows[place]),
    };
    return settleSeries(group, draft, { missing, frequency, period, zone });
  });
  const said = [...new Set(notes)];
  const rows = `${grouped(table.rows.length)} ${table.rows.length === 1 ? 'row' : 'rows'}`;
  const of = series.length === 1 ? '' : ` of ${grouped(series.length)} series`;
  return {
    series,
    available,
    notes: said,
    summary: `read ${[rows + of, ...(said.length > 0 ? [said.join('; ')] : [])].join(', ')}`,
  };
}

interface Groups {
  readonly columns: TableColumns;
  readonly time: readonly string[];
  readonly ids: readonly string[];
  readonly available: readonly string[];
  readonly panel: boolean;
  readonly options: ReadPanelOptions;
  readonly notes: string[];
}

/** The rows of each series, in order, with their times. */
function* ofGroups(
  groups: ReadonlyMap<string, readonly number[]>,
  { columns, time, ids, available, panel, options, notes }: Groups,
): Iterable<readonly [string, OrderedRows]> {
  if (time.length === 0) {
    for (const [name, rows] of groups) yield [name, { rows }];
    return;
  }
  const label = time.join(' and ');
  const { where } = columns.table;
  const { written, notes: done } = readTimes(label, timeCells(columns, time), where, options.timeFormat);
  notes.push(...done);
  const { sort, zone } = options;
  const ways = (rows: readonly number[], times: Float64Array) => {
    const taken = [...time, ...ids];
    const [all, ...some] = waysToChoose(columns, rows, { times, taken, values: available });
    if (all === undefined) return [];
    const before = ids.length === 0 ? '' : `${ids.join(',')},`;
    // One of several is for who reads one series; within one of them the others are not told apart.
    const offered = [...(panel ? [before + all] : []), ...(ids.length === 0 ? some : [])];
    return offered.map((way): DecidingOption => ['id', way]);
  };
  for (const [name, rows] of groups) {
    yield [name, inOrder(rows, written, { label, where, sort, zone, waysToChoose: ways }, notes)];
  }
}

function noValues(
  { table }: TableColumns,
  name: string,
  { missingMarkers }: ReadPanelOptions,
): SeriesFormatError {
  const example = table.rows[0]?.find((cell) => !isMissing(cell, missingMarkers));
  const got = example === undefined ? 'none' : `none (the first row begins with ${showValue(example)})`;
  const problem = `${name}: expected a column of values, got ${got}`;
  const spaced = table.columns.length === 1 && example !== undefined && /\S\s+\S/.test(example);
  return spaced ? new UndecidedFormatError(problem, [['delimiter', ' ']]) : new SeriesFormatError(problem);
}

function numbersOf(
  columns: TableColumns,
  column: string,
  { time, decimal: asked }: Pick<ReadPanelOptions, 'decimal'> & { readonly time: readonly string[] },
): NumberColumn {
  const { delimiter, plainNumbers, where } = columns.table;
  return readNumbers(column, columns.numbers(column), where, {
    decimal: asked ?? (plainNumbers ? '.' : undefined),
    delimiter,
    firstTime: time.length === 0 ? undefined : columns.cells(time[0])[0]?.trim(),
    elsewhere: () => columns.certainDecimal,
  });
}
