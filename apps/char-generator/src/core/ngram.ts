// N-gram models: what `generate ngram` trains, and what the page compares its networks with.
import {
  addK,
  type BackoffNgramModel,
  type CorpusCounts,
  type CountNgramModel,
  countCorpus,
  type Discounts,
  type DiscountWarning,
  evaluateSentences,
  kneserNey,
  laplace,
  maximumLikelihood,
  type SentenceEvaluation,
  wittenBell,
} from '@throughtime/lang-model';
import { type EncodedCorpus, encodeCorpus, type LoadedCorpus, unigramFloor } from './corpus.js';
import { type NgramSettings, ngramRecipe, type TextSettings } from './settings.js';

export interface NgramEstimate {
  readonly model: BackoffNgramModel | CountNgramModel;
  /** Of Kneser-Ney smoothing. */
  readonly discounts?: readonly Discounts[];
  readonly warnings: readonly DiscountWarning[];
}

/**
 * Counts and smooths.
 * @throws ArgumentError naming the setting that cannot be
 */
export function trainNgram(corpus: EncodedCorpus, settings: NgramSettings): NgramEstimate {
  const { training, vocabulary, sentences } = corpus;
  const counts = countCorpus(training, {
    order: settings.order,
    vocabularySize: vocabulary.size,
    sentences,
    unknown: vocabulary.unknownId ?? undefined,
  });
  return smoothed(counts, settings);
}

/** The model that a smoothing method makes of counts. */
function smoothed(counts: CorpusCounts, settings: NgramSettings): NgramEstimate {
  const { smoothing, prune, k = 1, epsilon = 1 } = settings;
  switch (smoothing) {
    case 'kneser-ney':
    case 'kneser-ney-backoff':
      return kneserNey(counts, { interpolate: smoothing === 'kneser-ney', prune });
    case 'witten-bell':
      return { model: wittenBell(counts, { prune }), warnings: [] };
    case 'laplace': {
      const epsilons = new Array<number>(counts.order).fill(epsilon);
      return { model: laplace(counts, { epsilons, prune }), warnings: [] };
    }
    case 'add-k':
      return { model: addK(counts, { k, prune }), warnings: [] };
    case 'maximum-likelihood':
      return { model: maximumLikelihood(counts, { prune }), warnings: [] };
  }
}

export interface NgramFigures {
  readonly evaluation: SentenceEvaluation;
  /** Perplexity on the same text of a model that knows only how frequent each token is. */
  readonly unigram: number;
}

/** How well the model predicts the validation text; undefined where there is none. */
export function evaluateNgram({ model }: NgramEstimate, corpus: EncodedCorpus): NgramFigures | undefined {
  const { validation: unigram } = unigramFloor(corpus);
  if (unigram === undefined) return undefined;
  return { evaluation: evaluateSentences(model, corpus.validation), unigram };
}

/** What a recurrent network has to beat: perplexities on the text that it is validated on. */
export interface Baselines {
  /** Of a model that knows only how frequent each token is. */
  readonly unigram: number;
  /** Of the model that `generate ngram` makes by default, modified Kneser-Ney. */
  readonly ngram: number;
}

/** @returns undefined when the text is too short to leave any for validation */
export function baselines(
  corpus: LoadedCorpus,
  { tokens, clean, minFrequency, validation }: TextSettings,
): Baselines | undefined {
  const settings = { ...ngramRecipe, tokens, clean, minFrequency, validation };
  const encoded = encodeCorpus(corpus, settings);
  const figures = evaluateNgram(trainNgram(encoded, settings), encoded);
  return figures && { unigram: figures.unigram, ngram: figures.evaluation.perplexity };
}
