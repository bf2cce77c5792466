import { messageOf, showValue } from '@throughtime/errors';
import { SeriesFormatError } from '../series/series-errors.js';
import { isMissing, isNumber, isPlainNumber } from './numbers.js';
import { type CsvRecord, csvRecords, QuoteError } from './records.js';
import { isDate, isTimeNumber } from './times.js';

/** Rows of cells, as text. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Where a row stands in its file, for messages: `line 12`. */
  readonly where: (row: number) => string;
  /** Whether the columns' names are the file's own. */
  readonly named: boolean;
  /** The mark between cells; undefined where there is none. */
  readonly delimiter?: string | undefined;
  /** Whether its numbers are written as programs write them, with a decimal point. */
  readonly plainNumbers: boolean;
  /** What was done, in a few words each. */
  readonly notes: readonly string[];
}

export interface TableOptions {
  readonly format?: 'csv' | 'json' | undefined;
  readonly delimiter?: string | undefined;
  readonly header?: boolean | undefined;
  readonly missingMarkers?: readonly string[] | undefined;
  readonly mostColumns?: number | undefined;
}

/** @throws SeriesFormatError for what is no table, and for one of more columns than allowed */
export function readTable(text: string, name: string, options: TableOptions): Table {
  const { format = /^\s*[[{]/.test(text) ? 'json' : 'csv' } = options;
  return format === 'json' ? jsonTable(text, name, options) : csvTable(text, name, options);
}

/** Lines by which a file's delimiter is judged, and the characters that they may have. */
const sampleLines = 50;
const sampleLength = 65_536;

const delimiterNames: Readonly<Record<string, string>> = {
  ';': 'semicolons',
  '\t': 'tabs',
  '|': 'bars',
  ' ': 'spaces',
};

function csvTable(file: string, name: string, options: TableOptions): Table {
  // Excel's own way to name the delimiter.
  const said = /^\uFEFF?sep=(.)\r?\n/i.exec(file);
  const text = said ? file.slice(said[0].length) : file.replace(/^\uFEFF/, '');
  const delimiter = options.delimiter ?? said?.[1] ?? delimiterOf(text);
  const skipped = said ? 1 : 0;
  const all = parsed(text, delimiter, name);
  // The first row may be a title.
  requireWidth(
    all.reduce((most, { record }) => Math.max(most, record.length), 0),
    name,
    options,
  );
  const rows = all.filter(({ record }) => !record.every((cell) => cell.trim() === ''));
  if (rows.length === 0) throw new SeriesFormatError(`${name}: expected rows of values, got an empty file`);
  const preamble = preambleOf(rows);
  const body = rows.slice(preamble);
  const header = options.header ?? namesColumns(body, options.missingMarkers);
  const line = (row: CsvRecord) => `line ${row.line + skipped}`;
  const columns = header
    ? distinct(columnNames(body.shift()!.record, body))
    : body[0].record.map((_, i) => `column${i + 1}`);
  const footer = footerOf(body, columns.length);
  const kept = footer === 0 ? body : body.slice(0, -footer);
  for (const row of kept) {
    const { record } = row;
    while (record.length > columns.length && record[record.length - 1].trim() === '') record.pop();
    if (record.length !== columns.length) {
      throw new SeriesFormatError(
        `${name}: not CSV: expected ${columns.length} cells in every row, got ${record.length} at ${line(row)}`,
      );
    }
  }
  return {
    columns,
    rows: kept.map(({ record }) => record),
    where: (row) => line(kept[row]),
    named: header,
    delimiter: columns.length > 1 ? delimiter : undefined,
    plainNumbers: false,
    notes: [
      ...(columns.length > 1 && delimiterNames[delimiter] ? [`between ${delimiterNames[delimiter]}`] : []),
      ...(header ? [] : ['no line of names']),
      ...(preamble > 0 ? [`without the first ${lines(preamble)}`] : []),
      ...(footer > 0 ? [`without the last ${lines(footer)}`] : []),
    ],
  };
}

/** More than any table of series has. Each column is looked at in several ways, for tens of microseconds and a kilobyte. */
const defaultMostColumns = 50_000;

function requireWidth(
  columns: number,
  name: string,
  { mostColumns = defaultMostColumns }: TableOptions,
): void {
  if (columns > mostColumns) {
    throw new SeriesFormatError(`${name}: expected at most ${mostColumns} columns, got ${columns}`);
  }
}

function lines(count: number): string {
  return count === 1 ? 'line' : `${count} lines`;
}

/** The first rows of a text, all by default. @throws SeriesFormatError for quotes that RFC 4180 does not have */
function parsed(text: string, delimiter: string, name: string, most = Number.POSITIVE_INFINITY): CsvRecord[] {
  const records: CsvRecord[] = [];
  try {
    for (const record of csvRecords(text, delimiter)) {
      records.push(record);
      if (records.length >= most) break;
    }
  } catch (error) {
    if (!(error instanceof QuoteError)) throw error;
    throw new SeriesFormatError(`${name}: not CSV: ${error.message}`, { cause: error });
  }
  return records;
}

/**
 * The mark that cuts the most lines of the sample into equally many cells. Of several marks it is the one whose cells are numbers and dates most often,
 * then the one with the most cells: decimal commas cut lines alike, too.
 */
function delimiterOf(text: string): string {
  const end = text.length > sampleLength ? text.lastIndexOf('\n', sampleLength) : text.length;
  const sample = text.slice(0, end < 0 ? sampleLength : end);
  let best = { delimiter: ',', agreeing: 0, values: 0, cells: 1 };
  for (const delimiter of [',', ';', '\t', '|']) {
    let records: string[][];
    try {
      records = parsed(sample, delimiter, '', sampleLines).map(({ record }) => record);
    } catch {
      continue;
    }
    const counts = records.map((record) => record.length);
    const cells = commonest(counts);
    const agreeing = counts.filter((count) => count === cells).length / counts.length;
    if (cells < 2 || agreeing < best.agreeing) continue;
    const values = shareOfValues(records.slice(1));
    const order = agreeing - best.agreeing || values - best.values || cells - best.cells;
    if (order > 0) best = { delimiter, agreeing, values, cells };
  }
  // Commas in a file of one column are decimal ones, where the line of names has none.
  const firstLine = /^[^\r\n]*/.exec(text)![0];
  const alone = best.delimiter === ',' && best.cells === 2 && !firstLine.includes(',') && best.agreeing < 1;
  return alone && namesAlone(firstLine) ? '\n' : best.delimiter;
}

function shareOfValues(records: readonly (readonly string[])[]): number {
  const cells = records.slice(0, 10).flatMap((record) => record.slice(0, 20));
  return cells.length === 0 ? 0 : cells.filter(isValue).length / cells.length;
}

/** Whether a line is one name, and not a line before the table. */
function namesAlone(line: string): boolean {
  return line.trim() !== '' && !line.trim().includes(' ') && !line.startsWith('#');
}

function commonest(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].sort(([a, m], [b, n]) => n - m || b - a)[0]?.[0] ?? 0;
}

/** Rows before the table: comments, and titles with fewer cells than the table has. */
function preambleOf(rows: readonly CsvRecord[]): number {
  let comments = 0;
  while (comments < rows.length - 1 && rows[comments].record[0].startsWith('#')) comments++;
  const cells = commonest(rows.slice(comments, comments + sampleLines).map(({ record }) => record.length));
  const start = rows.findIndex(({ record }, row) => row >= comments && record.length >= cells);
  if (start < 0 || start >= sampleLines) return comments;
  // A line one cell short, over values, has the names of all columns but that of row numbers, as R writes it.
  const short = start === comments + 1 && rows[comments].record.length === cells - 1;
  return short && rows[start].record.some(isValue) ? comments : start;
}

/** Rows after the table, with nothing in their cells but in the first: sources and remarks. */
function footerOf(rows: readonly CsvRecord[], columns: number): number {
  let footer = 0;
  while (columns > 1 && footer < rows.length - 1) {
    const { record } = rows[rows.length - 1 - footer];
    const [first, ...others] = record;
    const remark = others.every((cell) => cell.trim() === '') && !isValue(first) && /\p{L}{2}/u.test(first);
    if (!remark) break;
    footer++;
  }
  return footer;
}

function columnNames(record: readonly string[], body: readonly CsvRecord[]): string[] {
  const names = record.map((cell) => cell.trim());
  while (
    names.length > 1 &&
    names[names.length - 1] === '' &&
    body.every(({ record }) => (record[names.length - 1] ?? '').trim() === '')
  ) {
    names.pop();
  }
  const cells = commonest(body.slice(0, sampleLines).map(({ record }) => record.length));
  const last = body.every(
    ({ record }) => record.length <= names.length || record[names.length].trim() === '',
  );
  return cells === names.length + 1 && !last ? ['', ...names] : names;
}

/** Names, each once: pandas, too, calls a second x x.1. */
function distinct(names: readonly string[]): string[] {
  const seen = new Set<string>();
  // The next copy of each name, so that thousands of one name are not counted from the start each time.
  const copies = new Map<string, number>();
  return names.map((name) => {
    let own = name;
    let copy = copies.get(name) ?? 1;
    while (seen.has(own)) own = `${name}.${copy++}`;
    copies.set(name, copy);
    seen.add(own);
    return own;
  });
}

function isValue(cell: string): boolean {
  return isNumber(cell) || isDate(cell) || isTimeNumber(cell);
}

/**
 * Whether the first row names the columns: where a cell is no value over a column of values, or none of its cells is one. A row of
 * numbers, dates and missing values holds values. There are two exceptions: years in a row beside words, and the numbers 0, 1, 2, ...
 * beside an unnamed first column, which is how pandas writes a table without names.
 */
function namesColumns(rows: readonly CsvRecord[], missingMarkers: readonly string[] | undefined): boolean {
  const [{ record: first }, ...sample] = rows.slice(0, sampleLines);
  const cells = first.map((cell) => cell.trim());
  if (cells.length > 1 && cells.every((cell, i) => cell === (i === 0 ? '' : String(i - 1)))) return true;
  if (yearsBesideWords(cells)) return true;
  if (cells.every((cell) => isPlainNumber(cell) || isDate(cell) || isMissing(cell, missingMarkers))) {
    return !cells.some(isPlainNumber) && !cells.some((cell) => isDate(cell));
  }
  const overValues = cells.some(
    (cell, i) =>
      !isValue(cell) &&
      !isMissing(cell, missingMarkers) &&
      sample.some(({ record }) => isValue(record[i] ?? '')) &&
      sample.every(({ record }) => isValue(record[i] ?? '') || isMissing(record[i] ?? '', missingMarkers)),
  );
  return overValues || !cells.some(isValue);
}

/** Whether cells are words and years that follow one another: `Country,1960,1961,1962`. */
function yearsBesideWords(cells: readonly string[]): boolean {
  const words = cells.filter((cell) => !isValue(cell) && !isMissing(cell));
  const years = cells.filter((cell) => /^(?:1[5-9]|20|21)\d\d$/.test(cell)).map(Number);
  const others = cells.length - words.length - years.length;
  return (
    words.length > 0 &&
    years.length > 1 &&
    others === 0 &&
    years.every((year, i) => i === 0 || year === years[i - 1] + 1)
  );
}

function jsonTable(text: string, name: string, options: TableOptions): Table {
  let content: unknown;
  try {
    content = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    content = jsonLines(text);
    if (content === undefined) {
      throw new SeriesFormatError(`${name}: not JSON: ${messageOf(error)}`, { cause: error });
    }
  }
  const { columns, rows } = tableOf(content, name);
  requireWidth(columns.length, name, options);
  return {
    columns: distinct(columns),
    rows: rows.map((row) => row.map((value) => cellOf(value))),
    where: (row) => `[${row}]`,
    // Rows without names have those that we gave them.
    named: columns[0] !== 'column1',
    plainNumbers: rows.some((row) => row.some((value) => typeof value === 'number')),
    notes: [],
  };
}

/** Records of one line each; undefined where a line is none. */
function jsonLines(text: string): unknown[] | undefined {
  const records: unknown[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '') continue;
    try {
      records.push(JSON.parse(line));
    } catch {
      return undefined;
    }
  }
  return records;
}

