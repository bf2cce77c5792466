import { ArgumentError, showValue } from '@throughtime/errors';
import { isMissing, isNumber } from './numbers.js';
import type { Table } from './table.js';
import { TableColumns } from './table-columns.js';
import { isDate, isTimeNumber } from './times.js';

// Which rows of a table are a series.

function pickRows(table: Table, rows: readonly number[]): Table {
  return { ...table, rows: rows.map((row) => table.rows[row]), where: (row) => table.where(rows[row]) };
}

const totals =
  /^(grand )?(total|totals|sum|average|avg|mean|summe|gesamt|insgesamt|mittelwert|totaal|totale|suma|somme|moyenne)\b/i;

/** Without rows at the end that add up the others. */
export function withoutTotals(
  table: Table,
  { time }: { readonly time?: string | readonly string[] | false | undefined },
  notes: string[],
): Table {
  let kept = table.rows.length;
  while (
    time !== false &&
    kept > 1 &&
    table.columns.length > 1 &&
    table.rows[kept - 1].some((cell) => totals.test(cell.trim()))
  ) {
    // A column of words may have this one in every row.
    const place = table.rows[kept - 1].findIndex((cell) => totals.test(cell.trim()));
    if (table.rows[0][place] !== '' && !isDate(table.rows[0][place]) && !isTimeNumber(table.rows[0][place]))
      break;
    kept--;
  }
  if (kept === table.rows.length) return table;
  notes.push(`without the last row, '${table.rows[kept].find((cell) => totals.test(cell.trim()))?.trim()}'`);
  return pickRows(
    table,
    Array.from({ length: kept }, (_, row) => row),
  );
}

/** Without a row of units below the names: one that holds no value, with words over numbers. */
export function withoutUnits(table: Table, notes: string[]): Table {
  const [units, first, second] = table.rows;
  if (!table.named || second === undefined || table.columns.length < 2) return table;
  const isValue = (cell: string) => isNumber(cell) || isDate(cell) || isTimeNumber(cell);
  if (units.some(isValue)) return table;
  const word = units.find(
    (cell, i) => /\S/.test(cell) && !isMissing(cell) && isNumber(first[i]) && isNumber(second[i]),
  );
  if (word === undefined) return table;
  notes.push(`without the row of units, ${showValue(word.trim())}`);
  return pickRows(
    table,
    table.rows.slice(1).map((_, row) => row + 1),
  );
}

/** What `id` asks for: the rows of one series, or of every series that these columns tell apart. */
export interface RowChoice {
  readonly columns: readonly string[];
  /** The table's rows of the one series; undefined where every series is wanted. */
  readonly table?: Table;
}

/**
 * Reads `store=A` and `store=A,item=3`, one series, and `store` and `store,item`, every one.
 * @throws ArgumentError for a column or a value that the table does not have
 */
export function choiceOf(table: Table, id: string): RowChoice {
  const known = new Set(table.columns);
  const names = known.has(id) ? [id] : id.split(',').map((name) => name.trim());
  if (names.every((name) => known.has(name))) return { columns: names };
  const columns = new TableColumns(table);
  // A name or a value may have equals signs and commas itself.
  const column = table.columns.find((name) => id.startsWith(`${name}=`)) ?? id.split('=')[0];
  columns.require('id', column);
  const value = id.slice(column.length + 1).trim();
  const cells = columns.cells(column);
  const whole = rowsWhere(cells.length, (row) => cells[row].trim() === value);
  if (whole.length > 0) return { columns: [column], table: pickRows(table, whole) };
  const conditions = names.map((condition): [string, string] => {
    const at = condition.indexOf('=');
    return [condition.slice(0, at).trim(), condition.slice(at + 1).trim()];
  });
  const several = conditions.length > 1 && conditions.every(([name]) => known.has(name));
  const rows = several
    ? rowsWhere(cells.length, (row) =>
        conditions.every(([name, wanted]) => columns.cells(name)[row].trim() === wanted),
      )
    : [];
  if (rows.length === 0)
    throw new ArgumentError('id', `a value of '${column}' (${someOf(cells)})`, id.slice(column.length + 1));
  return { columns: conditions.map(([name]) => name), table: pickRows(table, rows) };
}

function rowsWhere(length: number, holds: (row: number) => boolean): number[] {
  const rows: number[] = [];
  for (let row = 0; row < length; row++) if (holds(row)) rows.push(row);
  return rows;
}

/** The different values of a column; of many, the first ones. */
function someOf(cells: readonly string[]): string {
  const values = [...new Set(cells.map((cell) => cell.trim()))];
  return values.length > 8 ? `${values.slice(0, 8).join(', ')}, ...` : values.join(', ');
}

/** The rows of each series that the columns tell apart, by `store=A,item=3`, in the order of the file. */
export function rowsById(
  columns: TableColumns,
  ids: readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const cells = ids.map((id) => columns.cells(id));
  const groups = new Map<string, number[]>();
  for (let row = 0; row < columns.table.rows.length; row++) {
    const name = idText(ids, (i) => cells[i][row]);
    const rows = groups.get(name);
    if (rows === undefined) groups.set(name, [row]);
    else rows.push(row);
  }
  return groups;
}

function idText(ids: readonly string[], cellOf: (i: number) => string): string {
  return ids.map((id, i) => `${id}=${cellOf(i).trim()}`).join(',');
}

/** Columns that are tried together, to tell series apart. */
const mostTried = 6;

/**
 * The ways to choose one series of several, where times come again: a column, or two, that with the time are others in every row, and
 * leave another of numbers. The columns come first, then some of the series.
 * @param rows those in which times come again
 * @param taken columns that are something else
 */
export function waysToChoose(
  columns: TableColumns,
  rows: readonly number[],
  {
    times,
    taken,
    values,
  }: {
    readonly times: ArrayLike<number>;
    readonly taken: readonly string[];
    readonly values: readonly string[];
  },
): readonly string[] {
  const likely: string[] = [];
  const tellsApart = (ids: readonly string[]) => {
    const cells = ids.map((id) => columns.cells(id));
    const seen = new Set(rows.map((row, i) => `${times[i]} ${idText(ids, (place) => cells[place][row])}`));
    return seen.size === rows.length;
  };
  const waysOf = (ids: readonly string[]) => {
    const names = rows.map((row) => idText(ids, (i) => columns.cells(ids[i])[row]));
    return [ids.join(','), ...[...new Set(names)].slice(0, 8)];
  };
  const leaves = (ids: readonly string[]) => values.some((value) => !ids.includes(value));
  for (const column of columns.names) {
    if (taken.includes(column) || !leaves([column])) continue;
    const cells = columns.cells(column);
    const different = new Set(rows.map((row) => cells[row].trim())).size;
    if (different < 2 || different > rows.length / 2) continue;
    if (tellsApart([column])) return waysOf([column]);
    if (likely.length < mostTried) likely.push(column);
  }
  for (const [i, first] of likely.entries()) {
    const second = likely.slice(i + 1).find((other) => leaves([first, other]) && tellsApart([first, other]));
    if (second !== undefined) return waysOf([first, second]);
  }
  return [];
}
