import {
  ArgumentError,
  type Check,
  checkOptions,
  inWords,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';
import { clockTime, instantOf } from './zones.js';

export type FrequencyUnit =
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'business-day'
  | 'week'
  | '4-4-5'
  | '4-5-4'
  | '5-4-4'
  | 'month'
  | 'quarter'
  | 'year';

/** How far apart the observations of a series are: `{ unit: 'minute', every: 15 }`. */
export interface Frequency {
  /**
   * `business-day` is Monday to Friday. `4-4-5` are the months of four, four and five weeks that retailers count in, the first of
   * them at the start of the series; `4-5-4` and `5-4-4` begin elsewhere in the cycle.
   */
  readonly unit: FrequencyUnit;
  readonly every: number;
  /**
   * Of months, quarters and years: the day of the month, where the month has it, otherwise the month's last day; 31 is every month's
   * last day. Default: the day of the first observation, and 31 where that is its month's last day.
   */
  readonly dayOfMonth?: number | undefined;
}

interface Unit {
  /** As pandas abbreviates it. */
  readonly alias: string;
  /** Its length: milliseconds where that is fixed, otherwise months, or the weeks of one step after another. */
  readonly milliseconds?: number;
  readonly months?: number;
  readonly weeks?: readonly number[];
  /** Steps of the season that people expect: a day of minutes and hours, a week of days, a year of months. */
  readonly season: number;
}

const day = 86_400_000;
const week = 7 * day;

const units: Readonly<Record<FrequencyUnit, Unit>> = {
  millisecond: { alias: 'ms', milliseconds: 1, season: 1 },
  second: { alias: 's', milliseconds: 1000, season: 60 },
  minute: { alias: 'min', milliseconds: 60_000, season: 1440 },
  hour: { alias: 'h', milliseconds: 3_600_000, season: 24 },
  day: { alias: 'D', milliseconds: day, season: 7 },
  'business-day': { alias: 'B', season: 5 },
  week: { alias: 'W', milliseconds: week, season: 52 },
  '4-4-5': { alias: '4-4-5', weeks: [4, 4, 5], season: 12 },
  '4-5-4': { alias: '4-5-4', weeks: [4, 5, 4], season: 12 },
  '5-4-4': { alias: '5-4-4', weeks: [5, 4, 4], season: 12 },
  month: { alias: 'M', months: 1, season: 12 },
  quarter: { alias: 'Q', months: 3, season: 4 },
  year: { alias: 'Y', months: 12, season: 1 },
};

const unitNames = Object.keys(units) as FrequencyUnit[];

const checks = {
  unit: required(oneOf(unitNames)),
  every: required(whole({ from: 1 })),
  dayOfMonth: whole({ from: 1, to: 31 }),
};

/** The check of an option that must be a {@link Frequency}. */
export const frequencyCheck: Check<Frequency> = Object.assign(
  (argument: string, value: unknown): Frequency => {
    checkOptions<Frequency>(value, checks, argument);
    return value;
  },
  { expected: "a frequency such as { unit: 'day', every: 1 }" },
);

/** Months, quarters and years that start or end: pandas' `MS` and `ME`. */
const monthDays: Readonly<Record<string, number>> = { S: 1, E: 31 };

/**
 * Reads a frequency as pandas writes it: `ms`, `s`, `min`, `h`, `D`, `B`, `W`, `M`, `Q`, `Y`, with a count in front where it is
 * not 1 (`15min`). `MS` and `ME` are the starts and the ends of months, `M-28` their 28th, and so with `Q` and `Y`. `4-4-5`, `4-5-4` and
 * `5-4-4` are months of whole weeks.
 * @throws ArgumentError when it is none of these
 */
export function parseFrequency(text: string): Frequency {
  const weeks = unitNames.find((name) => name === text && units[name].weeks);
  if (weeks !== undefined) return { unit: weeks, every: 1 };
  const match = /^(\d*)([A-Za-z]+?)(?:(?<=[MQY])([SE])|(?<=[MQY])-(\d{1,2}))?$/.exec(text);
  const unit = unitNames.find((name) => units[name].alias === match?.[2]);
  const every = match?.[1] ? Number(match[1]) : 1;
  const dayOfMonth = monthDays[match?.[3] ?? ''] ?? (match?.[4] ? Number(match[4]) : undefined);
  if (
    unit === undefined ||
    !Number.isSafeInteger(every) ||
    every < 1 ||
    dayOfMonth === 0 ||
    dayOfMonth! > 31
  ) {
    const aliases = unitNames.map((name) => units[name].alias).join(', ');
    throw new ArgumentError('frequency', `one of ${aliases}, with a count in front (15min)`, text);
  }
  return { unit, every, ...(dayOfMonth !== undefined && { dayOfMonth }) };
}

/** The inverse of {@link parseFrequency}. */
export function formatFrequency({ unit, every, dayOfMonth }: Frequency): string {
  const { alias } = units[unit];
  const inMonth =
    dayOfMonth === undefined ? '' : dayOfMonth === 1 ? 'S' : dayOfMonth === 31 ? 'E' : `-${dayOfMonth}`;
  return `${every === 1 ? '' : every}${alias}${inMonth}`;
}

/** Steps in one season at this frequency (48 for half hours, 7 for days, 12 for months); 1 where there is none. */
export function seasonalPeriod({ unit, every }: Frequency): number {
  const period = units[unit].season / every;
  return Number.isInteger(period) ? period : 1;
}

/** Whether observations may be less than a day apart, so that their time stamps need the time of day. */
export function isWithinDay({ unit }: Frequency): boolean {
  return (units[unit].milliseconds ?? day) < day;
}

/**
 * The time `steps` steps after `time`, both in milliseconds since 1970-01-01 UTC. Days and longer steps follow the calendar and the
 * clock of the zone: midnight stays midnight across daylight saving. Months keep the day; the last day of a month goes to the last day
 * of the other, so that month ends stay month ends, unless `dayOfMonth` says otherwise.
 * @param zone its name (`Europe/Berlin`) or offset (`+01:00`). Default: none, every day has 24 hours
 */
export function addSteps(time: number, frequency: Frequency, steps: number, zone?: string): number {
  const { milliseconds } = units[frequency.unit];
  const count = steps * frequency.every;
  if (milliseconds !== undefined && (zone === undefined || milliseconds < day))
    return time + count * milliseconds;
  if (zone === undefined) return addCalendarSteps(time, frequency, count);
  // A time that daylight saving skips or repeats is not found again by the way through the clock's time.
  return count === 0 ? time : instantOf(addCalendarSteps(clockTime(time, zone), frequency, count), zone);
}

/** @param time of a clock that daylight saving never moves */
function addCalendarSteps(time: number, { unit, dayOfMonth }: Frequency, count: number): number {
  const { milliseconds, weeks, months } = units[unit];
  if (milliseconds !== undefined) return time + count * milliseconds;
  if (weeks !== undefined) {
    const cycles = Math.floor(count / weeks.length);
    const rest = weeks.slice(0, count - cycles * weeks.length);
    const cycle = weeks.reduce((sum, each) => sum + each, 0);
    return time + (cycles * cycle + rest.reduce((sum, each) => sum + each, 0)) * week;
  }
  if (months === undefined) return count === 0 ? time : addBusinessDays(time, count);
  const date = new Date(time);
  const [year, month, today] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const target = month + count * months;
  const wanted = dayOfMonth ?? (today === daysIn(year, month) ? 31 : today);
  date.setUTCFullYear(year, target, Math.min(wanted, daysIn(year, target)));
  return date.getTime();
}

/** Days since the Monday before, from 0. */
function dayOfWeek(time: number): number {
  return (new Date(time).getUTCDay() + 6) % 7;
}

/** A Saturday or Sunday counts as the Friday before. */
function addBusinessDays(time: number, count: number): number {
  const today = dayOfWeek(time);
  const target = Math.min(today, 4) + count;
  const weeks = Math.floor(target / 5);
  return time + (weeks * 7 + (target - weeks * 5) - today) * day;
}

/** @param month from 0; 12 is January of the next year */
function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
}

