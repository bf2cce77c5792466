import { boolean, type OptionChecks, oneOf, whole } from '@throughtime/errors';
import { type Frequency, frequencyCheck } from './frequency.js';
import type { Series } from './series.js';
import { MissingValueError, SeriesFormatError, UnevenTimestampsError } from './series-errors.js';
import { type AlignedTimestamps, type AlignOptions, alignTimestamps, timestampAt } from './timeline.js';
import { formatTimestamp } from './timestamps.js';
import { zoneCheck } from './zones.js';

/**
 * What to do with missing values:
 * - `error`: throw, and name the first one
 * - `drop`: leave out every observation in which some column is missing; the series is then no longer evenly spaced
 * - `interpolate`: draw a straight line in time between the nearest known values; before the first and after the last of
 *   them there is none, which is an error
 * - `keep`: leave NaN
 */
export type MissingValues = 'error' | 'drop' | 'interpolate' | 'keep';

/** How a series is made from observations. */
export interface SettleOptions {
  /** Default 'error'. See {@link MissingValues}. */
  readonly missing?: MissingValues | undefined;
  /**
   * How far observations lie apart. Times without an observation become missing values; an observation between the times is
   * an error. Default: the spacing is not checked.
   */
  readonly frequency?: Frequency | undefined;
  /** The zone whose clock and calendar the times follow: its name or offset. Default: none is known. */
  readonly zone?: string | undefined;
  /** Whether to sort rows by time. Default false: rows out of order are an error. */
  readonly sort?: boolean;
  /** Observations in one cycle of the season (12 for monthly data). Kept in the series for models that need it. */
  readonly period?: number | undefined;
}

export const settleChecks: OptionChecks<SettleOptions> = {
  missing: oneOf(['error', 'drop', 'interpolate', 'keep']),
  frequency: frequencyCheck,
  zone: zoneCheck,
  sort: boolean,
  period: whole({ from: 1 }),
};

/** A series before its missing values, marked by NaN, are settled. */
export interface SeriesDraft {
  readonly length: number;
  readonly times?: Float64Array | undefined;
  readonly columns: readonly string[];
  readonly values: Readonly<Record<string, Float64Array>>;
  /** Where an observation stands, for messages: `line 12 (1949-01-01)`. */
  readonly where: (index: number) => string;
}

/**
 * Sorts observations, fills gaps in time and settles missing values.
 * @param options checked against {@link settleChecks}
 * @throws SeriesFormatError, MissingValueError
 */
export function settleSeries(
  name: string,
  draft: SeriesDraft,
  { missing = 'error', frequency, zone, sort = false, period }: SettleOptions,
): Series {
  if (draft.length === 0) throw new SeriesFormatError(`${name}: expected observations, got none`);
  const ordered = inOrder(draft, sort);
  const even = frequency === undefined ? ordered : fillGaps(ordered, frequency, zone);
  const { length, times, columns, values } = settled[missing](even);
  if (length === 0)
    throw new SeriesFormatError(`${name}: no observation is left after dropping those with missing values`);
  return {
    name,
    length,
    ...(times && { times }),
    ...(times && zone !== undefined && { zone }),
    columns,
    values,
    ...(period !== undefined && { period }),
  };
}

function inOrder(draft: SeriesDraft, sort: boolean): SeriesDraft {
  const { times } = draft;
  if (!times) return draft;
  const indices = Array.from(times.keys());
  const ordered = sort
    ? pick(
        draft,
        indices.sort((a, b) => times[a] - times[b]),
      )
    : draft;
  const sorted = ordered.times!;
  for (let index = 1; index < sorted.length; index++) {
    if (sorted[index] > sorted[index - 1]) continue;
    const same = sorted[index] === sorted[index - 1];
    throw new SeriesFormatError(
      same
        ? `time: ${ordered.where(index)} has the same time as ${ordered.where(index - 1)}`
        : `time: ${ordered.where(index)} is earlier than the row before it; sort: true puts rows in order`,
    );
  }
  return ordered;
}

