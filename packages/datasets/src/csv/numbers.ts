import { showValue } from '@throughtime/errors';
import { SeriesFormatError, UndecidedFormatError } from '../series/series-errors.js';

/** What separates whole numbers from fractions. */
export type DecimalMark = '.' | ',';

const missing = [
  ...[
    '',
    'na',
    'n/a',
    'n.a.',
    '#n/a',
    '#n/a n/a',
    '#na',
    'nan',
    '-nan',
    'null',
    'nil',
    'none',
    '<na>',
    'nat',
    'missing',
  ],
  ...[
    '-',
    '--',
    '---',
    '–',
    '—',
    '.',
    '..',
    '...',
    '?',
    '*',
    ':',
    '#value!',
    '#ref!',
    '#div/0!',
    '#num!',
    '#name?',
    '#null!',
  ],
  ...['1.#qnan', '1.#ind', '-1.#ind', '-1.#qnan'],
];
const missingSpellings: ReadonlySet<string> = new Set(missing);

/** Whether a cell stands for a missing value, by the spellings of pandas, R, Excel and statistical offices. */
export function isMissing(cell: string, markers: readonly string[] = []): boolean {
  const text = cell.trim();
  return missingSpellings.has(text.toLowerCase()) || isMarker(text, markers);
}

/** Whether a cell is one of the texts that the user named. Numbers are compared as such: -999 stands for -999.0 and -999,00 too. */
function isMarker(text: string, markers: readonly string[]): boolean {
  if (markers.length === 0) return false;
  if (markers.includes(text)) return true;
  const number = markerValue(text);
  return number !== undefined && markers.some((marker) => markerValue(marker.trim()) === number);
}

/** The number that a text is however its decimals are written; -999,000 may be thousands. */
function markerValue(text: string): number | undefined {
  if (isPlainNumber(text)) return Number(text);
  return /^[+-]?\d+,\d+$/.test(text) && !/,\d{3}$/.test(text) ? Number(text.replace(',', '.')) : undefined;
}

