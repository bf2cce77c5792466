import { clockTime, type Timeline, timestampAt } from '@throughtime/datasets';
import {
  type Check,
  checkOptions,
  list,
  type OptionChecks,
  oneOf,
  required,
  whole,
} from '@throughtime/errors';

/**
 * What a model may know of a time stamp, past or future:
 * - `hour-of-day` (24 numbers), `day-of-week` (7), `month-of-year` (12): 1 for the one it is, 0 for the others
 * - `day-of-year`: sine and cosine of one, two and three turns per year (6), smooth over new year
 */
export type CalendarFeature = 'hour-of-day' | 'day-of-week' | 'month-of-year' | 'day-of-year';

const day = 86_400_000;

const encoders: Readonly<
  Record<CalendarFeature, { readonly size: number; readonly write: (date: Date, to: Float64Array) => void }>
> = {
  'hour-of-day': oneHot(24, (date) => date.getUTCHours()),
  'day-of-week': oneHot(7, (date) => date.getUTCDay()),
  'month-of-year': oneHot(12, (date) => date.getUTCMonth()),
  'day-of-year': {
    size: 6,
    write(date, to) {
      const start = Date.UTC(date.getUTCFullYear(), 0);
      const turn = (2 * Math.PI * (date.getTime() - start)) / (365.2425 * day);
      for (let order = 1; order <= 3; order++) {
        to[2 * order - 2] = Math.sin(order * turn);
        to[2 * order - 1] = Math.cos(order * turn);
      }
    },
  },
};

function oneHot(size: number, category: (date: Date) => number) {
  return {
    size,
    write(date: Date, to: Float64Array) {
      to.fill(0);
      to[category(date)] = 1;
    },
  };
}

/** The check of an option that must be a list of features. */
export const calendarCheck = list(oneOf(Object.keys(encoders))) as Check<readonly CalendarFeature[]>;

/** How many numbers these features are together. */
export function calendarWidth(features: readonly CalendarFeature[]): number {
  return features.reduce((sum, feature) => sum + encoders[feature].size, 0);
}

/** Which times of a timeline. */
export interface CalendarRange {
  /** The number of the first. Default 0. */
  readonly from?: number;
  /** The number after the last. */
  readonly to: number;
}

const rangeChecks: OptionChecks<CalendarRange> = { from: whole(), to: required(whole()) };

/**
 * The features of the times numbered from..to-1 on a timeline, by the clock and the calendar of its zone, [to - from, calendarWidth].
 * @throws ArgumentError for an unknown feature
 */
export function calendarFeatures(
  timeline: Timeline,
  features: readonly CalendarFeature[],
  range: CalendarRange,
): Float64Array {
  calendarCheck('calendar', features);
  checkOptions<CalendarRange>(range, rangeChecks);
  const { from = 0, to } = range;
  const width = calendarWidth(features);
  const values = new Float64Array(Math.max(0, to - from) * width);
  for (let row = 0; row < to - from; row++) {
    const time = timestampAt(timeline, from + row);
    const date = new Date(timeline.zone === undefined ? time : clockTime(time, timeline.zone));
    let at = row * width;
    for (const feature of features) {
      const { size, write } = encoders[feature];
      write(date, values.subarray(at, at + size));
      at += size;
    }
  }
  return values;
}
