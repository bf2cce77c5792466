import {
  ArgumentError,
  boolean,
  check,
  checkOptions,
  list,
  nonEmptyText,
  type OptionChecks,
  oneOf,
  text,
} from '@throughtime/errors';
import type { Series } from '../series/series.js';
import { type DecidingOption, SeriesFormatError, UndecidedFormatError } from '../series/series-errors.js';
import { type SeriesDraft, type SettleOptions, settleChecks, settleSeries } from '../series/settle-series.js';
import { formatTimestamp, type WrittenTime } from '../series/timestamps.js';
import { instantsOf, zoneOffset } from '../series/zones.js';
import { decodeText } from './decode-text.js';
import {
  certainDecimal,
  type DecimalMark,
  isMissing,
  isNumber,
  isPlainNumber,
  readNumbers,
} from './numbers.js';
import { readTable, type Table } from './table.js';
import { isDate, isTimeNumber, readTimes } from './times.js';

/** How to read a table as a series. What is left out is found in the table, or refused where it leaves two ways open. */
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
  /** Of a table that has several series one below the other: the rows of which, `'store=A'`. Default: all rows. */
  readonly id?: string | undefined;
  /** Cells that stand for a missing value, besides the usual ones. */
  readonly missingMarkers?: readonly string[] | undefined;
  /** Whether to sort rows by time. Default: rows from the newest to the oldest are reversed, others out of order are an error. */
  readonly sort?: boolean | undefined;
  /** More columns are an error. Default: no limit. */
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
  readonly series: Series;
  /** All columns of numbers, which could have been chosen. */
  readonly available: readonly string[];
  /** What was read and what was done for it, in one line: `read 3,120 rows, newest first: reversed; decimal comma`. */
  readonly summary: string;
  /** What was done, in a few words each; empty for a plain table. */
  readonly notes: readonly string[];
}

/**
 * Reads a series from CSV or JSON as pandas, Excel, statistical offices and banks write it.
 * @param source the text of a file, or its bytes
 * @throws UndecidedFormatError for a table that can be read in two ways; it names the options that decide
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 */
export function readSeries(source: string | Uint8Array, options: ReadSeriesOptions = {}): ReadSeries {
  checkOptions<ReadSeriesOptions>(options, readSeriesChecks);
  const { name = 'series' } = options;
  const decoded = typeof source === 'string' ? { text: source, encoding: 'UTF-8' } : decodeText(source, name);
  const read = readTable(decoded.text, name, options);
  const notes = [...(decoded.encoding === 'UTF-8' ? [] : [decoded.encoding]), ...read.notes];
  if (read.rows.length === 0 && read.columns.length > 0) {
    throw new SeriesFormatError(`${name}: expected observations, got none`);
  }
  const whole = withoutTotals(options.id === undefined ? read : chosenRows(read, options.id), options, notes);
  const time = timeColumns(whole, options, notes);
  const available = numericColumns(whole, time, options);
  const counter = time.length === 0 && options.time === undefined && counterOf(whole);
  if (counter && !isIndex(whole, counter)) notes.push(`'${counter}' numbers the rows`);
  const columns =
    typeof options.columns === 'function' ? options.columns(available) : (options.columns ?? available);
  for (const column of columns) columnIndex(whole, 'columns', column);
  if (columns.length === 0) {
    const [first] = whole.rows;
    const example = first?.find((cell) => !isMissing(cell, options.missingMarkers));
    const got = example === undefined ? 'none' : `none (the first row begins with '${example}')`;
    throw new SeriesFormatError(`${name}: expected a column of values, got ${got}`);
  }
  const { table, times, zone } = inOrder(whole, time, options, notes);
  const values = columns.map((column) => {
    const { values, notes: done } = numbersOf(table, column, { ...options, time });
    notes.push(...done);
    return [column, values] as const;
  });
  const draft: SeriesDraft = {
    length: table.rows.length,
    times,
    columns: [...columns],
    values: Object.fromEntries(values),
    where: (row) =>
      times ? `${table.where(row)} (${formatTimestamp(times[row], undefined, zone)})` : table.where(row),
  };
  const { missing, frequency, period } = options;
  const series = settleSeries(name, draft, { missing, frequency, period, zone });
  const said = [...new Set(notes)];
  const rows = `${table.rows.length.toLocaleString('en-US')} ${table.rows.length === 1 ? 'row' : 'rows'}`;
  return {
    series,
    available,
    notes: said,
    summary: `read ${[rows, ...(said.length > 0 ? [said.join('; ')] : [])].join(', ')}`,
  };
}