type JsonRecord = Readonly<Record<string, unknown>>;

interface JsonTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/**
 * The forms that pandas writes (`records`, `split`, `index`, `columns`, `values`, `table`, a `Series`), lists of numbers and records of
 * lists.
 */
function tableOf(content: unknown, name: string): JsonTable {
  if (Array.isArray(content)) return ofList(content, name);
  if (isRecord(content)) {
    const { columns, index, data } = content;
    if (Array.isArray(columns) && Array.isArray(data) && data.every(Array.isArray)) {
      const rows = data as unknown[][];
      const named = columns.map(String);
      return Array.isArray(index)
        ? { columns: ['', ...named], rows: rows.map((row, i) => [index[i], ...row]) }
        : { columns: named, rows };
    }
    const fields = Object.values(content);
    const tables = fields.filter(
      (field) => Array.isArray(field) && field.length > 0 && field.every(isRecord),
    );
    // A service's answer, with one table in it, or pandas' `table` beside its schema.
    if (tables.length === 1) return ofList(tables[0] as unknown[], name);
    if (fields.length > 0 && fields.every(isScalar) && Object.keys(content).every(isValue)) {
      return { columns: ['', 'value'], rows: Object.entries(content) };
    }
    if (fields.every(Array.isArray)) return ofLists(content as Record<string, unknown[]>, name);
    if (fields.length > 0 && fields.every(isRecord))
      return ofRecords(content as Record<string, JsonRecord>, name);
  }
  throw new SeriesFormatError(`${name}: expected a list of numbers, a list of records or a record of lists`);
}

