import { ArgumentError, showValue } from '@throughtime/errors';
import { utcFormat, utcParse } from 'd3-time-format';
import { SeriesFormatError, UndecidedFormatError } from '../series/series-errors.js';
import { alignTimestamps } from '../series/timeline.js';
import { clockTimeOf, offsetOf, readTimestamp, type WrittenTime } from '../series/timestamps.js';
import { remembered } from './numbers.js';

// A cell may be a time in several spellings. A column is in the one spelling that all of its cells have. Where two are left,
// as with 03/04/2021 throughout, it is the one whose times are evenly spaced. Where both are or neither is, the reader must say.

/** Spellings in words. `dmy`, `mdy`, `ymd` and the units of numbers can be asked for by these names. */
type Spelling =
  | 'iso'
  | 'dmy'
  | 'mdy'
  | 'ymd'
  | 'month and year'
  | 'names of months'
  | 'quarters'
  | 'half years'
  | 'weeks'
  | 'days of the year'
  | 'digits'
  | 'years'
  | 'fractions of years'
  | 's'
  | 'ms'
  | 'us'
  | 'ns'
  | 'excel';

const day = 86_400_000;

/** `January`, `Jan.`, `janvier`, `Januar`: names of months in the languages in which most tables are written, in small letters. */
function monthNames(): ReadonlyMap<string, number> {
  knownMonths ??= namesOfMonths();
  return knownMonths;
}

let knownMonths: ReadonlyMap<string, number> | undefined;

function namesOfMonths(): ReadonlyMap<string, number> {
  const names = new Map<string, number>();
  const uncertain = new Set<string>();
  for (const locale of ['en', 'de', 'fr', 'es', 'it', 'pt', 'nl', 'pl', 'sv', 'da', 'nb', 'fi', 'cs', 'tr']) {
    for (const style of ['long', 'short'] as const) {
      const formats = [
        new Intl.DateTimeFormat(locale, { month: style, timeZone: 'UTC' }),
        new Intl.DateTimeFormat(locale, { month: style, day: 'numeric', timeZone: 'UTC' }),
      ];
      for (let month = 1; month <= 12; month++) {
        for (const format of formats) {
          const part = format.formatToParts(Date.UTC(2001, month - 1)).find(({ type }) => type === 'month');
          const name = plainName(part?.value ?? '');
          if (!/^\p{L}+$/u.test(name)) continue;
          // English names come first, and stay what they are.
          if (names.has(name) && names.get(name) !== month && locale !== 'en') uncertain.add(name);
          else names.set(name, month);
        }
      }
    }
  }
  for (const name of ['mrz', 'mär']) names.set(plainName(name), 3);
  names.set('sept', 9);
  for (const name of uncertain) if (!isEnglish(name)) names.delete(name);
  return names;
}

function isEnglish(name: string): boolean {
  return /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/.test(name);
}

function plainName(name: string): string {
  return name.toLowerCase().replaceAll('.', '').normalize('NFC');
}