function columnIndex(table: Table, argument: string, column: string): number {
  const index = placesOf(table.columns).get(column);
  if (index === undefined) {
    throw new ArgumentError(argument, `a column of the table (${table.columns.join(', ')})`, column);
  }
  return index;
}

/** Where each column stands, looked up once: a table may have thousands. */
function placesOf(columns: readonly string[]): ReadonlyMap<string, number> {
  let places = placesByColumns.get(columns);
  if (places === undefined) {
    // Of two columns of one name the first.
    places = new Map(columns.map((column, i): [string, number] => [column, i]).reverse());
    placesByColumns.set(columns, places);
  }
  return places;
}

const placesByColumns = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function cellsOf(table: Table, column: string): string[] {
  const index = placesOf(table.columns).get(column) ?? -1;
  return table.rows.map((row) => row[index]);
}

function pickRows(table: Table, rows: readonly number[]): Table {
  return { ...table, rows: rows.map((row) => table.rows[row]), where: (row) => table.where(rows[row]) };
}

function chosenRows(table: Table, id: string): Table {
  // A name or a value may have equals signs itself.
  const column = table.columns.find((name) => id.startsWith(`${name}=`)) ?? id.slice(0, id.indexOf('='));
  const value = id.slice(column.length + 1);
  const index = columnIndex(table, 'id', column);
  const rows = table.rows.flatMap((cells, row) => (cells[index].trim() === value.trim() ? [row] : []));
  if (rows.length === 0) {
    throw new ArgumentError('id', `a value of '${column}' (${someOf(cellsOf(table, column))})`, value);
  }
  return pickRows(table, rows);
}

/** The different values of a column; of many, the first ones. */
function someOf(cells: readonly string[]): string {
  const values = [...new Set(cells.map((cell) => cell.trim()))];
  return values.length > 8 ? `${values.slice(0, 8).join(', ')}, ...` : values.join(', ');
}

const totals =
  /^(grand )?(total|totals|sum|average|avg|mean|summe|gesamt|insgesamt|mittelwert|totaal|totale|suma|somme|moyenne)\b/i;

