import { SeriesTooShortError } from '@throughtime/datasets';
import { type Lags, lagOffsets } from '../network/lag-inputs.js';

/** Windows of past values, and the value that follows each. Models of lags are trained on them. */
export interface LagWindows {
  /** How far back each feature lies, e.g. [4, 3, 2, 1]: oldest first. */
  readonly offsets: readonly number[]; // [L]
  /** [n, L]: row r holds x[r + span - offset]. */
  readonly features: Float64Array;
  /** [n]: x[r + span]. */
  readonly labels: Float64Array;
  /** The oldest offset: the first label is the value at this index. */
  readonly span: number;
}

/**
 * All windows of a series (T values give T - span of them; 1000 values and 4 lags give the chapter's 996).
 * @throws SeriesTooShortError when there is none
 */
export function lagWindows(values: ArrayLike<number>, lags: Lags): LagWindows {
  const offsets = lagOffsets(lags);
  const span = offsets[0];
  const count = values.length - span;
  if (count < 1) throw new SeriesTooShortError('values', span + 1, `${span} lags and a label`, values.length);
  const features = new Float64Array(count * offsets.length);
  const labels = new Float64Array(count);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < offsets.length; i++) {
      features[row * offsets.length + i] = values[row + span - offsets[i]];
    }
    labels[row] = values[row + span];
  }
  return { offsets, features, labels, span };
}