/** What a cell may hold. */
function isScalar(value: unknown): boolean {
  return value === null || typeof value === 'number' || typeof value === 'string';
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ofList(list: readonly unknown[], name: string): JsonTable {
  if (list.every(isRecord)) {
    const columns = fieldsOf(list, name);
    return {
      columns,
      rows: list.map((record) =>
        columns.map((column) => (Object.hasOwn(record, column) ? record[column] : null)),
      ),
    };
  }
  if (list.every(Array.isArray) && list.length > 0) {
    const rows = list as unknown[][];
    const width = rows[0].length;
    if (rows.every((row) => row.length === width)) {
      return { columns: rows[0].map((_, i) => `column${i + 1}`), rows };
    }
  }
  for (const value of list) {
    if (!isScalar(value)) {
      throw new SeriesFormatError(`${name}: expected numbers, strings and null, got ${showValue(value)}`);
    }
  }
  return { columns: ['value'], rows: list.map((value) => [value]) };
}

function ofLists(lists: Readonly<Record<string, readonly unknown[]>>, name: string): JsonTable {
  const columns = Object.keys(lists);
  const length = lists[columns[0]]?.length ?? 0;
  for (const column of columns) {
    if (lists[column].length !== length) {
      throw new SeriesFormatError(
        `${name}: '${column}' has ${lists[column].length} values, '${columns[0]}' has ${length}`,
      );
    }
  }
  return { columns, rows: Array.from({ length }, (_, row) => columns.map((column) => lists[column][row])) };
}

/** How many times as many cells as values a table of records may have: records with other fields each would fill the memory. */
const mostFilled = 20;

/** The names of all fields of records. @throws SeriesFormatError where nearly all of them are absent from nearly all records */
function fieldsOf(records: readonly JsonRecord[], name: string): string[] {
  const fields = new Set<string>();
  let values = 0;
  for (const record of records) {
    for (const field of Object.keys(record)) {
      fields.add(field);
      values++;
    }
  }
  if (fields.size * records.length > mostFilled * values + 100_000) {
    throw new SeriesFormatError(
      `${name}: expected records with the same fields, got ${fields.size} fields in ${records.length} records`,
    );
  }
  return [...fields];
}

/** A record for each column with a value for each row, or the other way round: rows are numbers or times. */
function ofRecords(records: Readonly<Record<string, JsonRecord>>, name: string): JsonTable {
  const outer = Object.keys(records);
  const inner = fieldsOf(Object.values(records), name);
  const byRow = outer.every(isValue) && !inner.every(isValue);
  const value = (column: string, row: string) =>
    (byRow ? records[row][column] : records[column][row]) ?? null;
  const [columns, rows] = byRow ? [inner, outer] : [outer, inner];
  return {
    columns: ['', ...columns],
    rows: rows.map((row) => [row, ...columns.map((column) => value(column, row))]),
  };
}

/** A value as the text that CSV would have. */
function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
