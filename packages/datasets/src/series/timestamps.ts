import { type Frequency, isWithinDay } from './frequency.js';
import { clockTime, formatOffset, instantOf } from './zones.js';

const pattern =
  /^(\d{4})(?:([-/.])(\d{1,2})(?:\2(\d{1,2})(?:[Tt ] ?(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?)?)?( ?(?:Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$/;

/** A time as it was written. */
export interface WrittenTime {
  /** What the clock showed, in milliseconds since 1970-01-01 of a clock that is never moved. */
  readonly clock: number;
  /** How far that clock was ahead of UTC, in minutes; undefined where no zone was written. */
  readonly offset: number | undefined;
}

/**
 * Reads a time such as {@link parseTimestamp} reads, with its zone.
 * @returns undefined when `text` is no such time
 */
export function readTimestamp(text: string): WrittenTime | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  // 1949.12 is a number.
  if (match[2] === '.' && match[4] === undefined) return undefined;
  const zone = match[9]?.trim();
  if (zone !== undefined && match[5] === undefined) return undefined;
  const year = Number(match[1]);
  const [month, day] = [Number(match[3] ?? 1), Number(match[4] ?? 1)];
  const [hour, minute, second] = [Number(match[5] ?? 0), Number(match[6] ?? 0), Number(match[7] ?? 0)];
  const milliseconds = Number((match[8] ?? '').slice(0, 3).padEnd(3, '0'));
  const clock = clockTimeOf([year, month, day, hour, minute, second, milliseconds]);
  return clock === undefined ? undefined : { clock, offset: offsetOf(zone) };
}

/** The fields of a time from the year, the month counted from 1. Undefined for 30 February or 25:00. */
export function clockTimeOf(fields: readonly number[]): number | undefined {
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0, millisecond = 0] = fields;
  const date = new Date(0);
  // Date.UTC would read years below 100 as 19xx.
  date.setUTCFullYear(year, month - 1, day);
  // ISO 8601 calls the end of a day 24:00.
  date.setUTCHours(hour, minute, second, millisecond);
  const dayEnds = hour === 24 && minute === 0 && second === 0;
  const intact =
    (dayEnds || (date.getUTCMonth() === month - 1 && date.getUTCDate() === day)) &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    (day <= 28 || day <= new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()) &&
    hour <= 24 &&
    (hour < 24 || dayEnds) &&
    minute < 60 &&
    second < 60;
  return intact ? date.getTime() : undefined;
}

/** Minutes ahead of UTC that `Z`, `UTC`, `+01`, `+0100` or `+01:00` stand for; undefined for none. */
export function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined;
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return zone.startsWith('-') ? -minutes : minutes;
}

/**
 * Reads `1949`, `1949-01`, `1949-01-31`, `1949-01-31 12:00[:00[.000]]` (also with `/`, `.` or `T`), with an optional zone. Without a
 * zone the time is UTC, so that a file means the same everywhere.
 * @returns milliseconds since 1970-01-01 UTC, or undefined when `text` is no such time
 */
export function parseTimestamp(text: string): number | undefined {
  const written = readTimestamp(text);
  return written && written.clock - (written.offset ?? 0) * 60_000;
}

/**
 * The inverse of {@link parseTimestamp}: `2012-01-31`, `2012-01-31T06:00:00`, with a zone `2012-01-31T06:00:00+01:00`.
 * @param time milliseconds since 1970-01-01 UTC
 * @param frequency the frequency of the series, so that its time stamps look alike: the date alone at midnight is for days and longer.
 *   Default: the date alone at midnight
 * @param zone the zone whose clock is shown. Default: none, the time is taken as its own clock's
 */
export function formatTimestamp(time: number, frequency?: Frequency, zone?: string): string {
  const clock = zone === undefined ? time : clockTime(time, zone);
  const text = new Date(clock).toISOString().replace(/(\.000)?Z$/, '');
  const date = text.slice(0, text.indexOf('T'));
  if (frequency === undefined ? text.endsWith('T00:00:00') : !isWithinDay(frequency)) {
    if (text.endsWith('T00:00:00')) return date;
    // Where daylight saving skips midnight, the day begins later.
    const midnight = Date.parse(`${date}T00:00:00Z`);
    if (frequency !== undefined && zone !== undefined && instantOf(midnight, zone) === time) return date;
  }
  return zone === undefined ? text : text + formatOffset(zone, time);
}
