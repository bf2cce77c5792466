import { addSteps, type Frequency, formatTimestamp, inferFrequency } from '@throughtime/datasets';
import { ArgumentError } from '@throughtime/errors';
import { TimestampGapError } from '../errors.js';

/** When the values of a series were taken: the first at `start`, the others at equal steps. */
export interface Timeline {
  /** Milliseconds since 1970 in UTC. */
  readonly start: number;
  readonly frequency: Frequency;
}

/** The time of row `index`, in milliseconds since 1970 in UTC; rows past the end of a series are its future. */
export function timestampAt({ start, frequency }: Timeline, index: number): number {
  return addSteps(start, frequency, index);
}

export interface AlignedTimestamps {
  readonly timeline: Timeline;
  /** For each row of the timeline, the position of its time stamp in the input, or -1 in a gap. */
  readonly positions: Int32Array;
}

/**
 * Lays time stamps on a timeline.
 * @param timestamps milliseconds since 1970 (UTC), increasing
 * @param options.frequency default: inferred from the shortest distance
 * @param options.gaps 'error' (default: a silent gap shifts every season after it) or 'missing', rows without a position
 * @throws TimestampGapError where a time stamp is not where it should be, and gaps are errors
 */
export function alignTimestamps(
  timestamps: ArrayLike<number>,
  {
    frequency,
    gaps = 'error',
  }: { frequency?: Frequency | undefined; gaps?: 'error' | 'missing' | undefined } = {},
): AlignedTimestamps {
  if (timestamps.length < 2) {
    throw new ArgumentError('timestamps', 'at least two', timestamps.length);
  }
  for (let i = 1; i < timestamps.length; i++) {
    if (!(timestamps[i] > timestamps[i - 1])) {
      const day = { unit: 'second', every: 1 } as const;
      throw new ArgumentError(
        `timestamps[${i}]`,
        `a time after ${formatTimestamp(timestamps[i - 1], day)}`,
        formatTimestamp(timestamps[i], day),
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
