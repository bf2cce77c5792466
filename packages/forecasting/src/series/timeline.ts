import {
  addSteps,
  type Frequency,
  formatTimestamp,
  frequencyCheck,
  inferFrequency,
} from '@throughtime/datasets';
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
} from '@throughtime/errors';
import { TimestampGapError } from '../errors.js';

/** When the values of a series were taken: the first at `start`, the others at equal steps. */
export interface Timeline {
  /** Milliseconds since 1970 in UTC. */
  readonly start: number;
  readonly frequency: Frequency;
}

/** The check of an option that must be a {@link Timeline}. */
export const timelineCheck: Check<Timeline> = record<Timeline>({
  start: required(number()),
  frequency: required(frequencyCheck),
});

/** The time of row `index`, in milliseconds since 1970 in UTC; rows past the end of a series are its future. */
export function timestampAt({ start, frequency }: Timeline, index: number): number {
  return addSteps(start, frequency, index);
}

export interface AlignOptions {
  /** Default: inferred from the shortest distance. */
  readonly frequency?: Frequency | undefined;
  /**
   * What a gap in the time stamps is: 'error' (default, as a silent gap shifts every season after it) or 'missing', rows
   * without a position.
   */
  readonly gaps?: 'error' | 'missing' | undefined;
}

export const alignChecks: OptionChecks<AlignOptions> = {
  frequency: frequencyCheck,
  gaps: oneOf(['error', 'missing']),
};

export interface AlignedTimestamps {
  readonly timeline: Timeline;
  /** For each row of the timeline, the position of its time stamp in the input, or -1 in a gap. */
  readonly positions: Int32Array;
}

/**
 * Lays time stamps on a timeline.
 * @param timestamps milliseconds since 1970 (UTC), increasing
 * @throws TimestampGapError where a time stamp is not where it should be, and gaps are errors
 */
export function alignTimestamps(
  timestamps: ArrayLike<number>,
  options: AlignOptions = {},
): AlignedTimestamps {
  checkOptions<AlignOptions>(options, alignChecks);
  const { frequency, gaps = 'error' } = options;
  if (timestamps.length < 2) {
    throw new ArgumentError('timestamps', 'at least two', timestamps.length);
  }
  for (let i = 1; i < timestamps.length; i++) {
    if (!(timestamps[i] > timestamps[i - 1])) {
      throw new ArgumentError(
        `timestamps[${i}]`,
        `a time after ${formatTimestamp(timestamps[i - 1])}`,
        inWords(formatTimestamp(timestamps[i])),
      );
    }
  }
  const timeline: Timeline = { start: timestamps[0], frequency: frequency ?? inferFrequency(timestamps) };
  const positions: number[] = [];
  for (let position = 0; position < timestamps.length; position++) {
    let expected = timestampAt(timeline, positions.length);
    while (gaps === 'missing' && expected < timestamps[position]) {
      positions.push(-1);
      expected = timestampAt(timeline, positions.length);
    }
    if (expected !== timestamps[position]) {
      const unit = timeline.frequency;
      throw new TimestampGapError(
        position,
        formatTimestamp(expected, unit),
        formatTimestamp(timestamps[position], unit),
      );
    }
    positions.push(position);
  }
  return { timeline, positions: Int32Array.from(positions) };
}