/** A line of times that fills gaps has at most this many times as many rows as there were observations. */
export const mostFilled = 10;

/**
 * The frequency of times in order (milliseconds since 1970-01-01 UTC): the commonest distance between neighbors, so that neither gaps
 * nor a stray time hide it; of two as common the shorter. Where some times lie off that line, a shorter distance that has all of
 * them on its line.
 * @param zone its name or offset: days, weeks and months are then those of its clock. Default: none
 * @throws ArgumentError for times that do not increase by whole milliseconds
 */
export function inferFrequency(times: ArrayLike<number>, zone?: string): Frequency {
  const clock = zone === undefined ? times : Float64Array.from(times, (time) => clockTime(time, zone));
  const daily = sameTimeOfDay(clock);
  const candidates = daily ? calendarCandidates(clock) : distanceCandidates(times);
  const line = daily ? clock : times;
  return candidates.find((frequency) => fits(line, frequency)) ?? candidates[0];
}

/**
 * The frequency with the day of the month that the times are on, where it does not follow from the first of them: 30 April may be the
 * end of April, and it may be the 30th.
 */
export function settleDayOfMonth(frequency: Frequency, times: ArrayLike<number>, zone?: string): Frequency {
  if (units[frequency.unit].months === undefined || frequency.dayOfMonth !== undefined) return frequency;
  const clock = zone === undefined ? times : Float64Array.from(times, (time) => clockTime(time, zone));
  const dayOfMonth = commonDayOfMonth(clock);
  const first = new Date(clock[0]);
  const isLast = first.getUTCDate() === daysIn(first.getUTCFullYear(), first.getUTCMonth());
  const implied = isLast ? 31 : first.getUTCDate();
  return dayOfMonth === undefined || dayOfMonth === implied ? frequency : { ...frequency, dayOfMonth };
}

