import { whole } from '@throughtime/errors';
import type { BatchSource } from './batch-source.js';
import {
  batchesOfWindows,
  chosenStarts,
  type WindowChoice,
  type WindowOrder,
  windowsIn,
} from './chosen-windows.js';
import { requireOneBatch } from './corpus-length.js';
import { cutRows, type TokenBatch } from './token-batch.js';

export interface WindowBatchesOptions extends WindowChoice, WindowOrder {
  /** T: tokens of a window, each with the token after it as its target. */
  readonly steps: number;
}

/** How many windows of `steps` tokens, each with the token after it, `tokens` tokens hold. */
export function windowCount(tokens: number, steps: number, stride = 1): number {
  return windowsIn(tokens, steps + 1, stride);
}

/**
 * Overlapping windows, `stride` tokens apart, as the chapter's edition 1.0 trains on them: with stride 1, windows 0 to
 * 10,000 in shuffled order for training, 10,000 to 15,000 in order for validation, the last batch kept though it is
 * smaller (`batchSize` of a batch is its own number of rows).
 *
 * @param ids kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError when there is not one window; ArgumentError
 */
export function windowBatches(
  ids: Int32Array,
  { steps, ...options }: WindowBatchesOptions,
): BatchSource<TokenBatch> {
  requireOneBatch(ids, { batchSize: 1, steps });
  const { stride = 1 } = options;
  whole({ from: 1 })('stride', stride);
  const starts = chosenStarts(windowCount(ids.length, steps, stride), options);
  return batchesOfWindows(starts, options, (chosen) => cutRows(ids, chosen, steps));
}
