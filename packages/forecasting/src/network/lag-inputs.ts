import type { EncodedSeries } from './series-encoder.js';

/** What a network is given to predict the value at one time: the values at some offsets before it, and the time's features. */
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
