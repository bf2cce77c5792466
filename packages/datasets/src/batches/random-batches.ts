import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { checkOptions, required } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { drawnEpochs } from './batch-source.js';
import { type BatchShape, batchShapeChecks, cutRows, requireOneBatch } from './token-rows.js';

/** Options of {@link randomBatches}. */
export interface RandomBatchesOptions extends BatchShape {
  /** Draws the offset and the order of each epoch. */
  readonly random: Random;
}

/**
 * Random sampling: rows come from anywhere in the corpus, so no state is carried from batch to batch.
 *
 * Each epoch skips an offset, uniform in [0, steps - 1], cuts the rest into (length - offset - 1) // steps subsequences
 * that do not overlap, and shuffles them. The last batch is dropped if it is not full (Dive into Deep Learning, "Language
 * models"). Offsets that would leave no batch are not drawn; a corpus that barely fills one batch has such offsets.
 *
 * @param ids at least N * T + 1 tokens; kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError, ArgumentError
 */
export function randomBatches(ids: Int32Array, options: RandomBatchesOptions): BatchSource<TokenBatch> {
  checkOptions<RandomBatchesOptions>(options, { ...batchShapeChecks, random: required(randomSource) });
  const { batchSize, steps, random } = options;
  requireOneBatch(ids, { batchSize, steps });
  const rowsAfter = (offset: number) => Math.floor((ids.length - offset - 1) / steps);
  const lastOffset = Math.min(steps - 1, ids.length - 1 - batchSize * steps);
  return drawnEpochs({
    length: Math.floor(rowsAfter(0) / batchSize),
    continues: false,
    random,
    draw: (drawn) => {
      const offset = drawn.integer(0, lastOffset + 1);
      const starts = Int32Array.from({ length: rowsAfter(offset) }, (_, row) => offset + row * steps);
      drawn.shuffle(starts);
      return {
        count: Math.floor(starts.length / batchSize),
        batch: (index) => cutRows(ids, starts.subarray(index * batchSize, (index + 1) * batchSize), steps),
      };
    },
  });
}