const clockPart = /^(\d{1,2})[:.h](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?(?: ?([AaPp])\.?[Mm]\.?)?$/;
const zonePart = / ?(Z|UTC|GMT|(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?)$/;
const weekday = /^\p{L}{2,}\.?,? (?=\d)/u;

/** Characters of a cell that may be a time. */
const longest = 100;

/** Every time has one. */
const digit = /\d/;

/** A time in the spelling that a cell may be in. */
interface Reading extends WrittenTime {
  readonly spelling: Spelling;
}

/** The ways to read a cell, with what it then says; one for each spelling. */
function readings(cell: string): Reading[] {
  const found: Reading[] = [];
  if (cell.length > longest) return found;
  if (!digit.test(cell)) return found;
  const text = cell.trim().replace(/\s+/g, ' ');
  // Java adds the zone's name; pandas writes a week with its end.
  const iso = readTimestamp(text.replace(/ ?\[[\w/+-]+\]$|(?<=^\d{4}-\d\d-\d\d)\/\d{4}-\d\d-\d\d$/, ''));
  const year = /^(\d{4})(\.\d+)?$/.exec(text);
  if (year) return ofYear(year[1], Number(year[2] ?? 0));
  if (iso !== undefined) return [{ spelling: 'iso', ...iso }];
  if (/^\d+(?:\.\d+)?$/.test(text)) {
    ofDigits(text, found);
    if (found.length > 0 || !text.includes('.')) return found;
  }
  let date = text;
  let offset: number | undefined;
  let clock: number | undefined = 0;
  const split = /^(.*?\d{2,4}\.?)(?:T|,? )(\d{1,2}[:.h]\d{2}.*)$/.exec(text);
  if (split) {
    const zone = zonePart.exec(split[2]);
    offset = zone ? offsetOf(zone[1].replace(/^(?:UTC|GMT)(?=[+-])/, '')) : undefined;
    clock = ofClock(zone ? split[2].slice(0, zone.index) : split[2]);
    date = split[1];
    if (clock === undefined) return found;
  }
  for (const [spelling, fields] of datesOf(date)) {
    const time = typeof fields === 'number' ? fields : clockTimeOf(fields);
    if (time !== undefined) found.push({ spelling, clock: time + clock, offset });
  }
  return found;
}

/** A year, which pandas may write 1949.0, and R's months and quarters 1949.083 and 1949.25. */
function ofYear(digits: string, fraction: number): Reading[] {
  const month = Math.round(fraction * 12);
  const at = (spelling: Spelling, month: number): Reading => ({
    spelling,
    clock: clockTimeOf([Number(digits), month])!,
    offset: undefined,
  });
  const isMonth = Math.abs(fraction * 12 - month) < 0.02 && month < 12;
  return [
    ...(fraction === 0 ? [at('years', 1)] : []),
    ...(isMonth ? [at('fractions of years', month + 1)] : []),
  ];
}

/** The time of day in milliseconds. */
function ofClock(text: string): number | undefined {
  const match = clockPart.exec(text.trim());
  if (match === null) return undefined;
  let hour = Number(match[1]);
  if (match[5] !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (/p/i.test(match[5]) ? 12 : 0);
  }
  const [minute, second] = [Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 24 || minute > 59 || second > 59 || (hour === 24 && minute + second > 0)) return undefined;
  return (hour * 3600 + minute * 60 + second) * 1000 + Number((match[4] ?? '').slice(0, 3).padEnd(3, '0'));
}

/** Two digits of a year, as POSIX reads them. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year + (year < 69 ? 2000 : 1900);
}

/** The dates that a text may be: from the year, or in milliseconds. */
function datesOf(text: string): [Spelling, readonly number[] | number][] {
  const dates: [Spelling, readonly number[] | number][] = [];
  const parts = /^(\d{1,2})([-/. ])(\d{1,2})\2(\d{4}|\d{2})\.?$/.exec(text.replace(weekday, ''));
  if (parts) {
    const [, first, separator, second, third] = parts;
    const [a, b, c] = [Number(first), Number(second), Number(third)];
    dates.push(['dmy', [fullYear(third), b, a]]);
    // With dots the day comes first, wherever dots are used.
    if (separator !== '.') dates.push(['mdy', [fullYear(third), a, b]]);
    if (third.length === 2 && first.length === 2 && separator !== '.')
      dates.push(['ymd', [fullYear(first), b, c]]);
    return dates;
  }
  const monthYear = /^(\d{1,2})[-/.](\d{4})$/.exec(text);
  if (monthYear) return [['month and year', [Number(monthYear[2]), Number(monthYear[1])]]];
  const quarter =
    /^(\d{4})[-/:. ]?[QqKkTt](?:[Tt][Rr])? ?0?([1-4])$/.exec(text) ??
    swapped(/^[Qq](?:[Tt][Rr])?0?([1-4])[-/:., ]?(\d{4})$/.exec(text)) ??
    swapped(/^([1-4])(?:st|nd|rd|th|\.)? ?[Qq](?:uarter|uartal|tr)?[-/:., ]?(\d{4})$/.exec(text));
  if (quarter) return [['quarters', [Number(quarter[1]), 3 * Number(quarter[2]) - 2]]];
  const half =
    /^(\d{4})[-/:. ]?[HhSsBb]0?([12])$/.exec(text) ?? swapped(/^[HhSs]0?([12])[-/:. ]?(\d{4})$/.exec(text));
  if (half) return [['half years', [Number(half[1]), 6 * Number(half[2]) - 5]]];
  const month = /^(\d{4})[-:. ]?[Mm](\d{1,2})$/.exec(text);
  if (month) return [['month and year', [Number(month[1]), Number(month[2])]]];
  const week =
    /^(\d{4})[-/:. ]?[Ww](\d{1,2})(?:-?([1-7]))?$/.exec(text) ??
    swapped(/^[Ww](?:k|eek)? ?(\d{1,2})[-/:., ]+(\d{4})$/.exec(text));
  if (week) {
    const start = weekStart(Number(week[1]), Number(week[2]));
    return start === undefined ? [] : [['weeks', start + (Number(week[3] ?? 1) - 1) * day]];
  }
  const ordinal = /^(\d{4})-(\d{3})$/.exec(text);
  if (ordinal) {
    const start = clockTimeOf([Number(ordinal[1])])!;
    const time = start + (Number(ordinal[2]) - 1) * day;
    const inYear = Number(ordinal[2]) > 0 && new Date(time).getUTCFullYear() === Number(ordinal[1]);
    return inYear ? [['days of the year', time]] : [];
  }
  const named = ofMonthName(text) ?? ofMonthName(text.replace(weekday, ''));
  return named ? [['names of months', named]] : [];
}

function swapped(match: RegExpExecArray | null): readonly string[] | null {
  return match && [match[0], match[2], match[1]];
}

/** The Monday of an ISO week. */
function weekStart(year: number, week: number): number | undefined {
  const monday = (ofYear: number) => {
    const fourth = clockTimeOf([ofYear, 1, 4])!;
    return fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * day;
  };
  const start = monday(year) + (week - 1) * 7 * day;
  return week >= 1 && start < monday(year + 1) ? start : undefined;
}

function ofMonthName(text: string): readonly number[] | undefined {
  const match =
    /^(?:(\d{1,2})(?:st|nd|rd|th|\.)?(?:[-/., ]+(?:de )?|(?=\p{L})))?(\p{L}{3,})\.?(?:[-/., ]+(?:de )?|(?=\d))(?:(\d{1,2})(?:st|nd|rd|th)?,? +)?'?(\d{4}|\d{2})$/u.exec(
      text,
    );
  if (match) {
    const [, before, name, behind, year] = match;
    const month = monthNames().get(plainName(name));
    // 'Jan 05' may be the 5th: two digits are a year only behind another mark than a space.
    const isYear = year.length === 4 || before !== undefined || /[-/'] ?\d\d$/.test(text);
    if (month === undefined || (before !== undefined && behind !== undefined) || !isYear) return undefined;
    return [fullYear(year), month, Number(before ?? behind ?? 1)];
  }
  const yearFirst = /^(\d{4})[-/., ]*(\p{L}{3,})\.?(?:[-/., ]+(\d{1,2}))?$/u.exec(text);
  const month = yearFirst && monthNames().get(plainName(yearFirst[2]));
  return month ? [Number(yearFirst[1]), month, Number(yearFirst[3] ?? 1)] : undefined;
}

const ticks: Readonly<Record<'s' | 'ms' | 'us' | 'ns', number>> = { s: 0, ms: 3, us: 6, ns: 9 };

/** Numbers that are times: 20210131, and seconds since 1970. */
function ofDigits(text: string, found: Reading[]): void {
  const [whole] = text.split('.');
  const take = (fields: readonly number[]) => {
    const clock = clockTimeOf(fields);
    if (clock !== undefined) found.push({ spelling: 'digits', clock, offset: undefined });
  };
  const pieces = /^((?:1[5-9]|2[01])\d\d)(\d\d)(\d\d)?(\d\d)?(\d\d)?(\d\d)?$/.exec(text);
  if (pieces && [6, 8, 12, 14].includes(text.length)) take(pieces.slice(1).filter(Boolean).map(Number));
  // Of twelve digits that are a date, milliseconds would be in the seventies.
  if (found.length > 0 && text.length === 12) return;
  for (const unit of ['s', 'ms', 'us', 'ns'] as const) {
    // From 1973 to 2096.
    if (Number(whole) >= 1e8 * 10 ** ticks[unit] && Number(whole) < 4e9 * 10 ** ticks[unit]) {
      found.push({ spelling: unit, clock: epochTime(text, unit), offset: 0 });
    }
  }
}

/** Milliseconds, from the digits, as a count of nanoseconds is no exact number. */
function epochTime(text: string, unit: keyof typeof ticks): number {
  const [whole, fraction = ''] = text.split('.');
  const digits = whole + fraction;
  return Math.floor(Number(`${digits}e${3 - ticks[unit] - fraction.length}`));
}

/** The times of a column, as they were written. */
export interface TimeColumn {
  readonly written: readonly WrittenTime[];
  /** What was done, in a few words each. */
  readonly notes: readonly string[];
}

type Readings = readonly Reading[];

function inSpelling(found: Readings, spelling: Spelling): Reading | undefined {
  return found.find((reading) => reading.spelling === spelling);
}

/** Whether a cell is a time that no number looks like. */
export function isDate(cell: string): boolean {
  return hasDate(readings(cell));
}

/** Whether a cell is a number that may be a time. */
export function isTimeNumber(cell: string): boolean {
  return hasTimeNumber(readings(cell));
}

function hasDate(found: Readings): boolean {
  return found.some(({ spelling }) => !isNumeric(spelling));
}

function hasTimeNumber(found: Readings): boolean {
  return found.some(({ spelling }) => isNumeric(spelling));
}

// kW are kilowatts.
const weekName =
  /^(?:(?:iso|year|calendar|jahr)?[_ .-]?(?:weeks?|wk|kw|(?:kalender)?wochen?)|semaine|semana|settimana|yyyyww)(?:[_ .-]?(?:id|no|nr|num|number|start|begin))?$/i;
/** A year and the number of a week. */
const yearWeek = /^((?:1[5-9]|2[01])\d\d)[-/ ]?(0[1-9]|[1-4]\d|5[0-3])(?:\.0)?$/;

/** The cells of a column as times: each cell is looked at once, and none before it is asked for. */
export class TimeCells {
  readonly cells: readonly string[];
  readonly #read: (cell: string) => Reading[];
  readonly #readings: Readings[] = [];

  /** @param column its name: in one of weeks 202011 and 2020-11 are no month */
  constructor(cells: readonly string[], column = '') {
    this.cells = cells;
    const name = column.trim();
    const areWeeks =
      weekName.test(name) && name !== 'kW' && cells.every((cell) => yearWeek.test(cell.trim()));
    this.#read = remembered(
      areWeeks ? (cell) => readings(cell.trim().replace(yearWeek, '$1-W$2')) : readings,
    );
  }

  at(row: number): Readings {
    this.#readings[row] ??= this.#read(this.cells[row]);
    return this.#readings[row];
  }

  /** Whether all cells are times that no numbers look like. */
  get areDates(): boolean {
    return this.cells.every((_, row) => hasDate(this.at(row)));
  }

  /** Whether all cells are numbers that may be times. */
  get areTimeNumbers(): boolean {
    return this.cells.every((_, row) => hasTimeNumber(this.at(row)));
  }
}

const numeric: ReadonlySet<Spelling> = new Set([
  'digits',
  'years',
  'fractions of years',
  's',
  'ms',
  'us',
  'ns',
]);

function isNumeric(spelling: Spelling): boolean {
  return numeric.has(spelling);
}

const spellingNotes: Readonly<Partial<Record<Spelling, string>>> = {
  dmy: 'day first',
  mdy: 'month first',
  ymd: 'year first',
  s: 'seconds since 1970',
  ms: 'milliseconds since 1970',
  us: 'microseconds since 1970',
  ns: 'nanoseconds since 1970',
  excel: "Excel's days",
  weeks: 'ISO weeks',
};

/**
 * Reads a column of times.
 * @param where where a row stands, for messages
 * @throws SeriesFormatError for a cell that is no time; UndecidedFormatError where all cells may be two
 */
export function readTimes(
  column: string,
  times: TimeCells,
  where: (row: number) => string,
  format?: string | undefined,
): TimeColumn {
  const { cells } = times;
  if (format !== undefined) return inFormat(column, cells, where, format);
  const rows = cells.map((_, row) => times.at(row));
  let left: Spelling[] | undefined;
  rows.forEach((found, row) => {
    if (left?.every((spelling) => inSpelling(found, spelling))) return;
    const own = found.map(({ spelling }) => spelling);
    const both = left?.filter((spelling) => own.includes(spelling)) ?? own;
    if (both.length === 0) throw noTime(column, cells[row], where(row), left ?? []);
    left = both;
  });
  const columnOf = (spelling: Spelling) => rows.map((found) => inSpelling(found, spelling)!);
  // Whole years are fractions of years, too.
  const all: Spelling[] = left?.includes('years') ? ['years'] : (left ?? []);
  const even = all.length > 1 ? all.filter((spelling) => isEven(columnOf(spelling))) : all;
  if (even.length !== 1) {
    // A day and month that are alike say nothing to whom must choose.
    const differs = (found: Readings) =>
      new Set(all.map((spelling) => inSpelling(found, spelling)!.clock)).size === all.length;
    const telling = Math.max(0, rows.findIndex(differs));
    throw new UndecidedFormatError(
      `${column}: ${showValue(cells[telling].trim())} may be ${inTurn(all, rows[telling])}`,
      all.map((spelling) => ['timeFormat', spelling]),
    );
  }
  const note = spellingNotes[even[0]];
  // What Europeans write with dots needs no word.
  const said = note !== undefined && !(even[0] === 'dmy' && cells[0].includes('.'));
  return { written: columnOf(even[0]), notes: said ? [note] : [] };
}

function inTurn(spellings: readonly Spelling[], found: Readings): string {
  const dates = spellings.map((spelling) =>
    new Date(inSpelling(found, spelling)!.clock).toISOString().slice(0, 10),
  );
  return dates.join(' or ');
}

function noTime(column: string, cell: string, where: string, left: readonly Spelling[]): SeriesFormatError {
  const others = left.some((spelling) => ['dmy', 'mdy', 'ymd'].includes(spelling));
  const like = others
    ? `a date in the order of those before it (${left.join(' or ')})`
    : 'a time such as 1949-01-31';
  return new UndecidedFormatError(`${column}: expected ${like}, got ${showValue(cell)} at ${where}`, [
    ['timeFormat', '%d.%m.%Y %H:%M'],
    ['time', false],
  ]);
}

/** Whether times are equally far apart, on the calendar, whichever way they run. */
function isEven(written: readonly WrittenTime[]): boolean {
  const times = [...new Set(written.map(({ clock, offset = 0 }) => clock - offset * 60_000))].sort(
    (a, b) => a - b,
  );
  if (times.length < 3) return false;
  try {
    alignTimestamps(times);
    return true;
  } catch {
    return false;
  }
}

/** The formats that have a name. */
const namedFormats = ['iso', 'dmy', 'mdy', 'ymd', 's', 'ms', 'us', 'ns', 'excel'] as const;

function inFormat(
  column: string,
  cells: readonly string[],
  where: (row: number) => string,
  format: string,
): TimeColumn {
  const named = namedFormats.find((name) => name === format);
  if (named === undefined && !format.includes('%')) {
    throw new ArgumentError(
      'timeFormat',
      `one of ${namedFormats.join(', ')}, or directives such as '%d.%m.%Y %H:%M'`,
      format,
    );
  }
  const read = named === undefined ? directives(format) : (cell: string) => ofNamed(cell.trim(), named);
  const written = cells.map((cell, row) => {
    const time = read(cell.trim());
    if (time === undefined) {
      throw new SeriesFormatError(
        `${column}: expected a time in the format '${format}', got ${showValue(cell)} at ${where(row)}`,
      );
    }
    return time;
  });
  return { written, notes: [] };
}

function ofNamed(text: string, format: (typeof namedFormats)[number]): WrittenTime | undefined {
  if (format === 'excel') {
    // Excel counts days from 1900 and thinks that 1900 was a leap year: from March on, day 0 is 30 December 1899.
    const days = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
    return days < 61
      ? undefined
      : { clock: Date.UTC(1899, 11, 30) + Math.round(days * 86_400) * 1000, offset: undefined };
  }
  if (format in ticks) {
    if (!/^-?\d+(?:\.\d+)?$/.test(text)) return undefined;
    return { clock: epochTime(text, format as keyof typeof ticks), offset: 0 };
  }
  const found = readings(text);
  const others: readonly Spelling[] = format === 'ymd' ? ['iso', 'digits'] : [];
  return [format, ...others].map((spelling) => inSpelling(found, spelling)).find(Boolean);
}

/** strptime's directives, by d3-time-format; a time that they carry over, such as 30 February, is none. */
function directives(format: string): (text: string) => WrittenTime | undefined {
  const zoned = /%[ZsQ]/.test(format);
  const parse = utcParse(format);
  const write = utcFormat(format.replaceAll('%Z', ''));
  const plain = (text: string) =>
    text
      .toLowerCase()
      .replace(/\b0+(?=\d)/g, '')
      .replace(/\s+/g, ' ')
      .trim();
  const fine = /%[fL]/.test(format);
  return (text) => {
    const date = parse(text);
    if (date === null || Number.isNaN(date.getTime())) return undefined;
    if (!zoned && !fine && plain(write(date)) !== plain(text)) return undefined;
    return { clock: date.getTime(), offset: zoned ? 0 : undefined };
  };
}
