import type { BatchSource, TokenBatch } from '@throughtime/contract';
import { ArgumentError, checkOptions, type OptionChecks, whole } from '@throughtime/errors';
import {
  type PooledBatchesOptions,
  paddedRows,
  pooledBatchesChecks,
  pooledEpochs,
  requireWholeIds,
} from './pooled-epochs.js';
import { corpusIds } from './token-rows.js';

/** Options of {@link sentenceBatches}. */
export interface SentenceBatchesOptions extends PooledBatchesOptions {
  /** The most predictions per sentence; the rest is cut off. Default: all. */
  readonly maximumSteps?: number;
}

const checks: OptionChecks<SentenceBatchesOptions> = {
  ...pooledBatchesChecks,
  maximumSteps: whole({ from: 1 }),
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
  const { padding = 0, maximumSteps = Number.MAX_SAFE_INTEGER } = options;
  for (const [i, sentence] of sentences.entries()) requireWholeIds(`sentences[${i}]`, sentence);
  const short = sentences.findIndex((sentence) => sentence.length < 2);
  if (short >= 0) {
    throw new ArgumentError(`sentences[${short}]`, 'at least 2 tokens', sentences[short].length);
  }
  const allSteps = Int32Array.from(sentences, (sentence) => Math.min(sentence.length - 1, maximumSteps));
  const batch = (places: Int32Array): TokenBatch => {
    const rows = Array.from(places, (place) => sentences[place]);
    const length = (row: number) => allSteps[places[row]];
    const { ids, steps, lengths } = paddedRows(rows, { length, padding });
    const targets = paddedRows(rows, { length, from: 1, padding }).ids;
    return { inputs: ids, targets, batchSize: rows.length, steps, lengths };
  };
  return pooledEpochs({ noun: 'sentences', steps: allSteps, batch }, options);
}

/**
 * The sentences of a corpus, each with its end mark. Tokens after the last mark are a sentence too. Shares the storage of the
 * corpus.
 * @param end the id that ends a sentence, such as that of `<eos>`
 * @throws ArgumentError when `ids` are no Int32Array
 */
export function splitSentences(ids: Int32Array, end: number): Int32Array[] {
  corpusIds('ids', ids);
  const sentences: Int32Array[] = [];
  for (let start = 0; start < ids.length; ) {
    const next = ids.indexOf(end, start);
    const stop = next < 0 ? ids.length : next + 1;
    sentences.push(ids.subarray(start, stop));
    start = stop;
  }
  return sentences;
}
