import { ArgumentError } from '@throughtime/errors';
import { pick, type SeriesDraft } from './draft.js';
import { MissingValueError } from './series-errors.js';

/**
 * What becomes of missing values: `error` names the first; `drop` leaves out every observation in which some column is
 * missing (the series is then no longer evenly spaced); `interpolate` draws a straight line in time between the nearest known
 * values, and is an error before the first and after the last of them; `keep` leaves NaN.
 */
export type MissingValues = 'error' | 'drop' | 'interpolate' | 'keep';

/** @throws MissingValueError, ArgumentError */
export function settleMissingValues(draft: SeriesDraft, missing: MissingValues): SeriesDraft {
  switch (missing) {
    case 'error':
      return refuse(draft);
    case 'drop':
      return drop(draft);
    case 'interpolate':
      return interpolate(draft);
    case 'keep':
      return draft;
    default:
      throw new ArgumentError('missing', "'error', 'drop', 'interpolate' or 'keep'", missing);
  }
}

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
