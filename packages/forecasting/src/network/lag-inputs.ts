import { type Check, check } from '@throughtime/errors';
import type { EncodedSeries } from './series-encoder.js';

/** Lags as options take them: a count, or a list of offsets. */
export type Lags = number | readonly number[];

/** The check of an option that must be lags. */
export const lagsCheck: Check<Lags> = check('a count from 1, or distinct whole offsets from 1', (value) => {
  const offsets = Array.isArray(value) ? value : [value];
  const isDistinct = new Set(offsets).size === offsets.length;
  return (
    offsets.length > 0 && isDistinct && offsets.every((offset) => Number.isSafeInteger(offset) && offset >= 1)
  );
});

/**
 * The offsets that lags stand for, oldest first as in the chapter. A count tau means the last tau values; a list means those offsets
 * alone (sparse lags).
 */
export function lagOffsets(lags: Lags): number[] {
  lagsCheck('lags', lags);
  const offsets = typeof lags === 'number' ? Array.from({ length: lags }, (_, i) => lags - i) : [...lags];
  return offsets.sort((a, b) => b - a);
}

/** The inputs from which a network predicts the value at one time: values at some offsets before it, and features of the time. */
export interface LagInputs {
  readonly offsets: readonly number[]; // [L], oldest first
  readonly variables: number; // D
  readonly featureWidth: number; // C
}

/** Numbers in one input row: L * D + C. */
export function inputWidth({ offsets, variables, featureWidth }: LagInputs): number {
  return offsets.length * variables + featureWidth;
}

/** Writes the inputs for index `target` of a series into `to`, from `at` on. */
export function writeInputs(
  { offsets, variables, featureWidth }: LagInputs,
  { filled, features }: Pick<EncodedSeries, 'filled' | 'features'>,
  target: number,
  to: Float32Array,
  at: number,
): void {
  let position = at;
  for (const offset of offsets) {
    for (let v = 0; v < variables; v++) to[position++] = filled[(target - offset) * variables + v];
  }
  const start = target * featureWidth;
  for (let f = 0; f < featureWidth; f++) to[position++] = features[start + f];
}