/** Makes the series evenly spaced: a time at which nothing was observed becomes a row of missing values. */
function fillGaps(draft: SeriesDraft, frequency: Frequency, zone: string | undefined): SeriesDraft {
  const { times, columns, values } = draft;
  if (!times) throw new SeriesFormatError('frequency: expected a series with time stamps, got one without');
  const { timeline, positions } = aligned(draft, times, { frequency, zone, gaps: 'missing' });
  const line = Float64Array.from(positions, (_, row) => timestampAt(timeline, row));
  const spread = (known: Float64Array) =>
    Float64Array.from(positions, (position) => (position < 0 ? Number.NaN : known[position]));
  return {
    length: line.length,
    times: line,
    columns,
    values: Object.fromEntries(columns.map((column) => [column, spread(values[column])])),
    where: (index) =>
      positions[index] < 0
        ? `${formatTimestamp(line[index], frequency, zone)} (no such row)`
        : draft.where(positions[index]),
  };
}

/** @throws SeriesFormatError when an observation lies between the times, or far beyond them, where it stands in the file */
function aligned(draft: SeriesDraft, times: Float64Array, options: AlignOptions): AlignedTimestamps {
  try {
    return alignTimestamps(times, options);
  } catch (cause) {
    if (!(cause instanceof UnevenTimestampsError)) throw cause;
    const { index, expected, got } = cause;
    throw new SeriesFormatError(`frequency: ${draft.where(index)}: expected ${expected}, got ${got}`, {
      cause,
    });
  }
}

const settled: Readonly<Record<MissingValues, (draft: SeriesDraft) => SeriesDraft>> = {
  error: refuse,
  drop,
  interpolate,
  keep: (draft) => draft,
};

function refuse(draft: SeriesDraft): SeriesDraft {
  for (const column of draft.columns) {
    const index = draft.values[column].findIndex(Number.isNaN);
    if (index >= 0) {
      throw new MissingValueError(
        column,
        draft.where(index),
        "missing: 'interpolate', 'drop' or 'keep' accepts it",
      );
    }
  }
  return draft;
}

function drop(draft: SeriesDraft): SeriesDraft {
  const whole = (index: number) =>
    draft.columns.every((column) => !Number.isNaN(draft.values[column][index]));
  const indices = Array.from({ length: draft.length }, (_, index) => index).filter(whole);
  return indices.length === draft.length ? draft : pick(draft, indices);
}

function interpolate(draft: SeriesDraft): SeriesDraft {
  const { columns, values, times } = draft;
  const position = (index: number) => (times ? times[index] : index);
  const bridge = (column: string) => {
    const known = values[column];
    const bridged = known.slice();
    let before = -1;
    for (let index = 0; index < known.length; index++) {
      if (!Number.isNaN(known[index])) {
        before = index;
        continue;
      }
      let after = index + 1;
      while (after < known.length && Number.isNaN(known[after])) after++;
      if (before < 0 || after >= known.length) {
        throw new MissingValueError(
          column,
          draft.where(index),
          `nothing to interpolate from ${before < 0 ? 'before' : 'after'} it`,
        );
      }
      const span = position(after) - position(before);
      for (; index < after; index++) {
        const share = (position(index) - position(before)) / span;
        bridged[index] = known[before] + share * (known[after] - known[before]);
      }
      before = after;
    }
    return bridged;
  };
  return { ...draft, values: Object.fromEntries(columns.map((column) => [column, bridge(column)])) };
}

/** The observations with these indices, in this order. */
function pick(draft: SeriesDraft, indices: readonly number[]): SeriesDraft {
  const { times, columns, values, where } = draft;
  return {
    length: indices.length,
    times: times && Float64Array.from(indices, (index) => times[index]),
    columns,
    values: Object.fromEntries(
      columns.map((column) => [column, Float64Array.from(indices, (index) => values[column][index])]),
    ),
    where: (index) => where(indices[index]),
  };
}
