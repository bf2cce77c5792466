import { UsageError } from '@throughtime/command-line';
import {
  type BatchSource,
  randomBatches,
  sequentialBatches,
  type TokenBatch,
  windowBatches,
} from '@throughtime/datasets';
import { type StreamBatches, streamBatches, unigramPerplexity } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import { BYTE_TOKENS, type Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import type { LoadedCorpus } from '../text/corpus.js';
import { cleaned, tokenizerFor } from '../text/text-form.js';
import type { TrainSettings } from './train-settings.js';

/** A corpus as ids, split in time order: the validation text is the end of the corpus. */
export interface TrainingData {
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  readonly training: Int32Array;
  /** undefined when none was wanted. */
  readonly validation: Int32Array | undefined;
  /** Perplexity of the training text's own frequencies, on either part: what a model that knows no order reaches. */
  readonly unigram: { readonly training: number; readonly validation: number | undefined };
}

/**
 * Cleans, cuts and encodes a corpus.
 * @throws UsageError when nothing is left of it
 */
export function prepareData(corpus: LoadedCorpus, settings: TrainSettings): TrainingData {
  const { tokens: kind, clean, maxTokens, validation: share, minFrequency } = settings;
  if (clean === 'eos' && kind !== 'word')
    throw new UsageError(`--clean eos: expected --tokens word, of which <eos> is one, got --tokens ${kind}`);
  const tokenizer = tokenizerFor(kind, clean);
  const tokenize = (text: string) => tokenizer.tokenize(cleaned(text, clean));
  const all = tokenize(corpus.text).slice(0, maxTokens);
  if (all.length === 0)
    throw new UsageError(`--corpus: expected a text, got '${corpus.name}', which has no tokens: it is empty`);

  const held = corpus.validationText === undefined ? Math.floor(all.length * share) : 0;
  const tokens = held > 0 ? all.slice(0, all.length - held) : all;
  const heldOut =
    corpus.validationText === undefined ? all.slice(all.length - held) : tokenize(corpus.validationText);
  const vocabulary =
    kind === 'byte' ? Vocabulary.fromList(BYTE_TOKENS) : Vocabulary.fromTokens(tokens, { minFrequency });
  const training = vocabulary.encode(tokens);
  // One id predicts nothing.
  const validation = share > 0 && heldOut.length > 1 ? vocabulary.encode(heldOut) : undefined;
  const vocabularySize = vocabulary.size;
  return {
    tokenizer,
    vocabulary,
    training,
    validation,
    unigram: {
      training: unigramPerplexity(training, { vocabularySize }),
      validation: validation && unigramPerplexity(training, { vocabularySize, of: validation }),
    },
  };
}

/** How many steps a batch has: what truncation makes of the option --steps. */
export function batchSteps({ truncation, steps, batch }: TrainSettings, tokens: number): number {
  switch (truncation) {
    case 'regular':
      return steps;
    case 'full':
    case 'random-lengths':
      // One batch an epoch: each row is its whole share of the text.
      return Math.max(1, Math.floor((tokens - 1) / batch));
    case 'randomized':
      // Long enough that most of the borders inside are drawn rather than given.
      return Math.max(1, Math.min(4 * steps, Math.floor((tokens - 1) / batch)));
  }
}

/** @throws CorpusTooShortError when the text does not fill one batch */
export function trainingBatches(
  data: TrainingData,
  settings: TrainSettings,
  random: Random,
): BatchSource<TokenBatch> {
  const { batch: batchSize, sampling } = settings;
  const options = { batchSize, steps: batchSteps(settings, data.training.length), random };
  switch (sampling) {
    case 'sequential':
      return sequentialBatches(data.training, options);
    case 'random':
      return randomBatches(data.training, options);
    case 'windows':
      return windowBatches(data.training, options);
  }
}

/** The validation text, always the same batches: as many rows as it has room for at --steps each. */
export function validationBatches(ids: Int32Array, { batch, steps }: TrainSettings): StreamBatches {
  const streams = Math.max(1, Math.min(batch, Math.floor((ids.length - 1) / steps)));
  return streamBatches(ids, { streams, steps });
}