// A number, once signs, units and spaces around it are taken off: groups of digits with a mark between them, and an exponent.
const digits = /^(?:\d[\d.,'’\s_]*|[.,]\d+)(?:[eE][+-]?\d+)?$/;
const currency = String.raw`\p{Sc}|(?:US|C|CA|A|AU|NZ|HK|S|R|NT|MX)\$|kr\.?|zł|Kč|Ft|Fr\.?|Rs\.?|lei|[A-Z]{3}`;
// linear: alternatives that begin apart, at the start.
const before = new RegExp(String.raw`^(?:${currency})\s*`, 'u');
// linear: alternatives that begin apart, at the end; of cells of a few hundred characters.
const after = new RegExp(`(?:${currency})$`, 'u');
const currencyCodes: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
// Not m, which may be meters or minutes, nor t, which are tons.
const multiples: Readonly<Record<string, number>> = { K: 3, k: 3, M: 6, Mn: 6, mn: 6, B: 9, Bn: 9, bn: 9 };
const multiple = /^(.*\d)\s?(K|k|M|[Mm]n|B|[Bb]n)$/;

/** Characters of a cell that may be a number: the largest have 309 digits. */
const longest = 400;

/** A cell that is a number in some spelling, its parts told apart but for what its marks mean. */
interface WrittenNumber {
  readonly negative: boolean;
  /** Digits and marks between them: `1.234,5`. */
  readonly body: string;
  /** The decimal marks with which the body is a number; at least one. */
  readonly marks: readonly DecimalMark[];
  readonly exponent: number;
  readonly unit: string;
  readonly percent: boolean;
}

const eitherMark: readonly DecimalMark[] = ['.', ','];
const point: readonly DecimalMark[] = ['.'];

/** Nearly every cell of nearly every file: digits, and a point between them. */
const simple = /^-?\d+(?:\.\d+)?$/;

/** @returns undefined for what is no number */
function readNumber(cell: string): WrittenNumber | undefined {
  if (cell.length > longest) return undefined;
  return readSimple(cell.trim()) ?? readSpelling(cell.trim());
}

function readSimple(text: string): WrittenNumber | undefined {
  if (!simple.test(text)) return undefined;
  const negative = text.startsWith('-');
  const body = negative ? text.slice(1) : text;
  const whole = body.indexOf('.');
  // 1.234 may be thousands.
  const marks = whole < 0 || (body.length - whole === 4 && whole <= 3) ? eitherMark : point;
  return { negative, body, marks, exponent: 0, unit: '', percent: false };
}

function readSpelling(cell: string): WrittenNumber | undefined {
  let text = cell.replace(/[−‒]/g, '-');
  let negative = false;
  let unit = '';
  let percent = false;
  const parentheses = /^([^()\d]*)\(([^()]*)\)([^()\d]*)$/.exec(text);
  if (parentheses) {
    text = parentheses[1] + parentheses[2] + parentheses[3];
    negative = true;
  }
  // Signs and units stand in any order: -$5, $-5, $ 5-, -5 %.
  for (let rest = ''; rest !== text; ) {
    rest = text;
    if (/^[+-]/.test(text) || /[\d%\s]-$/.test(text)) {
      if (text.startsWith('-') || text.endsWith('-')) {
        if (negative) return undefined;
        negative = true;
      }
      text = (/^[+-]/.test(text) ? text.slice(1) : text.slice(0, -1)).trim();
    }
    if (text.endsWith('%') && !percent) {
      percent = true;
      text = text.slice(0, -1).trim();
    }
    if (unit === '') {
      const found = before.exec(text) ?? after.exec(text);
      if (found && (!/^[A-Z]{3}$/.test(found[0].trim()) || currencyCodes.has(found[0].trim()))) {
        unit = found[0].trim();
        text = text.replace(found[0], '').trim();
      }
    }
  }
  const scaled = multiple.exec(text);
  let exponent = 0;
  if (scaled && !/e/i.test(text)) {
    exponent = multiples[scaled[2]];
    text = scaled[1];
  }
  if (!digits.test(text)) return undefined;
  const [mantissa, power] = text.split(/e/i);
  const body = mantissa.trim();
  const marks = eitherMark.filter((mark) => plainSpelling(body, mark) !== undefined);
  if (marks.length === 0) return undefined;
  return { negative, body, marks, exponent: exponent + Number(power ?? 0), unit, percent };
}

const grouped: Readonly<Record<string, RegExp>> = {
  '.': /^\d{1,3}(?:\.\d{3})+$/,
  ',': /^\d{1,3}(?:,\d{3})+$|^\d{1,2}(?:,\d{2})+,\d{3}$/,
};

const otherMark = { '.': ',', ',': '.' } as const;

/** The plain spelling of a number, or undefined where it is none with this decimal mark. */
function plainSpelling(body: string, decimal: DecimalMark): string | undefined {
  if (simple.test(body) && (decimal === '.' || !body.includes('.'))) return body;
  const parts = body.split(decimal);
  if (parts.length > 2) return undefined;
  const [whole, fraction] = parts;
  if (fraction !== undefined && !/^\d*$/.test(fraction)) return undefined;
  if (/^\d*$/.test(whole)) return whole === '' && !fraction ? undefined : `${whole || 0}.${fraction || 0}`;
  const spaced = /^\d{1,3}(?:([\s'’_])\d{3})(?:\1\d{3})*$/.test(whole);
  if (!spaced && !grouped[otherMark[decimal]].test(whole)) return undefined;
  return `${whole.replace(/\D/g, '')}.${fraction || 0}`;
}

/** Distinct cells that are remembered. */
const mostRemembered = 1000;

/** The same function, which computes what it is asked again only once: columns of words and panels have the same cells over and over. */
export function remembered<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    if (known.has(text)) return known.get(text)!;
    const value = read(text);
    if (known.size < mostRemembered) known.set(text, value);
    return value;
  };
}

/** Whether a cell is a number in some spelling. */
export function isNumber(cell: string): boolean {
  return readNumber(cell) !== undefined;
}

/** Whether a cell is a number as programs write it. */
export function isPlainNumber(cell: string): boolean {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(cell.trim());
}

/** The cells of a column as numbers: each cell is looked at once, whatever is then asked of them. */
export class NumberCells {
  readonly cells: readonly string[];
  /** Undefined for what is missing or no number. */
  readonly written: readonly (WrittenNumber | undefined)[];
  /** How many cells are numbers. */
  readonly count: number;
  /** The first row that is neither missing nor a number; -1 where there is none. */
  readonly odd: number;
  /** How many cells are not missing. */
  readonly known: number;
  #evidence: Evidence | undefined;

  constructor(cells: readonly string[], missingMarkers: readonly string[] = []) {
    const spelling = remembered(readSpelling);
    let [count, known, odd] = [0, 0, -1];
    this.cells = cells;
    this.written = cells.map((cell, row) => {
      const text = cell.trim();
      const number = readSimple(text);
      if (number === undefined ? isMissing(text, missingMarkers) : isMarker(text, missingMarkers))
        return undefined;
      known++;
      const written = number ?? (text.length > longest ? undefined : spelling(text));
      if (written !== undefined) count++;
      else if (odd < 0) odd = row;
      return written;
    });
    this.count = count;
    this.known = known;
    this.odd = odd;
  }

  get evidence(): Evidence {
    this.#evidence ??= evidenceOf(this.written);
    return this.#evidence;
  }

  /** The decimal mark of a column of numbers in which only one can be; undefined where no number tells. */
  get certainDecimal(): DecimalMark | undefined {
    const { allowed, marked } = this.evidence;
    return this.odd < 0 && marked >= 0 && allowed.length === 1 ? allowed[0] : undefined;
  }
}

export interface NumberOptions {
  readonly decimal?: DecimalMark | undefined;
  /** The mark between the file's cells. */
  readonly delimiter?: string | undefined;
  /** The first of the file's times, whose spelling shows where it is from. */
  readonly firstTime?: string | undefined;
  /** The decimal mark that another column of the file shows; undefined where none does. */
  readonly elsewhere?: (() => DecimalMark | undefined) | undefined;
}

export interface NumberColumn {
  readonly values: Float64Array;
  /** What was done, in a few words each. */
  readonly notes: readonly string[];
}

/**
 * Reads a column of numbers; missing values are NaN.
 * @param where where a row stands, for messages
 * @throws SeriesFormatError for a cell that is no number; UndecidedFormatError where marks may mean two things
 */
export function readNumbers(
  column: string,
  numbers: NumberCells,
  where: (row: number) => string,
  options: NumberOptions = {},
): NumberColumn {
  const { cells, written, odd } = numbers;
  if (odd >= 0) throw noNumber(column, cells[odd], where(odd));
  const decimal = options.decimal ?? decimalOf(column, numbers, options);
  const units = new Set<string>();
  let [percents, others, groups] = [0, 0, false];
  const values = Float64Array.from(written, (number, row) => {
    if (number === undefined) return Number.NaN;
    const plain = plainSpelling(number.body, decimal);
    const value = Number(number.exponent === 0 ? plain : `${plain}e${number.exponent}`);
    if (plain === undefined || !Number.isFinite(value)) throw noNumber(column, cells[row], where(row));
    if (number.unit !== '') units.add(number.unit);
    if (number.percent) percents++;
    else if (value !== 0) others++;
    groups ||= number.body.includes(otherMark[decimal]) || /\d[^\d.,]\d/.test(number.body);
    return number.negative && value !== 0 ? -value : value;
  });
  if (units.size > 1) {
    throw new SeriesFormatError(`${column}: expected one currency, got ${[...units].join(', ')}`);
  }
  if (percents > 0 && others > 0) {
    throw new SeriesFormatError(`${column}: expected % at every number or at none`);
  }
  return {
    values,
    notes: [
      ...(decimal === ',' ? ['decimal comma'] : []),
      ...(groups ? ['thousands separators'] : []),
      ...(units.size > 0 ? [`in ${[...units][0]}`] : []),
      ...(percents > 0 ? ['in percent'] : []),
    ],
  };
}

function noNumber(column: string, cell: string, where: string): SeriesFormatError {
  return new UndecidedFormatError(`${column}: expected a finite number, got ${showValue(cell)} at ${where}`, [
    ['missingMarkers', cell.trim()],
  ]);
}

/** The decimal mark that all numbers of a column allow; of two the one that the file's other habits point to. */
function decimalOf(
  column: string,
  { cells, written, evidence }: NumberCells,
  { delimiter, firstTime = '', elsewhere }: NumberOptions,
): DecimalMark {
  const { allowed, marked, ungrouped, bare } = evidence;
  if (marked < 0 || allowed.length === 0) return '.';
  if (allowed.length === 1) return allowed[0];
  // A file has one decimal mark: another column may show which.
  const shown = elsewhere?.();
  if (shown !== undefined) return shown;
  // Every number reads 1.234 or every one 1,234. Thousands without a mark beside them show that it is not for thousands.
  const mark = markOf(written[marked]!.body);
  if (mark === '.') {
    if (ungrouped) return '.';
    // 980 and then 1.004 may be 1004, or a program's number without the zeros at its end.
    if (!bare && !groupsWithPoints(delimiter, firstTime)) return '.';
  }
  if (mark === ',' && delimiter === ',' && !ungrouped) return '.';
  throw new UndecidedFormatError(
    `${column}: ${showValue(cells[marked].trim())} may have a decimal mark or one for thousands`,
    [
      ['decimal', '.'],
      ['decimal', ','],
    ],
  );
}

/**
 * Whether who wrote the file may group thousands with points. Programs, which write ISO dates, do not. Semicolons are between cells where
 * commas are decimal; tabs are anywhere, but 31.12.2024 is a date of people who do.
 */
function groupsWithPoints(delimiter: string | undefined, firstTime: string): boolean {
  if (/^\d{4}-?\d\d/.test(firstTime)) return false;
  return delimiter === ';' || (delimiter === '\t' && /^\d{1,2}\.\d{1,2}\.\d{2,4}/.test(firstTime));
}

function markOf(body: string): DecimalMark {
  return /[.,]/.exec(body)![0] as DecimalMark;
}

/** What a column's numbers say of their marks. */
interface Evidence {
  readonly allowed: readonly DecimalMark[];
  /** The first number with a mark; -1 where there is none. */
  readonly marked: number;
  /** Whether some number has thousands that no mark sets apart. */
  readonly ungrouped: boolean;
  /** Whether some number is whole, of up to three digits. 0 says nothing: it is the same in thousands. */
  readonly bare: boolean;
}

function evidenceOf(written: readonly (WrittenNumber | undefined)[]): Evidence {
  const allowed = new Set<DecimalMark>(['.', ',']);
  let marked = -1;
  let [ungrouped, bare] = [false, false];
  written.forEach((number, row) => {
    if (number === undefined) return;
    const { body, marks } = number;
    if (!body.includes('.') && !body.includes(',')) {
      ungrouped ||= body.length > 3 && /^\d+$/.test(body);
      bare ||= body.length <= 3 && Number(body) > 0;
      return;
    }
    if (marked < 0) marked = row;
    if (marks.length === 1) allowed.delete(otherMark[marks[0]]);
    // Nobody groups digits behind a leading zero.
    else if (/^0\d*[.,]\d+$/.test(body)) allowed.delete(otherMark[markOf(body)]);
  });
  return { allowed: [...allowed], marked, ungrouped, bare };
}
