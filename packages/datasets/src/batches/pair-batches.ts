import type { BatchSource, PairBatch } from '@throughtime/contract';
import { ArgumentError, checkOptions } from '@throughtime/errors';
import {
  type PooledBatchesOptions,
  paddedRows,
  pooledBatchesChecks,
  pooledEpochs,
  requireWholeIds,
} from './pooled-epochs.js';

/** Something, and what it is to become: a sentence and its translation. */
export interface SequencePair {
  /** Ids of at least one token. */
  readonly source: ArrayLike<number>;
  /** Ids of at least two tokens, with what marks their start and end: the decoder reads all but the last, and predicts all but the first. */
  readonly target: ArrayLike<number>;
}

/**
 * One pair per row. T is the number of predictions in the longest target, S the longest source; `lengths` and `sourceLengths` [N] say how
 * much of each row counts. Every epoch shows every pair once, in batches of similar target lengths.
 * @throws EmptyCorpusError when there is none; ArgumentError
 */
export function pairBatches(
  pairs: readonly SequencePair[],
  options: PooledBatchesOptions,
): BatchSource<PairBatch> {
  checkOptions<PooledBatchesOptions>(options, pooledBatchesChecks);
  for (const [i, { source, target }] of pairs.entries()) {
    requireWholeIds(`pairs[${i}].source`, source);
    requireWholeIds(`pairs[${i}].target`, target);
    if (source.length < 1) throw new ArgumentError(`pairs[${i}].source`, 'at least 1 token', source.length);
    if (target.length < 2) throw new ArgumentError(`pairs[${i}].target`, 'at least 2 tokens', target.length);
  }
  const { padding = 0 } = options;
  const batch = (places: Int32Array): PairBatch => {
    const rows = Array.from(places, (place) => pairs[place]);
    const targets = rows.map(({ target }) => target);
    const length = (row: number) => targets[row].length - 1;
    const read = paddedRows(targets, { length, padding });
    const predicted = paddedRows(targets, { length, from: 1, padding });
    const sources = rows.map(({ source }) => source);
    const source = paddedRows(sources, { length: (row) => sources[row].length, padding });
    return {
      batchSize: rows.length,
      steps: read.steps,
      inputs: read.ids,
      targets: predicted.ids,
      lengths: read.lengths,
      sources: source.ids,
      sourceSteps: source.steps,
      sourceLengths: source.lengths,
    };
  };
  const steps = Int32Array.from(pairs, ({ target }) => target.length - 1);
  return pooledEpochs({ noun: 'pairs', steps, batch }, options);
}
