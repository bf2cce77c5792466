import {
  ArgumentError,
  type Check,
  checkOptions,
  inWords,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';

export type FrequencyUnit =
  | 'millisecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year';

/** How far apart the observations of a series are: `{ unit: 'minute', every: 15 }`. */
export interface Frequency {
  readonly unit: FrequencyUnit;
  readonly every: number;
}

interface Unit {
  /** As pandas abbreviates it. */
  readonly alias: string;
  /** Its length in milliseconds if that is fixed, otherwise in months. */
  readonly milliseconds?: number;
  readonly months?: number;
  /** Steps of the season that people expect: a day of hours, a week of days, a year of months. */
  readonly season: number;
}

const day = 86_400_000;

const units: Readonly<Record<FrequencyUnit, Unit>> = {
  millisecond: { alias: 'ms', milliseconds: 1, season: 1 },
  second: { alias: 's', milliseconds: 1000, season: 60 },
  minute: { alias: 'min', milliseconds: 60_000, season: 60 },
  hour: { alias: 'h', milliseconds: 3_600_000, season: 24 },
  day: { alias: 'D', milliseconds: day, season: 7 },
  week: { alias: 'W', milliseconds: 7 * day, season: 52 },
  month: { alias: 'M', months: 1, season: 12 },
  quarter: { alias: 'Q', months: 3, season: 4 },
  year: { alias: 'Y', months: 12, season: 1 },
};

const unitNames = Object.keys(units) as FrequencyUnit[];

const checks = { unit: required(oneOf(unitNames)), every: required(whole({ from: 1 })) };

/** The check of an option that must be a {@link Frequency}. */
export const frequencyCheck: Check<Frequency> = Object.assign(
  (argument: string, value: unknown): Frequency => {
    checkOptions<Frequency>(value, checks, argument);
    return value;
  },
  { expected: "a frequency such as { unit: 'day', every: 1 }" },
);

/**
 * Reads a frequency as pandas writes it: `ms`, `s`, `min`, `h`, `D`, `W`, `M`, `Q`, `Y`, with a count in front where it is
 * not 1 (`15min`).
 * @throws ArgumentError when it is none of these
 */
export function parseFrequency(text: string): Frequency {
  const match = /^(\d*)([A-Za-z]+)$/.exec(text);
  const unit = unitNames.find((name) => units[name].alias === match?.[2]);
  const every = match?.[1] ? Number(match[1]) : 1;
  if (unit === undefined || !Number.isSafeInteger(every) || every < 1) {
    const aliases = unitNames.map((name) => units[name].alias).join(', ');
    throw new ArgumentError('frequency', `one of ${aliases}, with a count in front (15min)`, text);
  }
  return { unit, every };
}

/** The inverse of {@link parseFrequency}. */
export function formatFrequency({ unit, every }: Frequency): string {
  return every === 1 ? units[unit].alias : `${every}${units[unit].alias}`;
}

/** Steps in one season at this frequency (7 for days, 12 for months); 1 where there is none. */
export function seasonalPeriod({ unit, every }: Frequency): number {
  const period = units[unit].season / every;
  return Number.isInteger(period) ? period : 1;
}

/** Whether observations may be less than a day apart, so that their time stamps need the time of day. */
export function isWithinDay({ unit }: Frequency): boolean {
  return (units[unit].milliseconds ?? day) < day;
}

/**
 * The time `steps` steps after `time`, both in milliseconds since 1970-01-01 UTC. Months keep the day; the last day of a
 * month goes to the last day of the other, so that month ends stay month ends.
 */
export function addSteps(time: number, { unit, every }: Frequency, steps: number): number {
  const { milliseconds, months = 0 } = units[unit];
  if (milliseconds !== undefined) return time + steps * every * milliseconds;
  const date = new Date(time);
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const target = month + steps * every * months;
  const last = daysIn(year, target);
  date.setUTCFullYear(year, target, dayOfMonth === daysIn(year, month) ? last : Math.min(dayOfMonth, last));
  return date.getTime();
}

/** @param month from 0; 12 is January of the next year */
function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
}

/**
 * The frequency of times in order (milliseconds since 1970-01-01 UTC), from the shortest distance between neighbors, so
 * that a few gaps do not hide it.
 * @throws ArgumentError when no frequency of ours has that distance
 */
export function inferFrequency(times: ArrayLike<number>): Frequency {
  let index = 1;
  for (let i = 2; i < times.length; i++) {
    if (times[i] - times[i - 1] < times[index] - times[index - 1]) index = i;
  }
  const distance = times[index] - times[index - 1];
  if (distance >= 28 * day) return inferMonths(times);
  for (const unit of ['week', 'day', 'hour', 'minute', 'second'] as const) {
    const every = distance / (units[unit].milliseconds as number);
    if (every >= 1 && Number.isInteger(every)) return { unit, every };
  }
  throw new ArgumentError(
    'timestamps',
    'increasing times, whole seconds apart',
    inWords(`${distance} ms apart`),
  );
}

function inferMonths(times: ArrayLike<number>): Frequency {
  let months = Number.POSITIVE_INFINITY;
  for (let i = 1; i < times.length; i++) {
    const [from, to] = [new Date(times[i - 1]), new Date(times[i])];
    const apart = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
    months = Math.min(months, apart);
  }
  if (months >= 12 && months % 12 === 0) return { unit: 'year', every: months / 12 };
  if (months >= 3 && months % 3 === 0) return { unit: 'quarter', every: months / 3 };
  return { unit: 'month', every: Math.max(1, months) };
}
