import type { Random } from '@throughtime/random';
import { InvalidArgumentError, requireWhole } from '../errors.js';
import { type BatchSource, drawnEpochs, type Epoch, fixedEpochs } from './batch-source.js';
import { type BatchShape, requireOneBatch } from './corpus-length.js';
import { cutRows, type TokenBatch } from './token-batch.js';

export interface WindowBatchesOptions extends BatchShape {
  /** Tokens from the start of one window to that of the next. Default 1: every window there is. */
  readonly stride?: number;
  /** The first window taken. Default 0. */
  readonly from?: number;
  /** The window after the last one taken. Default: the number of windows in the corpus. */
  readonly to?: number;
  /** Draws the order of each epoch. Left out, windows come in the order of the text, as validation wants them. */
  readonly random?: Random;
  /** Whether a last batch of fewer rows is dropped. Default false: every window is seen once an epoch. */
  readonly dropPartial?: boolean;
}

/** How many windows of `steps` tokens, each with the token after it, `tokens` tokens hold. */
export function windowCount(tokens: number, steps: number, stride = 1): number {
  return tokens <= steps ? 0 : Math.floor((tokens - steps - 1) / stride) + 1;
}

/**
 * Overlapping windows, `stride` tokens apart, as the chapter's edition 1.0 trains on them: with stride 1, windows 0 to
 * 10,000 in shuffled order for training, 10,000 to 15,000 in order for validation, the last batch kept though it is
 * smaller (`batchSize` of a batch is its own number of rows).
 *
 * @param ids kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError when there is not one window; InvalidArgumentError
 */
export function windowBatches(
  ids: Int32Array,
  { batchSize, steps, stride = 1, from = 0, to, random, dropPartial = false }: WindowBatchesOptions,
): BatchSource<TokenBatch> {
  requireWhole('batchSize', batchSize);
  requireWhole('stride', stride);
  requireOneBatch(ids, { batchSize: 1, steps });
  const available = windowCount(ids.length, steps, stride);
  const end = to ?? available;
  if (!Number.isInteger(end) || end < 1 || end > available) {
    throw new InvalidArgumentError('to', `a whole number from 1 to ${available}, the windows there are`, end);
  }
  if (!Number.isInteger(from) || from < 0 || from >= end) {
    throw new InvalidArgumentError('from', `a whole number from 0 to ${end - 1}`, from);
  }
  const count = dropPartial ? Math.floor((end - from) / batchSize) : Math.ceil((end - from) / batchSize);
  if (count === 0) {
    throw new InvalidArgumentError('batchSize', `at most the ${end - from} windows taken`, batchSize);
  }

  const epochOf = (order: Int32Array): Epoch<TokenBatch> => ({
    count,
    batch: (index) => {
      const windows = order.subarray(index * batchSize, (index + 1) * batchSize);
      return cutRows(
        ids,
        windows.map((window) => window * stride),
        steps,
      );
    },
  });
  const inOrder = () => Int32Array.from({ length: end - from }, (_, i) => from + i);
  if (!random) return fixedEpochs(false, epochOf(inOrder()));
  return drawnEpochs({
    length: count,
    continues: false,
    random,
    draw: (drawn) => epochOf(drawn.shuffle(inOrder())),
  });
}
