import {
  ArgumentError,
  boolean,
  type Check,
  checkOptions,
  either,
  inWords,
  type OptionChecks,
  oneOf,
  record,
  required,
  whole,
} from '@throughtime/errors';
import { clockTime, instantOf } from './zones.js';

/** What the steps of a series are counted in. {@link Frequency.unit} says what each means. */
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
   * them at the start of the series. `4-5-4` and `5-4-4` begin elsewhere in the cycle.
   */
  readonly unit: FrequencyUnit;
  /** How many units one step is, from 1: 15 with 'minute' is a quarter of an hour. */
  readonly every: number;
  /**
   * Of months, quarters and years: the day of the month, where the month has it, otherwise the month's last day; 31 is every month's
   * last day. Or the month's first or last day from Monday to Friday. Default: the day of the first observation, and 31 where that is
   * its month's last day.
   */
  readonly dayOfMonth?: number | BusinessDayOfMonth | undefined;
  /**
   * Of months of whole weeks: their year begins in the seven days from this date on, so that some years have 53 weeks; the year's last
   * month is then a week longer. Default: every year has 52 weeks.
   */
  readonly yearFrom?: DayOfYear | undefined;
  /**
   * Of steps shorter than a day: they follow the clock of the zone, so that midnight and noon stay what they are across daylight saving.
   * Default false: they are equally long.
   */
  readonly byClock?: boolean | undefined;
}

export type BusinessDayOfMonth = 'first-business-day' | 'last-business-day';

