import type { BatchSource, LabeledBatch } from '@throughtime/contract';
import { ArgumentError, checkOptions, inWords } from '@throughtime/errors';
import {
  type PooledBatchesOptions,
  paddedRows,
  pooledBatchesChecks,
  pooledEpochs,
  requireWholeIds,
} from './pooled-epochs.js';

/** A sequence and what it is: one label, or one label per token. */
export interface LabeledSequence {
  /** Ids of at least one token. */
  readonly tokens: ArrayLike<number>;
  /** A class from 0, or as many as there are tokens. */
  readonly label: number | ArrayLike<number>;
}

/**
 * One labeled sequence per row, padded to the longest; `lengths` [N] says how much of each counts. Every epoch shows every sequence once,
 * in batches of similar lengths.
 * @param examples all with one label, or all with one label per token
 * @throws EmptyCorpusError when there is none; ArgumentError
 */
export function labeledBatches(
  examples: readonly LabeledSequence[],
  options: PooledBatchesOptions,
): BatchSource<LabeledBatch> {
  checkOptions<PooledBatchesOptions>(options, pooledBatchesChecks);
  const ofSteps = examples.length > 0 && typeof examples[0].label !== 'number';
  for (const [i, example] of examples.entries()) checkExample(`examples[${i}]`, example, ofSteps);
  const { padding = 0 } = options;
  const batch = (places: Int32Array): LabeledBatch => {
    const rows = Array.from(places, (place) => examples[place]);
    const tokens = rows.map((row) => row.tokens);
    const length = (row: number) => tokens[row].length;
    const { ids, steps, lengths } = paddedRows(tokens, { length, padding });
    const targets = ofSteps
      ? paddedRows(
          rows.map(({ label }) => label as ArrayLike<number>),
          { length, padding: 0 },
        ).ids
      : Int32Array.from(rows, ({ label }) => label as number);
    return { batchSize: rows.length, steps, inputs: ids, lengths, targets };
  };
  const steps = Int32Array.from(examples, ({ tokens }) => tokens.length);
  return pooledEpochs({ noun: 'examples', steps, batch }, options);
}

function checkExample(argument: string, { tokens, label }: LabeledSequence, ofSteps: boolean): void {
  requireWholeIds(`${argument}.tokens`, tokens);
  if (tokens.length < 1) throw new ArgumentError(`${argument}.tokens`, 'at least 1 token', tokens.length);
  if (typeof label === 'number') {
    if (ofSteps)
      throw new ArgumentError(`${argument}.label`, 'one label per token, as the first example', label);
    if (!Number.isInteger(label) || label < 0)
      throw new ArgumentError(`${argument}.label`, 'a class, a whole number of at least 0', label);
    return;
  }
  if (!ofSteps)
    throw new ArgumentError(`${argument}.label`, 'one label, as the first example', inWords('several'));
  requireWholeIds(`${argument}.label`, label, 'a class');
  if (label.length !== tokens.length) {
    throw new ArgumentError(`${argument}.label.length`, `${tokens.length}, the tokens`, label.length);
  }
}
