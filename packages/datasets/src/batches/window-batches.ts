import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { checkOptions, type OptionChecks, required, whole } from '@throughtime/errors';
import {
  batchesOfWindows,
  chosenStarts,
  type WindowChoice,
  type WindowOrder,
  windowChoiceChecks,
  windowOrderChecks,
  windowsIn,
} from './chosen-windows.js';
import { cutRows, requireOneBatch } from './token-rows.js';

/** Options of {@link windowBatches}. */
export interface WindowBatchesOptions extends WindowChoice, WindowOrder {
  /** T: tokens per window. The target of each is the token after it. */
  readonly steps: number;
}

const checks: OptionChecks<WindowBatchesOptions> = {
  ...windowChoiceChecks,
  ...windowOrderChecks,
  steps: required(whole({ from: 1 })),
};

/** How many windows of `steps` tokens, and the token after each, fit into `tokens` tokens. */
export function windowCount(tokens: number, steps: number, stride = 1): number {
  whole({ from: 0 })('tokens', tokens);
  whole({ from: 1 })('steps', steps);
  whole({ from: 1 })('stride', stride);
  return windowsIn(tokens, steps + 1, stride);
}

/**
 * Overlapping windows, `stride` tokens apart. Edition 1.0 of the chapter trains on windows 0 to 10,000 with stride 1, shuffled, and
 * validates on windows 10,000 to 15,000 in order. The last batch is kept though it may be smaller: `batchSize` of a batch is
 * its own number of rows.
 *
 * @param ids kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError when there is not one window; ArgumentError
 */
export function windowBatches(ids: Int32Array, options: WindowBatchesOptions): BatchSource<TokenBatch> {
  checkOptions<WindowBatchesOptions>(options, checks);
  const { steps, stride = 1 } = options;
  requireOneBatch(ids, { batchSize: 1, steps });
  const starts = chosenStarts(windowCount(ids.length, steps, stride), options);
  return batchesOfWindows(starts, options, (chosen) => cutRows(ids, chosen, steps));
}
