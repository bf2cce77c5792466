import { type Frequency, isWithinDay } from './frequency.js';

const pattern =
  /^(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Reads `1949`, `1949-01`, `1949-01-31`, `1949-01-31 12:00[:00[.000]]` (also with `/` or `T`), with an optional zone. Without a
 * zone the time is UTC, so that a file means the same everywhere.
 * @returns milliseconds since 1970-01-01 UTC, or undefined when `text` is no such time
 */
export function parseTimestamp(text: string): number | undefined {
  const match = pattern.exec(text.trim());
  if (!match) return undefined;
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((field) => (field === undefined ? undefined : Number(field)));
  const zone = match[8];
  if (zone !== undefined && match[4] === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year!, month - 1, day);
  date.setUTCHours(hour, minute, second, Number((match[7] ?? '').padEnd(3, '0')));
  // 30 February or 25:00 would have carried over into other fields.
  const intact =
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    date.getUTCHours() === hour &&
    date.getUTCMinutes() === minute &&
    date.getUTCSeconds() === second;
  return intact ? date.getTime() - zoneOffset(zone) : undefined;
}

function zoneOffset(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const digits = zone.replace(/\D/g, '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/**
 * The inverse of {@link parseTimestamp}: `2012-01-31`, or `2012-01-31T06:00:00Z`.
 * @param time milliseconds since 1970-01-01 UTC
 * @param frequency the frequency of the series, so that all its time stamps look alike: dates alone for days and longer.
 *   Default: the shortest form, the date alone at midnight
 */
export function formatTimestamp(time: number, frequency?: Frequency): string {
  const text = new Date(time).toISOString().replace('.000Z', 'Z');
  const isDate = frequency ? !isWithinDay(frequency) : text.endsWith('T00:00:00Z');
  return isDate ? text.slice(0, text.indexOf('T')) : text;
}