/** A date of every year; the month counted from 1. */
export interface DayOfYear {
  readonly month: number;
  readonly day: number;
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

const checks: OptionChecks<Frequency> = {
  unit: required(oneOf(unitNames)),
  every: required(whole({ from: 1 })),
  dayOfMonth: either(whole({ from: 1, to: 31 }), oneOf(['first-business-day', 'last-business-day'])),
  yearFrom: record<DayOfYear>({
    month: required(whole({ from: 1, to: 12 })),
    day: required(whole({ from: 1, to: 31 })),
  }),
  byClock: boolean,
};

/** The check of an option that must be a {@link Frequency}. */
export const frequencyCheck: Check<Frequency> = Object.assign(
  (argument: string, value: unknown): Frequency => {
    checkOptions<Frequency>(value, checks, argument);
    return value;
  },
  { expected: "a frequency such as { unit: 'day', every: 1 }" },
);

/** Months, quarters and years that start or end, on any day or from Monday to Friday: pandas' `MS`, `ME`, `BMS` and `BME`. */
const monthDays: readonly (readonly [alias: string, dayOfMonth: number | BusinessDayOfMonth])[] = [
  ['S', 1],
  ['E', 31],
  ['BS', 'first-business-day'],
  ['BE', 'last-business-day'],
];

/**
 * Reads a frequency as pandas writes it: `ms`, `s`, `min`, `h`, `D`, `B`, `W`, `M`, `Q`, `Y`, with a count in front where it is
 * not 1 (`15min`). `MS` and `ME` are the starts and the ends of months, `BMS` and `BME` their first and last business days, `M-28` their
 * 28th, and so with `Q` and `Y`. `4-4-5`, `4-5-4` and `5-4-4` are months of whole weeks; `4-5-4/01-29` those of years that begin in
 * the seven days from 29 January on. `12h/clock` are hours of the clock, whatever daylight saving does.
 * @throws ArgumentError when it is none of these
 */
export function parseFrequency(text: string): Frequency {
  const found = ofWholeWeeks(text) ?? ofAlias(text);
  if (found !== undefined) return found;
  const edges = ['M', 'Q', 'Y'].flatMap((alias) => [`${alias}S`, `${alias}E`]);
  const aliases = [...unitNames.map((name) => units[name].alias), ...edges].join(', ');
  throw new ArgumentError('frequency', `one of ${aliases}, with a count in front (15min)`, text);
}

function ofWholeWeeks(text: string): Frequency | undefined {
  const match = /^(\d-\d-\d)(?:\/(\d\d)-(\d\d))?$/.exec(text);
  const unit = unitNames.find((name) => name === match?.[1] && units[name].weeks);
  if (match === null || unit === undefined) return undefined;
  if (match[2] === undefined) return { unit, every: 1 };
  const [month, day] = [Number(match[2]), Number(match[3])];
  // In a leap year, which has every date.
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(2000, month - 1);
  return isDate ? { unit, every: 1, yearFrom: { month, day } } : undefined;
}

function ofAlias(text: string): Frequency | undefined {
  const match =
    /^(\d*)(B(?=[MQY][SE]$))?([A-Za-z]+?)(?:(?<=[MQY])([SE])|(?<=[MQY])-(\d{1,2})|(\/clock))?$/.exec(text);
  if (match === null) return undefined;
  const [, count, business = '', alias, edge, ofMonth, clock] = match;
  const unit = unitNames.find((name) => units[name].alias === alias && units[name].weeks === undefined);
  const every = count ? Number(count) : 1;
  if (unit === undefined || !Number.isSafeInteger(every) || every < 1) return undefined;
  if (clock !== undefined) return isWithinDay({ unit }) ? { unit, every, byClock: true } : undefined;
  const [, named] = monthDays.find(([name]) => name === `${business}${edge}`) ?? [];
  const dayOfMonth = ofMonth === undefined ? named : Number(ofMonth);
  if (dayOfMonth === undefined) return { unit, every };
  return dayOfMonth === 0 || Number(dayOfMonth) > 31 ? undefined : { unit, every, dayOfMonth };
}

/** The inverse of {@link parseFrequency}. */
export function formatFrequency({ unit, every, dayOfMonth, yearFrom, byClock = false }: Frequency): string {
  const { alias } = units[unit];
  const count = every === 1 ? '' : String(every);
  const [named] = monthDays.find(([, day]) => day === dayOfMonth) ?? [];
  if (named !== undefined) return `${count}${named.slice(0, -1)}${alias}${named.slice(-1)}`;
  if (dayOfMonth !== undefined) return `${count}${alias}-${dayOfMonth}`;
  const digits = (value: number) => String(value).padStart(2, '0');
  const year = yearFrom && `/${digits(yearFrom.month)}-${digits(yearFrom.day)}`;
  return `${count}${alias}${year ?? ''}${byClock ? '/clock' : ''}`;
}

/** Steps in one season at this frequency (48 for half hours, 7 for days, 12 for months); 1 where there is none. */
export function seasonalPeriod({ unit, every }: Frequency): number {
  const period = units[unit].season / every;
  return Number.isInteger(period) ? period : 1;
}

/** Whether observations may be less than a day apart, so that their time stamps need the time of day. */
export function isWithinDay({ unit }: Pick<Frequency, 'unit'>): boolean {
  return (units[unit].milliseconds ?? day) < day;
}

/**
 * The time `steps` steps after `time`, both in milliseconds since 1970-01-01 UTC. Days and longer steps, and hours `byClock`, follow the
 * calendar and the clock of the zone: midnight stays midnight across daylight saving. Months keep the day; the last day of a month goes to
 * the last day of the other, so that month ends stay month ends, unless `dayOfMonth` says otherwise.
 * @param zone its name (`Europe/Berlin`) or offset (`+01:00`). Default: none, every day has 24 hours
 */
export function addSteps(time: number, frequency: Frequency, steps: number, zone?: string): number {
  const { milliseconds } = units[frequency.unit];
  const count = steps * frequency.every;
  if (milliseconds !== undefined && (zone === undefined || (milliseconds < day && !frequency.byClock)))
    return time + count * milliseconds;
  if (zone === undefined) return addCalendarSteps(time, frequency, count);
  // A time that daylight saving skips or repeats is not found again by the way through the clock's time.
  return count === 0 ? time : instantOf(addCalendarSteps(clockTime(time, zone), frequency, count), zone);
}

/** @param time of a clock that daylight saving never moves */
function addCalendarSteps(time: number, { unit, dayOfMonth, yearFrom }: Frequency, count: number): number {
  const { milliseconds, weeks, months } = units[unit];
  if (milliseconds !== undefined) return time + count * milliseconds;
  if (weeks !== undefined) {
    if (yearFrom !== undefined) return addMonthsOfWeeks(time, { weeks, yearFrom }, count);
    return time + weeksBefore(weeks, count) * week;
  }
  if (months === undefined) return count === 0 ? time : addBusinessDays(time, count);
  const date = new Date(time);
  const [year, month, today] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const target = month + count * months;
  const wanted = dayOfMonth ?? (today === daysIn(year, month) ? 31 : today);
  date.setUTCFullYear(year, target, dayIn(year, target, wanted));
  return date.getTime();
}

/** The day of a month. @param month from 0; 12 is January of the next year */
function dayIn(year: number, month: number, wanted: number | BusinessDayOfMonth): number {
  const last = daysIn(year, month);
  if (typeof wanted === 'number') return Math.min(wanted, last);
  const date = new Date(0);
  if (wanted === 'last-business-day') {
    date.setUTCFullYear(year, month, last);
    return last - Math.max(0, dayOfWeek(date.getTime()) - 4);
  }
  date.setUTCFullYear(year, month, 1);
  const first = dayOfWeek(date.getTime());
  return first > 4 ? 8 - first : 1;
}

/** The weeks of `count` months of whole weeks, which may be negative. */
function weeksBefore(weeks: readonly number[], count: number): number {
  const cycles = Math.floor(count / weeks.length);
  const sum = (some: readonly number[]) => some.reduce((all, each) => all + each, 0);
  return cycles * sum(weeks) + sum(weeks.slice(0, count - cycles * weeks.length));
}

interface YearsOfWeeks {
  readonly weeks: readonly number[];
  readonly yearFrom: DayOfYear;
}

const monthsOfYear = 12;

/** Months of whole weeks whose year begins on the same day of the week, in the seven days from a date on. */
function addMonthsOfWeeks(time: number, { weeks, yearFrom }: YearsOfWeeks, count: number): number {
  const startOf = (year: number) => {
    const from = new Date(time);
    from.setUTCFullYear(year, yearFrom.month - 1, yearFrom.day);
    return from.getTime() + ((dayOfWeek(time) - dayOfWeek(from.getTime()) + 7) % 7) * day;
  };
  let year = new Date(time).getUTCFullYear();
  if (startOf(year) > time) year--;
  else if (startOf(year + 1) <= time) year++;
  const passed = (time - startOf(year)) / week;
  let month = 0;
  while (month + 1 < monthsOfYear && weeksBefore(weeks, month + 1) <= passed) month++;
  const target = month + count;
  const years = Math.floor(target / monthsOfYear);
  return startOf(year + years) + weeksBefore(weeks, target - years * monthsOfYear) * week;
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
  const [commonest, ...others] = candidates;
  if (fits(line, commonest)) return commonest;
  // Half days of a clock are 11 or 13 hours long where it is moved.
  if (!daily && zone !== undefined && isIncreasing(clock)) {
    const [ofClock] = distanceCandidates(clock);
    if (isWithinDay(ofClock) && fits(clock, ofClock)) return { ...ofClock, byClock: true };
  }
  return others.find((frequency) => fits(line, frequency)) ?? commonest;
}

function isIncreasing(times: ArrayLike<number>): boolean {
  for (let i = 1; i < times.length; i++) if (!(times[i] > times[i - 1])) return false;
  return true;
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
function commonDayOfMonth(clock: ArrayLike<number>): number | BusinessDayOfMonth | undefined {
  let latest = 0;
  for (let i = 0; i < clock.length; i++) latest = Math.max(latest, new Date(clock[i]).getUTCDate());
  const all = (wanted: number | BusinessDayOfMonth) => {
    for (let i = 0; i < clock.length; i++) {
      const date = new Date(clock[i]);
      if (date.getUTCDate() !== dayIn(date.getUTCFullYear(), date.getUTCMonth(), wanted)) return false;
    }
    return true;
  };
  return ([31, latest, 'last-business-day', 'first-business-day'] as const).find(all);
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
  return [months, commonest, ...weeksInTurn(clock), ...yearsOfWeeks(clock), ...shorter];
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

/**
 * Months of whole weeks, some of whose years have 53 of them. Their years begin, or end, on the day of the week nearest to the end of a
 * month, or on its last one in the month.
 */
function yearsOfWeeks(clock: ArrayLike<number>): Frequency[] {
  for (let i = 1; i < clock.length; i++) if ((clock[i] - clock[i - 1]) % week !== 0) return [];
  const turns = unitNames.filter((unit) => units[unit].weeks);
  // Retailers' years end around the end of January, most others with the calendar's.
  const months = [1, 12, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
  // Windows that begin three and six days before the month's end hold years' last days; their first days are a day later.
  const [ends, starts] = [
    [3, 6],
    [2, 5],
  ];
  // Sundays and Mondays begin a week, other days end one.
  const windows = [6, 0].includes(dayOfWeek(clock[0])) ? [...starts, ...ends] : [...ends, ...starts];
  for (const month of months) {
    for (const before of windows) {
      const from = new Date(Date.UTC(2001, month, -before));
      const yearFrom = { month: from.getUTCMonth() + 1, day: from.getUTCDate() };
      const found = turns
        .map((unit): Frequency => ({ unit, every: 1, yearFrom }))
        .find((frequency) => fits(clock, frequency));
      if (found !== undefined) return [found];
    }
  }
  return [];
}
