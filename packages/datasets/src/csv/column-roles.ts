import { showValue } from '@throughtime/errors';
import { UndecidedFormatError } from '../series/series-errors.js';
import { isPlainNumber } from './numbers.js';
import type { TableColumns } from './table-columns.js';
import { TimeCells } from './times.js';

// Which columns of a table are times, which number the rows, and which are left to read.

export interface RoleOptions {
  readonly time?: string | readonly string[] | false | undefined;
  readonly timeFormat?: string | undefined;
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
export function timeColumns(
  columns: TableColumns,
  options: Pick<RoleOptions, 'time' | 'timeFormat'>,
  notes: string[],
): readonly string[] {
  const { time, timeFormat } = options;
  if (time === false) return [];
  if (time !== undefined) {
    const given = typeof time === 'string' ? [time] : time;
    for (const column of given) columns.require('time', column);
    return given;
  }
  const { names } = columns;
  if (names.length < 2 || columns.table.rows.length === 0) return [];
  const say = (chosen: readonly string[]) => {
    if (chosen[0] !== names[0] || chosen.length > 1)
      notes.push(`times from ${chosen.map((one) => `'${one}'`).join(' and ')}`);
    return chosen;
  };
  const parts = partsOfTime(columns);
  if (parts !== undefined) return say(parts);
  const named = names.filter((column) => timeName.test(column.trim()));
  const likely = [
    ...named,
    ...names.filter((column) => !timeName.test(column.trim()) && timeInName.test(column)),
  ];
  if (timeFormat !== undefined && likely.length > 0) return say([likely[0]]);
  const areDates = (column: string) => columns.times(column).areDates;
  const dated = likely.find(areDates) ?? names.find(areDates);
  if (dated !== undefined) return say([dated]);
  const asNumber = likely.find((column) => areTimeNumbers(columns, column));
  if (asNumber !== undefined) return say([asNumber]);
  // A table without names, or whose first column has none, may begin with dates in digits.
  const [first] = names;
  if (
    (!columns.table.named || first.trim() === '') &&
    areTimeNumbers(columns, first, 'date') &&
    !isIndex(columns, first)
  ) {
    if (columns.cells(first).every((cell) => cell.trim().length > 6)) return say([first]);
  }
  // A column that is called a date and is none is a flaw, but numbers called time, day or hour may be anything.
  const broken = named.find((column) => dateWord.test(column) || columns.numbers(column).count === 0);
  if (broken === undefined) return [];
  const cells = columns.cells(broken);
  if (columns.numbers(broken).count === cells.length) {
    throw new UndecidedFormatError(`${broken}: expected times, got numbers such as ${showValue(cells[0])}`, [
      ['timeFormat', 'excel'],
      ['time', false],
    ]);
  }
  return say([broken]);
}

/** What a year may be beside, in columns of their own, and how the two are written as one time. */
const partsOfYear: readonly {
  readonly name: RegExp;
  readonly cell: RegExp;
  readonly write: (year: string, part: string) => string;
}[] = [
  {
    name: /^(quarter|qtr|q|quartal|trimestre|trim)$/i,
    cell: /^(?:q|qtr ?)?0?[1-4](?:\.0)?$/i,
    write: (year, part) => `${year}Q${/[1-4]/.exec(part)![0]}`,
  },
  {
    name: /^(week|wk|w|kw|woche|semaine|semana|iso[_ ]?week|week[_ ]?(?:no|nr|num|number)?)$/i,
    cell: /^(?:w|kw ?)?\d{1,2}(?:\.0)?$/i,
    write: (year, part) => `${year}-W${/\d{1,2}/.exec(part)![0].padStart(2, '0')}`,
  },
  {
    name: /^(doy|yday|day[_ ]?of[_ ]?(?:the[_ ]?)?year|julian[_ ]?day)$/i,
    cell: /^\d{1,3}(?:\.0)?$/,
    write: (year, part) => `${year}-${/\d{1,3}/.exec(part)![0].padStart(3, '0')}`,
  },
];

const yearName = /^(year|yr|jahr|ann[ée]e|año|anno)$/i;
const monthCell = /^(0?[1-9]|1[0-2])(\.0)?$|^\p{L}{3,}\.?$/u;

/** Year and month, quarter or week in two columns, or a date and the time of day. */
function partsOfTime(columns: TableColumns): readonly string[] | undefined {
  const find = (name: RegExp) => columns.names.find((column) => name.test(column.trim()));
  const all = (column: string, test: RegExp) => columns.cells(column).every((cell) => test.test(cell.trim()));
  const year = find(yearName);
  if (year !== undefined && all(year, /^\d{4}(\.0)?$/)) {
    const [month, day, hour] = [
      /^(month|mo|mon|monat|mois|mes|mese)$/i,
      /^(day|dy|tag)$/i,
      /^(hour|hr|stunde)$/i,
    ].map(find);
    if (month !== undefined && all(month, monthCell)) {
      return [year, month, ...(day === undefined ? [] : [day, ...(hour === undefined ? [] : [hour])])];
    }
    for (const { name, cell } of partsOfYear) {
      const part = find(name);
      if (part !== undefined && all(part, cell)) return [year, part];
    }
  }
  const date = find(/^(date|datum|fecha)$/i);
  const time = find(/^(time|zeit|uhrzeit|hora|heure|hour)$/i);
  if (date === undefined || time === undefined) return undefined;
  return all(time, /^\d{1,2}[:.]\d{2}/) ? [date, time] : undefined;
}

/** The cells of the columns of time: of several columns, each row's as one text. */
export function timeCells(columns: TableColumns, names: readonly string[]): TimeCells {
  if (names.length === 1) return columns.times(names[0]);
  const parts = names.map((column) => columns.cells(column));
  const ofYear = partsOfYear.find(({ name }) => names.length === 2 && name.test(names[1].trim()));
  const cells = columns.table.rows.map((_, row) => {
    const texts = parts.map((cells) => cells[row].trim().replace(/\.0$/, ''));
    if (!/^\d{4}$/.test(texts[0])) return texts.join(' ');
    const [year, month, day, hour] = texts;
    if (ofYear?.cell.test(month)) return ofYear.write(year, month);
    if (!/^\d+$/.test(month ?? '')) return texts.join(' ');
    const clock = hour === undefined ? '' : ` ${hour.padStart(2, '0')}:00`;
    return `${year}-${month.padStart(2, '0')}${day === undefined ? '' : `-${day.padStart(2, '0')}`}${clock}`;
  });
  return new TimeCells(cells);
}

/** Whether a column of numbers is one of times, by its name and its numbers. @param name by which it is judged */
function areTimeNumbers(columns: TableColumns, column: string, name = column): boolean {
  const { areTimeNumbers } = columns.times(column);
  const cells = columns.cells(column);
  if (!areTimeNumbers || !cells.every((cell) => /^\d{4}(?:\.\d+)?$/.test(cell.trim()))) return areTimeNumbers;
  const [first, last] = [Number(cells[0]), Number(cells[cells.length - 1])];
  // Rows may be numbered from 1000, and nobody has observations from the year 1000.
  return (
    /year|^yr$|jahr|^año$|^anno$|ann[ée]e/i.test(name) ||
    (Math.min(first, last) >= 1500 && Math.max(first, last) < 2200)
  );
}

/** Whether a column numbers the rows. */
export function isIndex(columns: TableColumns, column: string): boolean {
  const cells = columns.cells(column);
  const start = Number(cells[0]);
  return (
    (start === 0 || start === 1) &&
    cells.every((cell, row) => Number(cell) === start + row && cell.trim() !== '')
  );
}

/** A column called time, t or step that counts at equal steps, where another is left to read: the rows are as good. */
export function counterOf(columns: TableColumns): string | undefined {
  if (columns.names.length < 2 || columns.table.rows.length < 3) return undefined;
  return columns.names.find((column) => {
    if (!timeName.test(column.trim()) && !/^(t|steps?)$/i.test(column.trim())) return false;
    const numbers = columns.cells(column).map((cell) => (isPlainNumber(cell) ? Number(cell) : Number.NaN));
    const step = numbers[1] - numbers[0];
    const even = (value: number, row: number) =>
      row === 0 || Math.abs(value - numbers[row - 1] - step) < 1e-6 * Math.abs(step);
    return numbers.every(even);
  });
}

/** The columns in which more than half of what is not missing are numbers. @param taken those that are something else */
export function numericColumns(columns: TableColumns, taken: readonly string[]): string[] {
  return columns.names.filter((column) => {
    if (taken.includes(column)) return false;
    if (columns.names.length > 1 && indexName.test(column.trim()) && isIndex(columns, column)) return false;
    const { count, known } = columns.numbers(column);
    return count > 0 && count >= known / 2;
  });
}