/** The day that all times are on, or as near to it as their months allow; 31 for month ends. */
function commonDayOfMonth(clock: ArrayLike<number>): number | undefined {
  let latest = 0;
  let ends = true;
  for (let i = 0; i < clock.length; i++) {
    const { date, last } = dayAndLast(clock[i]);
    latest = Math.max(latest, date);
    ends &&= date === last;
  }
  if (ends) return 31;
  for (let i = 0; i < clock.length; i++) {
    const { date, last } = dayAndLast(clock[i]);
    if (date !== Math.min(latest, last)) return undefined;
  }
  return latest;
}

function dayAndLast(time: number): { date: number; last: number } {
  const date = new Date(time);
  return { date: date.getUTCDate(), last: daysIn(date.getUTCFullYear(), date.getUTCMonth()) };
}

function sameTimeOfDay(clock: ArrayLike<number>): boolean {
  const ofDay = (time: number) => ((time % day) + day) % day;
  for (let i = 1; i < clock.length; i++) if (ofDay(clock[i]) !== ofDay(clock[0])) return false;
  return true;
}

/** Whether all times are on the line that begins with the first, and the line is not much longer than they are many. */
function fits(times: ArrayLike<number>, frequency: Frequency): boolean {
  let steps = 0;
  for (let i = 0; i < times.length; i++, steps++) {
    let due = addSteps(times[0], frequency, steps);
    while (due < times[i] && steps < mostFilled * times.length) due = addSteps(times[0], frequency, ++steps);
    if (due !== times[i]) return false;
  }
  return steps <= mostFilled * times.length;
}

/** The distances that may be the step, the likeliest first. */
function likelyDistances(times: ArrayLike<number>): number[] {
  const counts = new Map<number, number>();
  let common = 0;
  for (let i = 1; i < times.length; i++) {
    const distance = times[i] - times[i - 1];
    if (!(distance >= 1 && Number.isInteger(distance))) {
      throw new ArgumentError(
        'timestamps',
        'increasing times, whole milliseconds apart',
        inWords(`${distance} ms apart`),
      );
    }
    counts.set(distance, (counts.get(distance) ?? 0) + 1);
    common = greatestCommonDivisor(common, distance);
  }
  const byCount = [...counts].sort(([a, m], [b, n]) => n - m || a - b).map(([distance]) => distance);
  const shortest = byCount.reduce((least, distance) => Math.min(least, distance), Number.POSITIVE_INFINITY);
  return [...new Set([byCount[0], shortest, common])];
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function distanceCandidates(times: ArrayLike<number>): Frequency[] {
  return likelyDistances(times).map(ofDistance);
}

/** The distance in the largest unit that it is a whole number of. */
function ofDistance(distance: number): Frequency {
  const fixed = ['week', 'day', 'hour', 'minute', 'second', 'millisecond'] as const;
  const unit = fixed.find((name) => distance % (units[name].milliseconds as number) === 0)!;
  return { unit, every: distance / (units[unit].milliseconds as number) };
}

/** Of times at the same time of day. */
function calendarCandidates(clock: ArrayLike<number>): Frequency[] {
  const distances = likelyDistances(clock);
  if (distances[0] === day && onBusinessDays(clock)) return [{ unit: 'business-day', every: 1 }];
  if (distances[0] < 28 * day) return distances.map(ofDistance);
  const months = settleDayOfMonth(ofMonths(monthsApart(clock)), clock);
  if (commonDayOfMonth(clock) !== undefined) return [months];
  const [commonest, ...shorter] = distances.map(ofDistance);
  // Months do not fit here; where nothing does, they are what the times most likely stray from.
  return [months, commonest, ...weeksInTurn(clock), ...shorter];
}

/** Whether there are weekends between the times, and no time in them. */
function onBusinessDays(clock: ArrayLike<number>): boolean {
  let weekends = 0;
  for (let i = 0; i < clock.length; i++) {
    if (dayOfWeek(clock[i]) > 4) return false;
    if (i > 0 && dayOfWeek(clock[i]) < dayOfWeek(clock[i - 1])) weekends++;
  }
  return weekends > 0;
}

function monthsApart(clock: ArrayLike<number>): number {
  let apart = 0;
  for (let i = 1; i < clock.length; i++) {
    const [from, to] = [new Date(clock[i - 1]), new Date(clock[i])];
    const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
    apart = greatestCommonDivisor(apart, months);
  }
  return Math.max(1, apart);
}

function ofMonths(months: number): Frequency {
  if (months % 12 === 0) return { unit: 'year', every: months / 12 };
  if (months % 3 === 0) return { unit: 'quarter', every: months / 3 };
  return { unit: 'month', every: months };
}

/** The turn of four, four and five weeks that the times are in. */
function weeksInTurn(clock: ArrayLike<number>): Frequency[] {
  const turns = unitNames.filter((unit) => units[unit].weeks).map((unit) => ({ unit, every: 1 }));
  return turns.filter((turn) => fits(clock, turn)).slice(0, 1);
}
