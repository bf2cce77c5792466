/** Which steps of padded rows count in a loss. */
export interface Counted {
  /** [N T], 1 where a prediction counts and 0 elsewhere. */
  readonly weights: Float32Array;
  readonly predictions: number;
}

/** All steps within their rows' lengths. */
export function countedSteps(lengths: Int32Array, steps: number): Counted {
  const weights = new Float32Array(lengths.length * steps);
  for (const [row, length] of lengths.entries()) weights.fill(1, row * steps, row * steps + length);
  return { weights, predictions: lengths.reduce((sum, length) => sum + length, 0) };
}
