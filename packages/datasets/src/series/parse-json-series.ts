import { checkOptions, messageOf, showValue } from '@throughtime/errors';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { seriesFromTable, type Table, type TableOptions, tableChecks } from './table.js';

/**
 * Reads a series from JSON: a list of numbers (one column, `value`), a list of records
 * (`[{ "date": "1949-01", "passengers": 112 }, ...]`) or a record of lists (`{ "date": [...], "passengers": [...] }`).
 * `null`, and a field that a record lacks, are missing values.
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 */
export function parseJsonSeries(text: string, options: TableOptions = {}): Series {
  checkOptions<TableOptions>(options, tableChecks);
  const { name = 'series' } = options;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SeriesFormatError(`${name}: not JSON: ${messageOf(error)}`, { cause: error });
  }
  return seriesFromTable(tableOf(content, name), options);
}

function tableOf(content: unknown, name: string): Table {
  if (Array.isArray(content) && content.every(isRecord)) return fromRecords(content, name);
  if (Array.isArray(content)) {
    return {
      columns: ['value'],
      rows: content.map((item) => [cell(item, name)]),
      where: (row) => `[${row}]`,
    };
  }
  if (isRecord(content) && Object.values(content).every(Array.isArray)) {
    return fromLists(content as Record<string, unknown[]>, name);
  }
  throw new SeriesFormatError(`${name}: expected a list of numbers, a list of records or a record of lists`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fromRecords(records: readonly Record<string, unknown>[], name: string): Table {
  const columns = [...new Set(records.flatMap(Object.keys))];
  const rows = records.map((record) =>
    columns.map((column) => cell(Object.hasOwn(record, column) ? record[column] : null, name)),
  );
  return { columns, rows, where: (row) => `[${row}]` };
}

function fromLists(lists: Readonly<Record<string, readonly unknown[]>>, name: string): Table {
  const columns = Object.keys(lists);
  const length = lists[columns[0]]?.length ?? 0;
  for (const column of columns) {
    if (lists[column].length !== length) {
      throw new SeriesFormatError(
        `${name}: '${column}' has ${lists[column].length} values, '${columns[0]}' has ${length}`,
      );
    }
  }
  const rows = Array.from({ length }, (_, row) => columns.map((column) => cell(lists[column][row], name)));
  return { columns, rows, where: (row) => `[${row}]` };
}

/** A value as the text that CSV would have. */
function cell(value: unknown, name: string): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'string') return String(value);
  throw new SeriesFormatError(`${name}: expected numbers, strings and null, got ${showValue(value)}`);
}
