/** Rows of consecutive tokens and, for each, the token that follows it. */
export interface TokenBatch {
  /** [N, T], row-major. */
  readonly inputs: Int32Array;
  /** [N, T]: inputs shifted by one. */
  readonly targets: Int32Array;
  /** N. */
  readonly batchSize: number;
  /** T. */
  readonly steps: number;
  /** [N]: how many steps of each row count, when rows are padded. */
  readonly lengths?: Int32Array;
}

/**
 * Cuts rows of `steps` tokens, and the same rows one token later, out of `ids`.
 * @param starts where each row begins in `ids`
 */
export function cutRows(ids: Int32Array, starts: ArrayLike<number>, steps: number): TokenBatch {
  const batchSize = starts.length;
  const inputs = new Int32Array(batchSize * steps);
  const targets = new Int32Array(batchSize * steps);
  for (let row = 0; row < batchSize; row++) {
    const start = starts[row];
    inputs.set(ids.subarray(start, start + steps), row * steps);
    targets.set(ids.subarray(start + 1, start + steps + 1), row * steps);
  }
  return { inputs, targets, batchSize, steps };
}
