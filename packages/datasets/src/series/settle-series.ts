import { pick, type SeriesDraft } from './draft.js';
import { type Frequency, fillGaps } from './frequency.js';
import { type MissingValues, settleMissingValues } from './missing-values.js';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';

/** How a series is made of the observations found. */
export interface SettleOptions {
  /** Default 'error'. See {@link MissingValues}. */
  readonly missing?: MissingValues;
  /**
   * How far observations lie apart. Given, times at which nothing was observed become missing values, and an observation
   * between the times is an error. Default: spacing is not looked at.
   */
  readonly frequency?: Frequency;
  /** Whether rows are put in the order of time. Default false: rows out of order are an error. */
  readonly sort?: boolean;
  /** Observations in one cycle of the season (12 for monthly data). Kept in the series for models that ask. */
  readonly period?: number;
}

/**
 * Orders, evens and checks observations.
 * @throws SeriesFormatError, MissingValueError, InvalidArgumentError
 */
export function settleSeries(
  name: string,
  draft: SeriesDraft,
  { missing = 'error', frequency, sort = false, period }: SettleOptions,
): Series {
  if (draft.length === 0) throw new SeriesFormatError(`${name}: expected observations, got none`);
  const ordered = inOrder(draft, sort);
  const even = frequency === undefined ? ordered : fillGaps(ordered, frequency);
  const { length, times, columns, values } = settleMissingValues(even, missing);
  if (length === 0)
    throw new SeriesFormatError(`${name}: no observation is left after dropping those with missing values`);
  return {
    name,
    length,
    ...(times && { times }),
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
