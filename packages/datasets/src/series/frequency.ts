import { InvalidArgumentError } from '../errors.js';
import type { SeriesDraft } from './draft.js';
import { SeriesFormatError } from './series-errors.js';
import { formatTimeStamp } from './time-stamps.js';

/** How far observations lie apart; a number is milliseconds. */
export type Frequency = 'yearly' | 'quarterly' | 'monthly' | 'weekly' | 'daily' | 'hourly' | number;

const day = 86_400_000;
const months: Readonly<Record<string, number>> = { yearly: 12, quarterly: 3, monthly: 1 };
const milliseconds: Readonly<Record<string, number>> = { weekly: 7 * day, daily: day, hourly: day / 24 };

/**
 * Makes the series evenly spaced: a time at which nothing was observed becomes a row of missing values.
 * @throws SeriesFormatError when an observation lies between the times; InvalidArgumentError for an unknown frequency
 */
export function fillGaps(draft: SeriesDraft, frequency: Frequency): SeriesDraft {
  const { times, columns, values } = draft;
  if (!times) throw new SeriesFormatError('frequency: expected a series with time stamps, got one without');
  if (draft.length === 0) return draft;
  const at = timeline(times[0], frequency);
  /** For each time of the line: the observation made then, or -1. */
  const sources: number[] = [];
  const line: number[] = [];
  for (let index = 0; index < draft.length; ) {
    const due = at(line.length);
    if (times[index] < due) {
      throw new SeriesFormatError(
        `frequency: ${draft.where(index)} does not fit ${frequency} observations from ` +
          `${formatTimeStamp(times[0])}; expected ${formatTimeStamp(due)}`,
      );
    }
    line.push(due);
    sources.push(times[index] === due ? index++ : -1);
  }
  const spread = (known: Float64Array) =>
    Float64Array.from(sources, (source) => (source < 0 ? Number.NaN : known[source]));
  return {
    length: line.length,
    times: Float64Array.from(line),
    columns,
    values: Object.fromEntries(columns.map((column) => [column, spread(values[column])])),
    where: (index) =>
      sources[index] < 0 ? `${formatTimeStamp(line[index])} (no such row)` : draft.where(sources[index]),
  };
}

function timeline(first: number, frequency: Frequency): (step: number) => number {
  const step = typeof frequency === 'number' ? frequency : milliseconds[frequency];
  if (step !== undefined) {
    if (!(step > 0)) throw new InvalidArgumentError('frequency', 'a positive number of milliseconds', step);
    return (index) => first + index * step;
  }
  const stride = months[frequency];
  if (stride === undefined) {
    const known = [...Object.keys(months), ...Object.keys(milliseconds)].join(', ');
    throw new InvalidArgumentError('frequency', `one of ${known}, or milliseconds`, frequency);
  }
  return (index) => addMonths(first, index * stride);
}

/** The same day of a later month; the last day of a month goes to the last day of the other. */
function addMonths(from: number, count: number): number {
  const date = new Date(from);
  const [year, month, dayOfMonth] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const isLast = dayOfMonth === daysIn(year, month);
  const days = daysIn(year, month + count);
  date.setUTCFullYear(year, month + count, isLast ? days : Math.min(dayOfMonth, days));
  return date.getTime();
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month + 1, 0);
  return date.getUTCDate();
}
