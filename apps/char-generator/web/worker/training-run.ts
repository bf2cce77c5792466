import type { BpttTrainer, TrainerSnapshot } from '@throughtime/bptt-trainer';
import type { BatchSource } from '@throughtime/datasets';
import {
  encodePrompt,
  type RecurrentLanguageModel,
  type RecurrentModelState,
  type TokenBatch,
  unigramPerplexity,
} from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import type { Tokenizer, Vocabulary } from '@throughtime/text-preprocess';
import type { LoadedCorpus } from '../../src/text/corpus.js';
import { newModel } from '../../src/training/new-model.js';
import type { TrainSettings } from '../../src/training/train-settings.js';
import { trainerFor } from '../../src/training/trainer-for.js';
import { prepareData, type TrainingData, trainingBatches } from '../../src/training/training-data.js';
import { requireFused } from './unsupported-model.js';

/** A model with all that it takes to read and write text. */
export interface ReadyModel {
  readonly model: RecurrentLanguageModel;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
}

/** A training run between its first and last update: what `generate train` makes of the same settings. */
export interface TrainingRun extends ReadyModel {
  readonly corpus: LoadedCorpus;
  readonly settings: TrainSettings;
  readonly data: TrainingData;
  readonly batches: BatchSource<TokenBatch>;
  readonly trainer: BpttTrainer<TokenBatch, RecurrentModelState>;
  /** Draws the samples that are shown, apart from all that decides what is learned. */
  readonly samples: Random;
  /** Where to go on; undefined to begin at the beginning. */
  readonly resume: TrainerSnapshot | undefined;
  readonly epochs: number;
}

/**
 * @param trained a model to train further; a new one by default
 * @throws CorpusTooShortError when the text does not fill one batch; UnknownPromptTokenError when `trained` does not know all of
 *   its tokens; EngineMemoryError
 */
export function prepareRun(
  corpus: LoadedCorpus,
  settings: TrainSettings,
  { trained, resume }: { readonly trained?: ReadyModel; readonly resume?: TrainerSnapshot } = {},
): TrainingRun {
  const data = trained ? dataFor(trained, corpus, settings) : prepareData(corpus, settings);
  // Streams of their own, so that what one draws does not depend on the others.
  const random = Random.seeded(settings.seed);
  const [weights, order, dropout, samples] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const batches = trainingBatches(data, settings, order);
  const model = trained?.model ?? newModel(settings, data.vocabulary, weights);
  requireFused(model);
  const trainer = trainerFor(model, settings, dropout);
  const { tokenizer, vocabulary } = data;
  const { epochs } = settings;
  return { corpus, settings, data, model, tokenizer, vocabulary, batches, trainer, samples, resume, epochs };
}

/** A text in the tokens of a model that exists. */
function dataFor(
  { tokenizer, vocabulary }: ReadyModel,
  { text }: LoadedCorpus,
  { validation: share }: TrainSettings,
): TrainingData {
  const ids = encodePrompt(tokenizer.tokenize(text), vocabulary);
  const held = Math.floor(ids.length * share);
  const training = ids.subarray(0, ids.length - held);
  const validation = held > 1 ? ids.subarray(ids.length - held) : undefined;
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
