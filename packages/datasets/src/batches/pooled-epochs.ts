import type { BatchSource } from '@throughtime/contract';
import { ArgumentError, boolean, numbers, type OptionChecks, required, whole } from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { drawnEpochs, type Epoch, fixedEpochs } from './batch-source.js';
import { EmptyCorpusError } from './token-rows.js';

/** How sequences of different lengths become batches. */
export interface PooledBatchesOptions {
  /** N: sequences per batch. */
  readonly batchSize: number;
  /** Draws the order of each epoch. Default: sequences come in the given order, except for `pool`. */
  readonly random?: Random;
  /**
   * How many batches are sorted by length together, so that the rows of a batch are about equally long and little is padded.
   * Default 100: lengths are then close, and the order stays mostly random. 1: no sorting.
   */
  readonly pool?: number;
  /** The id written after a row's last token. Default 0. `lengths` tells models not to count it. */
  readonly padding?: number;
  /** Whether to drop the last batch if it has fewer rows. Default false. */
  readonly dropPartial?: boolean;
}

export const pooledBatchesChecks: OptionChecks<PooledBatchesOptions> = {
  batchSize: required(whole({ from: 1 })),
  random: randomSource,
  pool: whole({ from: 1 }),
  padding: whole(),
  dropPartial: boolean,
};

export interface PooledEpochs<B> {
  /** What the sequences are called in messages: 'sentences'. */
  readonly noun: string;
  /** By which sequences are sorted, one number each. */
  readonly steps: Int32Array;
  /** Makes a batch of the sequences at these places. */
  readonly batch: (rows: Int32Array) => B;
}

/**
 * Batches in which every epoch shows every sequence once, in rows of similar lengths.
 * @throws EmptyCorpusError when there is none; ArgumentError for more rows in a batch than there are
 */
export function pooledEpochs<B>(
  { noun, steps, batch }: PooledEpochs<B>,
  { batchSize, random, pool = 100, dropPartial = false }: PooledBatchesOptions,
): BatchSource<B> {
  const all = steps.length;
  if (all === 0) throw new EmptyCorpusError(noun);
  const full = Math.floor(all / batchSize);
  const count = dropPartial ? full : Math.ceil(all / batchSize);
  if (count === 0) throw new ArgumentError('batchSize', `at most the ${all} ${noun}`, batchSize);

  /** The order of sequences, and that of the batches cut from it. */
  const epochOf = (order: Int32Array, batches: Int32Array): Epoch<B> => {
    if (pool > 1) sortPools(order, steps, pool * batchSize);
    return {
      count,
      batch: (index) => {
        const first = batches[index] * batchSize;
        return batch(order.subarray(first, first + batchSize));
      },
    };
  };
  const upTo = (length: number) => Int32Array.from({ length }, (_, i) => i);
  if (!random) return fixedEpochs(false, epochOf(upTo(all), upTo(count)));
  return drawnEpochs({
    length: count,
    continues: false,
    random,
    draw: (drawn) => {
      const order = drawn.shuffle(upTo(all));
      // Sorting puts short batches first in each pool, so the batches are shuffled too.
      return epochOf(order, drawn.shuffle(upTo(count)));
    },
  });
}

/** Sorts every run of `size` sequences by length. The sort is stable. */
function sortPools(order: Int32Array, steps: Int32Array, size: number): void {
  for (let start = 0; start < order.length; start += size) {
    order.subarray(start, start + size).sort((a, b) => steps[a] - steps[b]);
  }
}

/**
 * Asked once, for batches would cut other numbers to whole ones.
 * @param what how an item is called in messages
 * @throws ArgumentError unless all are whole numbers from 0
 */
export function requireWholeIds(argument: string, ids: ArrayLike<number>, what = 'a token id'): void {
  numbers(argument, ids);
  for (let i = 0; i < ids.length; i++) {
    if (!Number.isInteger(ids[i]) || ids[i] < 0)
      throw new ArgumentError(`${argument}[${i}]`, `${what}, a whole number of at least 0`, ids[i]);
  }
}

/** Rows of ids of different lengths. */
export interface PaddedRows {
  /** [N, T], row-major, with padding after each row's end. */
  readonly ids: Int32Array;
  /** T: the longest row. */
  readonly steps: number;
  /** [N] */
  readonly lengths: Int32Array;
}

/**
 * Writes rows one below the other, each padded to the longest.
 * @param length how many ids of a row count, from `from` on
 */
export function paddedRows(
  rows: readonly ArrayLike<number>[],
  { length, from = 0, padding }: { length: (row: number) => number; from?: number; padding: number },
): PaddedRows {
  const lengths = Int32Array.from(rows, (_, row) => length(row));
  const steps = lengths.reduce((longest, each) => Math.max(longest, each), 0);
  const ids = new Int32Array(rows.length * steps).fill(padding);
  for (const [row, values] of rows.entries()) {
    for (let step = 0; step < lengths[row]; step++) ids[row * steps + step] = values[from + step];
  }
  return { ids, steps, lengths };
}
