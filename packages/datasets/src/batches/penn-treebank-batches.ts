import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { checkOptions } from '@throughtime/errors';
import { fixedEpochs } from './batch-source.js';
import { type BatchShape, batchShapeChecks, cutRows, requireOneBatch } from './token-rows.js';

/**
 * The layout of the Penn Treebank language models (Zaremba and others, 2014; TensorFlow for Deep Learning, chapter 7): the
 * corpus as (N, length // N), cut into (length // N - 1) // T batches from left to right, targets shifted by one. Nothing is
 * drawn or shuffled, so it also serves for evaluation; those models are tested with N = 1 and T = 1.
 * @param ids at least N * (T + 1) tokens; kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError, ArgumentError
 */
export function pennTreebankBatches(ids: Int32Array, options: BatchShape): BatchSource<TokenBatch> {
  checkOptions<BatchShape>(options, batchShapeChecks);
  const { batchSize, steps } = options;
  requireOneBatch(ids, { batchSize, steps }, batchSize * (steps + 1));
  const columns = Math.floor(ids.length / batchSize);
  return fixedEpochs(true, {
    count: Math.floor((columns - 1) / steps),
    batch: (index) => {
      const starts = Array.from({ length: batchSize }, (_, row) => row * columns + index * steps);
      return cutRows(ids, starts, steps);
    },
  });
}
