import type { BatchSource, TokenBatch } from '@throughtime/contract';
import {
  ArgumentError,
  boolean,
  checkOptions,
  type OptionChecks,
  required,
  whole,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { drawnEpochs, type Epoch, fixedEpochs } from './batch-source.js';
import { EmptyCorpusError } from './token-rows.js';

export interface SentenceBatchesOptions {
  /** N: sentences per batch. */
  readonly batchSize: number;
  /** Draws the order of each epoch. Default: sentences come in the given order, except for `pool`. */
  readonly random?: Random;
  /**
   * How many batches are sorted by length together, so that the rows of a batch are about equally long and little is padded.
   * Default 100: lengths are then close, and the order stays mostly random. 1: no sorting.
   */
  readonly pool?: number;
  /** The id written after a row's last token. Default 0. `lengths` tells models not to count it. */
  readonly padding?: number;
  /** The most predictions per sentence; the rest is cut off. Default: all. */
  readonly maximumSteps?: number;
  /** Whether to drop the last batch if it has fewer sentences. Default false. */
  readonly dropPartial?: boolean;
}

const checks: OptionChecks<SentenceBatchesOptions> = {
  batchSize: required(whole({ from: 1 })),
  random: randomSource,
  pool: whole({ from: 1 }),
  padding: whole(),
  maximumSteps: whole({ from: 1 }),
  dropPartial: boolean,
};

/**
 * One sentence per row, from its first token. T is the number of predictions in the longest row, `lengths` [N] the number in each.
 * Every epoch shows every sentence once.
 * @param sentences ids of at least 2 tokens each, with whatever marks their start and end
 * @throws EmptyCorpusError when there is none; ArgumentError
 */
export function sentenceBatches(
  sentences: readonly ArrayLike<number>[],
  options: SentenceBatchesOptions,
): BatchSource<TokenBatch> {
  checkOptions<SentenceBatchesOptions>(options, checks);
  const { batchSize, random, pool = 100, padding = 0, dropPartial = false } = options;
  const { maximumSteps = Number.MAX_SAFE_INTEGER } = options;
  if (sentences.length === 0) throw new EmptyCorpusError('sentences');
  const short = sentences.findIndex((sentence) => sentence.length < 2);
  if (short >= 0) {
    throw new ArgumentError(`sentences[${short}]`, 'at least 2 tokens', sentences[short].length);
  }
  const steps = Int32Array.from(sentences, (sentence) => Math.min(sentence.length - 1, maximumSteps));
  const full = Math.floor(sentences.length / batchSize);
  const count = dropPartial ? full : Math.ceil(sentences.length / batchSize);
  if (count === 0) {
    throw new ArgumentError('batchSize', `at most the ${sentences.length} sentences`, batchSize);
  }

  /** The order of sentences, and that of the batches cut from it. */
  const epochOf = (order: Int32Array, batches: Int32Array): Epoch<TokenBatch> => {
    if (pool > 1) sortPools(order, steps, pool * batchSize);
    return {
      count,
      batch: (index) => {
        const first = batches[index] * batchSize;
        return padRows(sentences, order.subarray(first, first + batchSize), steps, padding);
      },
    };
  };
  const upTo = (length: number) => Int32Array.from({ length }, (_, i) => i);
  if (!random) return fixedEpochs(false, epochOf(upTo(sentences.length), upTo(count)));
  return drawnEpochs({
    length: count,
    continues: false,
    random,
    draw: (drawn) => {
      const order = drawn.shuffle(upTo(sentences.length));
      // Sorting puts short batches first in each pool, so the batches are shuffled too.
      return epochOf(order, drawn.shuffle(upTo(count)));
    },
  });
}

/** Sorts every run of `size` sentences by length. The sort is stable. */
function sortPools(order: Int32Array, steps: Int32Array, size: number): void {
  for (let start = 0; start < order.length; start += size) {
    order.subarray(start, start + size).sort((a, b) => steps[a] - steps[b]);
  }
}

function padRows(
  sentences: readonly ArrayLike<number>[],
  rows: Int32Array,
  allSteps: Int32Array,
  padding: number,
): TokenBatch {
  const lengths = rows.map((sentence) => allSteps[sentence]);
  const batchSize = rows.length;
  const steps = lengths.reduce((longest, length) => Math.max(longest, length));
  const inputs = new Int32Array(batchSize * steps).fill(padding);
  const targets = new Int32Array(batchSize * steps).fill(padding);
  for (let row = 0; row < batchSize; row++) {
    const sentence = sentences[rows[row]];
    for (let step = 0; step < lengths[row]; step++) {
      inputs[row * steps + step] = sentence[step];
      targets[row * steps + step] = sentence[step + 1];
    }
  }
  return { inputs, targets, batchSize, steps, lengths };
}

/**
 * The sentences of a corpus, each with its end mark. Tokens after the last mark are a sentence too. Shares the storage of the
 * corpus.
 * @param end the id that ends a sentence, such as that of `<eos>`
 */
export function splitSentences(ids: Int32Array, end: number): Int32Array[] {
  const sentences: Int32Array[] = [];
  for (let start = 0; start < ids.length; ) {
    const next = ids.indexOf(end, start);
    const stop = next < 0 ? ids.length : next + 1;
    sentences.push(ids.subarray(start, stop));
    start = stop;
  }
  return sentences;
}
