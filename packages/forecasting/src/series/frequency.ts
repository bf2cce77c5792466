import { InvalidOptionError } from '../errors.js';

export type FrequencyUnit = 'second' | 'minute' | 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How far apart the values of a series are: `{ unit: 'minute', every: 15 }`. */
export interface Frequency {
  readonly unit: FrequencyUnit;
  readonly every: number;
}

const unitOfAlias: Readonly<Record<string, FrequencyUnit>> = {
  s: 'second',
  min: 'minute',
  h: 'hour',
  D: 'day',
  W: 'week',
  M: 'month',
  Q: 'quarter',
  Y: 'year',
};

const milliseconds: Readonly<Partial<Record<FrequencyUnit, number>>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
};

const monthsOf: Readonly<Partial<Record<FrequencyUnit, number>>> = { month: 1, quarter: 3, year: 12 };

/** The season that people expect at each frequency, in steps: a day of hours, a week of days, a year of months. */
const seasonOf: Readonly<Record<FrequencyUnit, number>> = {
  second: 60,
  minute: 60,
  hour: 24,
  day: 7,
  week: 52,
  month: 12,
  quarter: 4,
  year: 1,
};

/**
 * Reads a frequency as pandas writes it: `s`, `min`, `h`, `D`, `W`, `M`, `Q`, `Y`, with a count in front where it is
 * not 1 (`15min`).
 * @throws InvalidOptionError when it is none of these
 */
export function parseFrequency(text: string): Frequency {
  const match = /^(\d*)([A-Za-z]+)$/.exec(text);
  const unit = match === null ? undefined : unitOfAlias[match[2]];
  const every = match === null || match[1] === '' ? 1 : Number(match[1]);
  if (unit === undefined || every < 1) {
    throw new InvalidOptionError(
      'frequency',
      's, min, h, D, W, M, Q or Y, with a count in front (15min)',
      text,
    );
  }
  return { unit, every };
}

/** The inverse of {@link parseFrequency}. */
export function formatFrequency({ unit, every }: Frequency): string {
  const alias = Object.keys(unitOfAlias).find((key) => unitOfAlias[key] === unit) as string;
  return every === 1 ? alias : `${every}${alias}`;
}

/** Steps in one season at this frequency (7 for days, 12 for months), 1 where there is none. */
export function seasonalPeriod({ unit, every }: Frequency): number {
  const period = seasonOf[unit] / every;
  return Number.isInteger(period) ? period : 1;
}

/** The time `steps` after `start`, both in milliseconds since 1970 in UTC. */
export function advance(start: number, { unit, every }: Frequency, steps: number): number {
  const length = milliseconds[unit];
  if (length !== undefined) return start + steps * every * length;
  const date = new Date(start);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const target = month + steps * every * (monthsOf[unit] as number);
  // The last day of a month goes to the last day of the other, so that month ends stay month ends.
  const last = daysIn(year, target);
  date.setUTCFullYear(year, target, day === daysIn(year, month) ? last : Math.min(day, last));
  return date.getTime();
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
}

/**
 * The frequency of time stamps in order (milliseconds since 1970, UTC), from the shortest distance between neighbours,
 * so that a few gaps do not hide it.
 * @throws InvalidOptionError when no frequency of ours has that distance
 */
export function inferFrequency(timestamps: ArrayLike<number>): Frequency {
  let index = 1;
  for (let i = 2; i < timestamps.length; i++) {
    if (timestamps[i] - timestamps[i - 1] < timestamps[index] - timestamps[index - 1]) index = i;
  }
  const distance = timestamps[index] - timestamps[index - 1];
  const day = 86_400_000;
  if (distance >= 28 * day) return inferMonths(timestamps);
  for (const unit of ['week', 'day', 'hour', 'minute', 'second'] as const) {
    const every = distance / (milliseconds[unit] as number);
    if (every >= 1 && Number.isInteger(every)) return { unit, every };
  }
  throw new InvalidOptionError('timestamps', 'increasing times, whole seconds apart', `${distance} ms apart`);
}

function inferMonths(timestamps: ArrayLike<number>): Frequency {
  let months = Number.POSITIVE_INFINITY;
  for (let i = 1; i < timestamps.length; i++) {
    const [from, to] = [new Date(timestamps[i - 1]), new Date(timestamps[i])];
    const apart = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
    months = Math.min(months, apart);
  }
  if (months >= 12 && months % 12 === 0) return { unit: 'year', every: months / 12 };
  if (months >= 3 && months % 3 === 0) return { unit: 'quarter', every: months / 3 };
  return { unit: 'month', every: Math.max(1, months) };
}
