import { inputWidth, type LagInputs, writeInputs } from '../network/lag-inputs.js';
import type { Unfolding } from './recursion.js';

/**
 * Input steps for a batch of series, [N, steps, inputWidth]: the last of them is given what predicts the value `until` steps after
 * the first future one (-1: the last of the context).
 */
export function sequenceInputs(
  inputs: LagInputs,
  unfoldings: readonly Unfolding[],
  { until, steps }: { readonly until: number; readonly steps: number },
): Float32Array {
  const width = inputWidth(inputs);
  const rows = new Float32Array(unfoldings.length * steps * width);
  unfoldings.forEach(({ encoded: { length, features }, filled }, row) => {
    for (let t = 0; t < steps; t++) {
      const target = length + until - (steps - 1) + t;
      writeInputs(inputs, { filled, features }, target, rows, (row * steps + t) * width);
    }
  });
  return rows;
}

/** The last step of each row: [N, T, H] to [N, H]. */
export function lastStep(outputs: Float32Array, batchSize: number, steps: number): Float32Array {
  if (steps === 1) return outputs;
  const width = outputs.length / (batchSize * steps);
  const last = new Float32Array(batchSize * width);
  for (let row = 0; row < batchSize; row++) {
    const end = (row + 1) * steps * width;
    last.set(outputs.subarray(end - width, end), row * width);
  }
  return last;
}
