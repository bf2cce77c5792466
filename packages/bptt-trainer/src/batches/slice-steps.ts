import type { TrainingBatch } from '@throughtime/contract';
import { ArgumentError } from '@throughtime/errors';

/** Cuts the steps [from, to) out of a batch. */
export type SliceSteps<B> = (batch: B, from: number, to: number) => B;

type Rows = Int32Array | Float32Array;

/**
 * Cuts a batch whose `inputs` and `targets` are Int32Array or Float32Array, [N, T] or [N, T, ...], such as those of
 * `@throughtime/datasets`. `lengths` [N], where given, becomes the rest of each row within the cut. `starts` stays only in a cut
 * with the first step.
 * @throws ArgumentError when an array does not have N T values, or a multiple
 */
export function sliceSteps<B extends TrainingBatch>(batch: B, from: number, to: number): B {
  if (from === 0 && to === batch.steps) return batch;
  const { batchSize, steps } = batch;
  const sliced: Record<string, unknown> = { ...(batch as object), steps: to - from };
  for (const field of ['inputs', 'targets'] as const) {
    const values = (batch as Record<string, unknown>)[field];
    sliced[field] = sliceRows(field, values, batchSize, steps, from, to);
  }
  const { lengths } = batch as { lengths?: Int32Array };
  if (lengths) sliced.lengths = lengths.map((length) => Math.min(Math.max(length - from, 0), to - from));
  if (from > 0) delete sliced.starts;
  return sliced as B;
}

function sliceRows(
  field: string,
  values: unknown,
  batchSize: number,
  steps: number,
  from: number,
  to: number,
): Rows {
  const cuttable =
    (values instanceof Int32Array || values instanceof Float32Array) &&
    values.length % (batchSize * steps) === 0;
  if (!cuttable) {
    throw new ArgumentError(
      `batch.${field}`,
      `an Int32Array or Float32Array of ${batchSize} x ${steps} steps to cut into windows`,
      values,
      { hint: 'other batches need the option sliceSteps' },
    );
  }
  const width = values.length / (batchSize * steps);
  const Values = values.constructor as { new (length: number): Rows };
  const out = new Values(batchSize * (to - from) * width);
  for (let row = 0; row < batchSize; row++) {
    const start = row * steps * width;
    out.set(values.subarray(start + from * width, start + to * width), row * (to - from) * width);
  }
  return out;
}
