import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { checkOptions, required } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { drawnEpochs } from './batch-source.js';
import { type BatchShape, batchShapeChecks, cutRows, requireOneBatch } from './token-rows.js';

/** Options of {@link sequentialBatches}. */
export interface SequentialBatchesOptions extends BatchShape {
  /** Draws the offset of each epoch. */
  readonly random: Random;
}

/**
 * Sequential partitioning: the corpus becomes N parallel streams, and neighboring batches are neighbors in the text,
 * so a recurrent state can be carried from one to the next.
 *
 * Each epoch skips an offset, uniform in [0, steps]. Of the rest, ((length - offset - 1) // N) * N tokens are laid out as
 * (N, -1). Then columns // steps batches are cut from left to right (Dive into Deep Learning, "Language models").
 * Offsets that would leave no batch are not drawn; only a corpus of fewer than (N + 1) * T + 1 tokens has such offsets.
 *
 * @param ids at least N * T + 1 tokens; kept, not copied
 * @throws EmptyCorpusError, CorpusTooShortError, ArgumentError
 *
 * @example
 * ```ts
 * import { sequentialBatches } from '@throughtime/datasets';
 * import { Random } from '@throughtime/random';
 * const ids = Int32Array.from({ length: 1000 }, (_, i) => i % 10);
 * const batches = sequentialBatches(ids, { batchSize: 4, steps: 16, random: Random.seeded(1) });
 * for (const { inputs, targets } of batches) console.log(inputs.length, targets.length); // 64 64
 * ```
 */
export function sequentialBatches(
  ids: Int32Array,
  options: SequentialBatchesOptions,
): BatchSource<TokenBatch> {
  checkOptions<SequentialBatchesOptions>(options, { ...batchShapeChecks, random: required(randomSource) });
  const { batchSize, steps, random } = options;
  requireOneBatch(ids, { batchSize, steps });
  const columnsAfter = (offset: number) => Math.floor((ids.length - offset - 1) / batchSize);
  const lastOffset = Math.min(steps, ids.length - 1 - batchSize * steps);
  return drawnEpochs({
    length: Math.floor(columnsAfter(0) / steps),
    continues: true,
    random,
    draw: (drawn) => {
      const offset = drawn.integer(0, lastOffset + 1);
      const columns = columnsAfter(offset);
      return {
        count: Math.floor(columns / steps),
        batch: (index) => {
          const starts = Array.from(
            { length: batchSize },
            (_, row) => offset + row * columns + index * steps,
          );
          return cutRows(ids, starts, steps);
        },
      };
    },
  });
}
