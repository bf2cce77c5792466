import { pick, type SeriesDraft } from './draft.js';
import { addSteps, type Frequency, formatFrequency, frequencyCheck } from './frequency.js';
import { type MissingValues, settleMissingValues } from './missing-values.js';
import type { Series } from './series.js';
import { SeriesFormatError } from './series-errors.js';
import { formatTimestamp } from './timestamps.js';

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
 * @throws SeriesFormatError, MissingValueError, ArgumentError
 */
export function settleSeries(
  name: string,
  draft: SeriesDraft,
  { missing = 'error', frequency, sort = false, period }: SettleOptions,
): Series {
  if (draft.length === 0) throw new SeriesFormatError(`${name}: expected observations, got none`);
  const ordered = inOrder(draft, sort);
  const even = frequency === undefined ? ordered : fillGaps(ordered, frequencyCheck('frequency', frequency));
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

/**
 * Makes the series evenly spaced: a time at which nothing was observed becomes a row of missing values.
 * @throws SeriesFormatError when an observation lies between the times
 */
function fillGaps(draft: SeriesDraft, frequency: Frequency): SeriesDraft {
  const { times, columns, values } = draft;
  if (!times) throw new SeriesFormatError('frequency: expected a series with time stamps, got one without');
  /** For each time of the line: the observation made then, or -1. */
  const sources: number[] = [];
  const line: number[] = [];
  for (let index = 0; index < draft.length; ) {
    const due = addSteps(times[0], frequency, line.length);
    if (times[index] < due) {
      throw new SeriesFormatError(
        `frequency: ${draft.where(index)} does not fit '${formatFrequency(frequency)}' from ` +
          `${formatTimestamp(times[0])}; expected ${formatTimestamp(due)}`,
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
      sources[index] < 0 ? `${formatTimestamp(line[index])} (no such row)` : draft.where(sources[index]),
  };
}
