import {
  ArgumentError,
  type Check,
  checkOptions,
  inWords,
  number,
  type OptionChecks,
  oneOf,
  record,
  required,
  whole,
} from '@throughtime/errors';
import {
  addSteps,
  type Frequency,
  formatFrequency,
  frequencyCheck,
  inferFrequency,
  mostFilled,
  settleDayOfMonth,
} from './frequency.js';
import { TimestampGapError, UnevenTimestampsError } from './series-errors.js';
import { formatTimestamp } from './timestamps.js';
import { zoneCheck } from './zones.js';

/** When the values of a series were taken: the first at `start`, the others at equal steps. */
export interface Timeline {
  /** Milliseconds since 1970 in UTC; where no zone is known, of a clock that is taken for UTC's. */
  readonly start: number;
  /** The step from one row to the next. */
  readonly frequency: Frequency;
  /** The zone whose clock and calendar the series follows: its name or offset. Default: none is known. */
  readonly zone?: string | undefined;
  /**
   * What steps are counted from, where that is not `start`: so the part of a series of month ends that begins in February keeps its
   * month ends. {@link shiftTimeline} sets it.
   */
  readonly anchor?: { readonly time: number; readonly steps: number } | undefined;
}

/** The check of an option that must be a {@link Timeline}. */
export const timelineCheck: Check<Timeline> = record<Timeline>({
  start: required(number()),
  frequency: required(frequencyCheck),
  zone: zoneCheck,
  anchor: record<NonNullable<Timeline['anchor']>>({ time: required(number()), steps: required(whole()) }),
});

/** The time of row `index`, in milliseconds since 1970 in UTC; rows past the end of a series are its future. */
export function timestampAt({ start, frequency, zone, anchor }: Timeline, index: number): number {
  const { time, steps } = anchor ?? { time: start, steps: 0 };
  return addSteps(time, frequency, steps + index, zone);
}

/** The time of row `index` as text, in the series' zone. */
export function formatRowTime(timeline: Timeline, index: number): string {
  return formatTimestamp(timestampAt(timeline, index), timeline.frequency, timeline.zone);
}

/** The timeline whose row 0 is row `steps` of this one. Every row keeps its time. */
export function shiftTimeline(timeline: Timeline, steps: number): Timeline {
  if (steps === 0) return timeline;
  const { start, anchor = { time: start, steps: 0 } } = timeline;
  return {
    ...timeline,
    start: timestampAt(timeline, steps),
    anchor: { time: anchor.time, steps: anchor.steps + steps },
  };
}

/** How time stamps become rows at equal steps. */
export interface AlignOptions {
  /** Default: inferred from the commonest distance. */
  readonly frequency?: Frequency | undefined;
  /** The zone whose clock and calendar the time stamps follow. Default: none. */
  readonly zone?: string | undefined;
  /**
   * What a gap in the time stamps is: 'error' (default, as a silent gap shifts every season after it) or 'missing', rows
   * without a position.
   */
  readonly gaps?: 'error' | 'missing' | undefined;
}

/** The checks of {@link AlignOptions}, for functions that pass them on. */
export const alignChecks: OptionChecks<AlignOptions> = {
  frequency: frequencyCheck,
  zone: zoneCheck,
  gaps: oneOf(['error', 'missing']),
};

/** A timeline, and which row each time stamp belongs to. */
export interface AlignedTimestamps {
  /** Equal steps from the first time stamp to the last. */
  readonly timeline: Timeline;
  /** For each row of the timeline, the position of its time stamp in the input, or -1 in a gap. */
  readonly positions: Int32Array;
}

/**
 * Lays time stamps on a timeline.
 * @param timestamps milliseconds since 1970 (UTC), increasing
 * @throws TimestampGapError where a time stamp is missing, and gaps are errors
 * @throws UnevenTimestampsError where a time stamp lies between two times of the line, or where gaps would make the line more than ten
 * times as long as there are time stamps
 */
export function alignTimestamps(
  timestamps: ArrayLike<number>,
  options: AlignOptions = {},
): AlignedTimestamps {
  checkOptions<AlignOptions>(options, alignChecks);
  const { frequency, zone, gaps = 'error' } = options;
  if (timestamps.length < 2 && frequency === undefined) {
    throw new ArgumentError('timestamps', 'at least two', timestamps.length);
  }
  for (let i = 1; i < timestamps.length; i++) {
    if (!(timestamps[i] > timestamps[i - 1])) {
      throw new ArgumentError(
        `timestamps[${i}]`,
        `a time after ${formatTimestamp(timestamps[i - 1], undefined, zone)}`,
        inWords(formatTimestamp(timestamps[i], undefined, zone)),
      );
    }
  }
  const timeline: Timeline = {
    start: timestamps[0],
    frequency: settleDayOfMonth(frequency ?? inferFrequency(timestamps, zone), timestamps, zone),
    ...(zone !== undefined && { zone }),
  };
  const show = (time: number) => formatTimestamp(time, timeline.frequency, zone);
  const alias = formatFrequency(timeline.frequency);
  const most = mostFilled * timestamps.length;
  const positions: number[] = [];
  for (let position = 0; position < timestamps.length; position++) {
    const time = timestamps[position];
    let due = timestampAt(timeline, positions.length);
    if (due < time && gaps === 'error' && isOnLine(timeline, positions.length, time)) {
      throw new TimestampGapError(position, show(due), show(time));
    }
    while (due < time) {
      if (positions.length >= most) {
        const expected = `at most ${most} rows, ${mostFilled} times as many as there are, at steps of '${alias}' from ${show(timeline.start)}`;
        throw new UnevenTimestampsError(position, expected, show(time));
      }
      positions.push(-1);
      due = timestampAt(timeline, positions.length);
    }
    if (due > time) {
      const before = show(timestampAt(timeline, positions.length - 1));
      const expected = `${before} or ${show(due)}, as steps are '${alias}' from ${show(timeline.start)}`;
      throw new UnevenTimestampsError(position, expected, show(time));
    }
    positions.push(position);
  }
  return { timeline, positions: Int32Array.from(positions) };
}

/** Whether a time is on the line after row `from`; a time so far away that filling up to it is refused counts as one that is. */
function isOnLine(timeline: Timeline, from: number, time: number): boolean {
  for (let row = from, last = from + 1000; row < last; row++) {
    const due = timestampAt(timeline, row);
    if (due >= time) return due === time;
  }
  return true;
}