/** Without rows at the end that add up the others. */
function withoutTotals(table: Table, { time }: ReadSeriesOptions, notes: string[]): Table {
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

const timeWord =
  'dates?|datetime|date[_ ]?time|time|times|timestamps?|time[_ ]?stamps?|ts|ds|epoch|unix|unixtime|years?|yr|months?|days?|hours?|weeks?|quarters?|periods?|datum|zeit|zeitstempel|jahr|monat|tag|woche|quartal|fecha|mes|año|data|mese|anno|heure|jour|mois|année|annee|dato|datę|дата|日期|날짜|日付';
// linear: words, at the start.
const timeName = new RegExp(`^(?:${timeWord})$`, 'iu');
// linear: words between single marks.
const timeInName = new RegExp(String.raw`(?:^|[\s_.(-])(?:${timeWord})(?:$|[\s_.):-])`, 'iu');
/** Names that promise a date; the others may count rows. */
const dateWord = /date|datum|fecha|datetime|^ds$|year|^yr$|jahr/i;
const indexName =
  /^(|unnamed: \d+|index|rownames?|row|row[_ ]?(?:id|number|nr|num)|id|no\.?|nr\.?|#|level_0)$/i;

/** The columns of the time, read as one text; none where rows have no time. */
function timeColumns(table: Table, options: ReadSeriesOptions, notes: string[]): readonly string[] {
  const { time, timeFormat } = options;
  if (time === false) return [];
  if (time !== undefined) {
    const given = typeof time === 'string' ? [time] : time;
    for (const column of given) columnIndex(table, 'time', column);
    return given;
  }
  const { columns } = table;
  if (columns.length < 2 || table.rows.length === 0) return [];
  const say = (chosen: readonly string[]) => {
    if (chosen[0] !== columns[0] || chosen.length > 1)
      notes.push(`times from ${chosen.map((one) => `'${one}'`).join(' and ')}`);
    return chosen;
  };
  const parts = partsOfTime(table);
  if (parts !== undefined) return say(parts);
  const holds = (column: string, test: (cell: string) => boolean) => cellsOf(table, column).every(test);
  const named = columns.filter((column) => timeName.test(column.trim()));
  const likely = [
    ...named,
    ...columns.filter((column) => !timeName.test(column.trim()) && timeInName.test(column)),
  ];
  if (timeFormat !== undefined && likely.length > 0) return say([likely[0]]);
  const dated =
    likely.find((column) => holds(column, isDate)) ?? columns.find((column) => holds(column, isDate));
  if (dated !== undefined) return say([dated]);
  const asNumber = likely.find((column) => areTimeNumbers(column, cellsOf(table, column)));
  if (asNumber !== undefined) return say([asNumber]);
  // A table without names, or whose first column has none, may begin with dates in digits.
  const [first] = columns;
  if (
    (!table.named || first.trim() === '') &&
    areTimeNumbers('date', cellsOf(table, first)) &&
    !isIndex(table, first)
  ) {
    if (cellsOf(table, first).every((cell) => cell.trim().length > 6)) return say([first]);
  }
  // What is called a date and is none is a flaw, but numbers called time, day or hour may be anything.
  const broken = named.find((column) => dateWord.test(column) || !cellsOf(table, column).some(isNumber));
  if (broken === undefined) return [];
  const cells = cellsOf(table, broken);
  if (cells.every(isNumber)) {
    throw new UndecidedFormatError(`${broken}: expected times, got numbers such as '${cells[0]}'`, [
      ['timeFormat', 'excel'],
      ['time', false],
    ]);
  }
  return say([broken]);
}

/** Year and month in two columns, or a date and the time of day. */
function partsOfTime(table: Table): readonly string[] | undefined {
  const find = (name: RegExp) => table.columns.find((column) => name.test(column.trim()));
  const [year, month, day, hour] = [
    /^(year|yr|jahr)$/i,
    /^(month|mo|mon|monat)$/i,
    /^(day|dy|tag)$/i,
    /^(hour|hr|stunde)$/i,
  ].map(find);
  if (
    year !== undefined &&
    month !== undefined &&
    cellsOf(table, year).every((cell) => /^\d{4}(\.0)?$/.test(cell.trim()))
  ) {
    const parts = [year, month, ...(day === undefined ? [] : [day, ...(hour === undefined ? [] : [hour])])];
    if (cellsOf(table, month).every((cell) => /^(0?[1-9]|1[0-2])(\.0)?$|^\p{L}{3,}\.?$/u.test(cell.trim())))
      return parts;
  }
  const date = find(/^(date|datum|fecha)$/i);
  const time = find(/^(time|zeit|uhrzeit|hora|heure|hour)$/i);
  if (date === undefined || time === undefined) return undefined;
  return cellsOf(table, time).every((cell) => /^\d{1,2}[:.]\d{2}/.test(cell.trim()))
    ? [date, time]
    : undefined;
}

/** Cells of several columns as one time. */
function timeCells(table: Table, columns: readonly string[]): string[] {
  if (columns.length === 1) return cellsOf(table, columns[0]);
  const parts = columns.map((column) => cellsOf(table, column));
  return table.rows.map((_, row) => {
    const texts = parts.map((cells) => cells[row].trim().replace(/\.0$/, ''));
    if (!/^\d{4}$/.test(texts[0])) return texts.join(' ');
    const [year, month, day, hour] = texts;
    if (!/^\d+$/.test(month ?? '')) return texts.join(' ');
    const clock = hour === undefined ? '' : ` ${hour.padStart(2, '0')}:00`;
    return `${year}-${month.padStart(2, '0')}${day === undefined ? '' : `-${day.padStart(2, '0')}`}${clock}`;
  });
}

/** Whether a column of numbers is one of times, by its name and its numbers. */
function areTimeNumbers(column: string, cells: readonly string[]): boolean {
  const texts = cells.map((cell) => cell.trim());
  if (texts.every((text) => /^\d{4}(?:\.\d+)?$/.test(text))) {
    if (!texts.every(isTimeNumber)) return false;
    const years = texts.map(Number);
    const most = Math.max(...years.slice(0, 1), ...years.slice(-1));
    // Rows may be numbered from 1000, and nobody has observations from the year 1000.
    return (
      /year|^yr$|jahr|^año$|^anno$|ann[ée]e/i.test(column) ||
      (Math.min(years[0], most) >= 1500 && most < 2200)
    );
  }
  return texts.every(isTimeNumber);
}

/** Whether a column numbers the rows. */
function isIndex(table: Table, column: string): boolean {
  const cells = cellsOf(table, column);
  const start = Number(cells[0]);
  return (
    (start === 0 || start === 1) &&
    cells.every((cell, row) => Number(cell) === start + row && cell.trim() !== '')
  );
}

/** A column called time, t or step that counts at equal steps, where another is left to read: the rows are as good. */
function counterOf(table: Table): string | undefined {
  if (table.columns.length < 2 || table.rows.length < 3) return undefined;
  return table.columns.find((column) => {
    if (!timeName.test(column.trim()) && !/^(t|steps?)$/i.test(column.trim())) return false;
    const numbers = cellsOf(table, column).map((cell) => (isPlainNumber(cell) ? Number(cell) : Number.NaN));
    const step = numbers[1] - numbers[0];
    const even = (value: number, row: number) =>
      row === 0 || Math.abs(value - numbers[row - 1] - step) < 1e-6 * Math.abs(step);
    return numbers.every(even);
  });
}

/** The columns in which more than half of what is not missing are numbers. */
function numericColumns(
  table: Table,
  time: readonly string[],
  { missingMarkers, id, time: asked }: ReadSeriesOptions,
): string[] {
  const counter = time.length === 0 && asked === undefined ? counterOf(table) : undefined;
  return table.columns.filter((column) => {
    if (time.includes(column) || id?.startsWith(`${column}=`)) return false;
    if (table.columns.length > 1 && indexName.test(column.trim()) && isIndex(table, column)) return false;
    if (column === counter) return false;
    const known = cellsOf(table, column).filter((cell) => !isMissing(cell, missingMarkers));
    const numbers = known.filter(isNumber).length;
    return numbers > 0 && numbers >= known.length / 2;
  });
}

function numbersOf(
  table: Table,
  column: string,
  { time, ...options }: Omit<ReadSeriesOptions, 'time'> & { readonly time: readonly string[] },
) {
  const { missingMarkers } = options;
  const decimal = options.decimal ?? (table.plainNumbers ? '.' : undefined);
  const cells = cellsOf(table, column);
  const read = (mark: DecimalMark | undefined, byProgram = false) =>
    readNumbers(column, cells, table.where, {
      decimal: mark,
      missingMarkers,
      delimiter: table.delimiter,
      byProgram,
    });
  try {
    return read(decimal);
  } catch (error) {
    if (!(error instanceof UndecidedFormatError)) throw error;
    // A file has one decimal mark: another column may show which.
    for (const other of table.columns) {
      const others = cellsOf(table, other);
      if (other === column || !others.every((cell) => isNumber(cell) || isMissing(cell, missingMarkers)))
        continue;
      const mark = certainDecimal(others, missingMarkers);
      if (mark !== undefined) return read(mark);
    }
    return read(decimal, time.length > 0 && /^\d{4}-?\d\d/.test(cellsOf(table, time[0])[0]?.trim() ?? ''));
  }
}

interface OrderedTable {
  readonly table: Table;
  readonly times: Float64Array | undefined;
  readonly zone: string | undefined;
}

/** Rows from the oldest to the newest, with their times. */
function inOrder(
  table: Table,
  time: readonly string[],
  options: ReadSeriesOptions,
  notes: string[],
): OrderedTable {
  if (time.length === 0) return { table, times: undefined, zone: undefined };
  const label = time.join(' and ');
  const { written, notes: done } = readTimes(label, timeCells(table, time), table.where, options.timeFormat);
  notes.push(...done);
  const newestFirst =
    written.length > 1 &&
    written.every((each, row) => row === 0 || standing(each) < standing(written[row - 1]));
  const order = Array.from(written.keys());
  if (newestFirst) {
    order.reverse();
    notes.push('newest first: reversed');
  } else if (options.sort) {
    order.sort((a, b) => standing(written[a]) - standing(written[b]));
    if (order.some((row, place) => row !== place)) notes.push('sorted by time');
  }
  const ordered = newestFirst || options.sort ? pickRows(table, order) : table;
  const clock = order.map((row) => written[row]);
  const { times, zone } = inZone(clock, { label, table: ordered, options, notes });
  for (let row = 1; row < times.length; row++) {
    if (times[row] > times[row - 1]) continue;
    throw disordered(ordered, { time, row, clock, times, zone, options });
  }
  return { table: ordered, times, zone };
}

function standing({ clock, offset = 0 }: WrittenTime): number {
  return clock - offset * 60_000;
}

/** What is wrong with the order of rows. */
interface Disorder {
  readonly time: readonly string[];
  readonly row: number;
  readonly times: Float64Array;
  readonly clock: readonly WrittenTime[];
  readonly zone: string | undefined;
  readonly options: ReadSeriesOptions;
}

/** The error for a row that is not later than the one before it, with the options that help. */
function disordered(table: Table, disorder: Disorder): SeriesFormatError {
  const { row, times, clock, zone, options } = disorder;
  const same = times[row] === times[row - 1];
  const stamp = same ? formatTimestamp(clock[row].clock) : formatTimestamp(times[row], undefined, zone);
  const problem = same
    ? `time: ${table.where(row)} (${stamp}) has the same time as ${table.where(row - 1)}`
    : `time: ${table.where(row)} (${stamp}) is earlier than the row before it`;
  const ids = idsOf(table, disorder);
  if (ids.length > 0) return new UndecidedFormatError(problem, ids);
  if (!same && new Set(times).size === times.length)
    return new UndecidedFormatError(problem, [['sort', true]]);
  const local = options.zone === undefined && clock.every(({ offset }) => offset === undefined);
  return new UndecidedFormatError(problem, [
    // Where clocks are set back they show an hour twice.
    ...(local && stamp.includes('T') ? ([['zone', 'Europe/Berlin']] as DecidingOption[]) : []),
    ['time', false],
  ]);
}

/** The ways to choose one series of several: a column that, with the time, is another in every row, and leaves one of numbers. */
function idsOf(table: Table, { time, times, options }: Disorder): DecidingOption[] {
  for (const column of table.columns) {
    if (time.includes(column) || numericColumns(table, [...time, column], options).length === 0) continue;
    const cells = cellsOf(table, column).map((cell) => cell.trim());
    const values = [...new Set(cells)];
    if (values.length < 2 || values.length > cells.length / 2) continue;
    const pairs = new Set(cells.map((cell, row) => `${times[row]} ${cell}`));
    if (pairs.size === cells.length) return values.slice(0, 8).map((value) => ['id', `${column}=${value}`]);
  }
  return [];
}

/** Times in milliseconds UTC, and the zone whose clock they are on. */
function inZone(
  written: readonly WrittenTime[],
  {
    label,
    table,
    options,
    notes,
  }: {
    readonly label: string;
    readonly table: Table;
    readonly options: ReadSeriesOptions;
    readonly notes: string[];
  },
): { readonly times: Float64Array; readonly zone: string | undefined } {
  const { zone } = options;
  const bare = written.findIndex(({ offset }) => offset === undefined);
  const zoned = written.findIndex(({ offset }) => offset !== undefined);
  if (bare >= 0 && zoned >= 0) {
    throw new SeriesFormatError(
      `${label}: expected a zone at every time or at none, got none at ${table.where(bare)}`,
    );
  }
  if (zoned < 0) {
    if (zone === undefined) return { times: Float64Array.from(written, ({ clock }) => clock), zone };
    return { times: ofClock(written, zone, { label, table }), zone };
  }
  const times = Float64Array.from(written, standing);
  const offsets = [...new Set(written.map(({ offset }) => offset!))];
  if (zone !== undefined) return { times, zone };
  if (offsets.length === 1) return { times, zone: offsetZone(offsets[0]) };
  return changingOffsets(written, times, { label, offsets, notes });
}

function offsetZone(minutes: number): string {
  if (minutes === 0) return 'UTC';
  const digits = (count: number) => String(count).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(size / 60))}:${digits(size % 60)}`;
}

/** Local times as times in UTC. The hour that a clock shows twice is the earlier one first. */
function ofClock(
  written: readonly WrittenTime[],
  zone: string,
  { label, table }: { readonly label: string; readonly table: Table },
): Float64Array {
  let before = Number.NEGATIVE_INFINITY;
  let latest = Number.NEGATIVE_INFINITY;
  return Float64Array.from(written, ({ clock }, row) => {
    const instants = instantsOf(clock, zone);
    if (instants.length === 0) {
      throw new SeriesFormatError(
        `${label}: expected a time that the clock of ${zone} shows, got ${formatTimestamp(clock)}, which daylight saving skips, at ${table.where(row)}`,
      );
    }
    // The second of two equal hours begins where the clock goes back, or is still in it.
    const second = instants.length > 1 && (clock <= before || latest >= instants[0]);
    before = clock;
    latest = instants[second ? 1 : 0];
    return latest;
  });
}

/**
 * Times whose offsets change are a zone's, which they do not name. Dates need no zone: their clock's days are taken. For hours it is found
 * where all zones with these offsets agree on the year that follows, too.
 * @throws UndecidedFormatError where they do not
 */
function changingOffsets(
  written: readonly WrittenTime[],
  times: Float64Array,
  {
    label,
    offsets,
    notes,
  }: { readonly label: string; readonly offsets: readonly number[]; readonly notes: string[] },
): { readonly times: Float64Array; readonly zone: string | undefined } {
  const clock = Float64Array.from(written, (each) => each.clock);
  const shown = offsets.map(offsetZone).join(' and ');
  const increasing = clock.every((time, row) => row === 0 || time > clock[row - 1]);
  const dates = clock.every((time) => (time - clock[0]) % 86_400_000 === 0);
  if (dates && increasing) {
    notes.push(`offsets ${shown}: local dates`);
    return { times: clock, zone: undefined };
  }
  const zones = zonesWith(written, times);
  const ahead = Array.from({ length: 53 }, (_, week) => times[times.length - 1] + week * 7 * 86_400_000);
  const [first, ...others] = zones.map((zone) => ahead.map((time) => zoneOffset(zone, time)).join());
  if (first !== undefined && others.every((one) => one === first)) {
    notes.push(`offsets ${shown}: the clock of ${zones[0]}`);
    return { times, zone: zones[0] };
  }
  throw new UndecidedFormatError(
    `${label}: offsets change (${shown}), and no zone is named`,
    (zones.length > 0 ? zones.slice(0, 3) : ['Europe/Berlin']).map((zone) => ['zone', zone]),
  );
}

/** Zones that many people live in, which are named before others with the same clock. */
const wellKnown = [
  'Europe/Berlin',
  'Europe/London',
  'America/New_York',
  'America/Chicago',
  'America/Los_Angeles',
  'Australia/Sydney',
];

function zonesWith(written: readonly WrittenTime[], times: Float64Array): string[] {
  // Where offsets change, on both sides, they tell more than anywhere else.
  const telling = written.flatMap(({ offset }, row) => {
    const changes = row > 0 && offset !== written[row - 1].offset;
    return changes ? [row - 1, row] : row === 0 || row === written.length - 1 ? [row] : [];
  });
  const rows = telling.slice(0, 40);
  return [...new Set([...wellKnown, ...Intl.supportedValuesOf('timeZone')])].filter((zone) =>
    rows.every((row) => zoneOffset(zone, times[row]) === written[row].offset),
  );
}
