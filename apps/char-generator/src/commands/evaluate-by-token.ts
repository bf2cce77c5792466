// Evaluation token by token: what mixes models, remembers, adapts, or is to be told for each token alone.
import { UsageError } from '@throughtime/command-line';
import type { AwaitableLanguageModel } from '@throughtime/contract';
import type { RecurrentLanguageModel, SentenceMarks } from '@throughtime/lang-model';
import { joined } from '../core/corpus.js';
import type { TextModel } from '../core/text-model.js';
import { type AnyModel, type OpenModelOptions, openAnyModel } from './open-model.js';

export interface ByTokenOptions {
  /** Folders of models that are mixed with the first. */
  readonly mixture?: readonly string[] | undefined;
  /** Whether what was read lately becomes more probable. */
  readonly cache?: boolean | undefined;
  /** How the models of the mixture are read. */
  readonly open: OpenModelOptions;
}

/** The tokens that count, and the natural logarithm of the probability of each. */
export interface ScoredTokens {
  readonly ids: Int32Array;
  readonly logProbabilities: Float64Array;
  /** Of the models of a mixture, the first being the one that is evaluated. */
  readonly weights?: readonly number[];
}

/** The share of a text, from its beginning, that the weights of a mixture are fitted on; it does not count. */
const fittedShare = 0.1;

/**
 * Reads texts token by token, in one stream. A recurrent model's first token is context alone, as `evaluate` has it.
 * @throws UsageError when the model cannot do what is asked
 */
export async function scoreTokens(
  { model, vocabulary }: TextModel<AnyModel>,
  texts: readonly Int32Array[],
  { mixture = [], cache = false, open }: ByTokenOptions,
): Promise<ScoredTokens> {
  const {
    CachePointerModel,
    fitMixtureWeights,
    MixtureLanguageModel,
    RecurrentLanguageModel,
    tokenLogProbabilities,
  } = await import('@throughtime/lang-model');
  const isRecurrent = model instanceof RecurrentLanguageModel;
  const ngram = isRecurrent ? undefined : model;
  const sentences = ngram?.sentences;
  if (sentences && mixture.length > 0)
    throw new UsageError('--mixture: expected a model of whole texts, got one of lines');
  if (cache && !isRecurrent) throw new UsageError('--cache: expected a recurrent model, got an n-gram model');
  if (ngram && sentences) return ofSentences(ngram, texts, sentences);

  const base = cache && isRecurrent ? new CachePointerModel(model) : model;
  const models: AwaitableLanguageModel[] = [base as AwaitableLanguageModel];
  for (const folder of mixture) {
    const other = await openAnyModel(folder, { ...open, option: '--mixture' });
    const { tokens } = other.vocabulary;
    if (tokens.length !== vocabulary.size || tokens.some((token, id) => token !== vocabulary.tokens[id]))
      throw new UsageError(
        `--mixture: expected a model of the same ${vocabulary.size} tokens, got another vocabulary in '${folder}'`,
      );
    models.push(other.model as AwaitableLanguageModel);
  }
  const [ids] = texts;
  const given = Number(isRecurrent);
  if (models.length === 1) {
    const scores = await tokenLogProbabilities(models[0], ids);
    return { ids: ids.subarray(given), logProbabilities: scores.subarray(given) };
  }
  const fitted = Math.max(1, Math.floor(ids.length * fittedShare));
  const weights = await fitMixtureWeights(models, ids.subarray(0, fitted));
  const scores = await tokenLogProbabilities(new MixtureLanguageModel(models, weights), ids);
  return { ids: ids.subarray(fitted), logProbabilities: scores.subarray(fitted), weights };
}

/** Each line from the beginning, its end included. */
async function ofSentences(
  model: Exclude<AnyModel, RecurrentLanguageModel>,
  texts: readonly Int32Array[],
  sentences: SentenceMarks,
): Promise<ScoredTokens> {
  const ids = joined(texts, sentences);
  const logProbabilities = new Float64Array(ids.length);
  let at = 0;
  for (const { length } of texts) {
    const ended = ids.subarray(at, at + length + 1);
    logProbabilities.set(model.score(ended), at);
    at += ended.length;
  }
  return { ids, logProbabilities };
}

/** A table of all tokens that count: place, token as JSON, probability, bits. */
export function tokenTable({ ids, logProbabilities }: ScoredTokens, tokenOf: (id: number) => string): string {
  const rows = ['place\ttoken\tprobability\tbits'];
  for (const [at, id] of ids.entries()) {
    const logarithm = logProbabilities[at];
    rows.push(`${at}\t${JSON.stringify(tokenOf(id))}\t${Math.exp(logarithm)}\t${-logarithm / Math.LN2}`);
  }
  return `${rows.join('\n')}\n`;
}
