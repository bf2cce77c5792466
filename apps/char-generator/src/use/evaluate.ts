import { reporterFor, UsageError } from '@throughtime/command-line';
import {
  evaluateSentences,
  evaluateStreams,
  RecurrentLanguageModel,
  unigramPerplexity,
} from '@throughtime/lang-model';
import { readCorpus } from '../text/corpus.js';
import type { Cleaning } from '../text/text-form.js';
import { firstTokens, joined, tokenTexts } from '../text/token-texts.js';
import { type AnyModel, openAnyModel } from './open-model.js';

export interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly streams: number;
  readonly threads?: number;
  readonly json?: boolean;
}

/** Measures a model on a text. */
export async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  const { model, tokenizer, vocabulary, notes: saved } = await openAnyModel(options.model, options.threads);
  const reporter = reporterFor(options.json);
  const corpus = await readCorpus(options.corpus, { reporter, signal });
  const clean = options.clean ?? (saved.cleaning as Cleaning | undefined) ?? 'none';
  const sentences = model instanceof RecurrentLanguageModel ? undefined : model.sentences;
  const form = { tokenizer, clean, lines: sentences !== undefined };
  const texts = firstTokens(tokenTexts(corpus.text, form), options.maxTokens);
  const tokens = texts.flat();
  if (tokens.length < 2)
    throw new UsageError(`--corpus: expected at least 2 tokens, got ${tokens.length} in '${options.corpus}'`);
  const unknown = tokens.filter((token) => !vocabulary.has(token));
  if (unknown.length > 0 && vocabulary.unknownId === null)
    throw new UsageError(
      `--corpus: expected tokens of the model's vocabulary, got ${JSON.stringify(unknown[0])} in '${options.corpus}'`,
    );

  const encoded = texts.map((text) => vocabulary.encode(text));
  const figures = await measured(model, encoded, options, signal);
  const ids = joined(encoded, sentences);
  const unigram = unigramPerplexity(ids, { vocabularySize: vocabulary.size });
  reporter.print(
    `tokens               ${ids.length.toLocaleString('en')}, ${unknown.length.toLocaleString('en')} of them unknown`,
  );
  reporter.print(`perplexity           ${figures.perplexity.toFixed(3)}`);
  if (figures.perplexityWithoutUnknown !== undefined)
    reporter.print(`without unknown      ${figures.perplexityWithoutUnknown.toFixed(3)}`);
  reporter.print(`bits per token       ${figures.bitsPerToken.toFixed(3)}`);
  reporter.print(`unigram perplexity   ${unigram.toFixed(3)}  (of this text's own frequencies)`);
  reporter.event('done', {
    corpus: options.corpus,
    tokens: ids.length,
    unknownTokens: unknown.length,
    ...figures,
    unigramPerplexity: unigram,
  });
}

interface Figures {
  readonly loss: number;
  readonly perplexity: number;
  readonly bitsPerToken: number;
  /** Of n-gram models, where some tokens are unknown. */
  readonly perplexityWithoutUnknown?: number;
}

/** A recurrent model reads one text, in streams; an n-gram model texts, of which it may be given the lines. */
async function measured(
  model: AnyModel,
  texts: readonly Int32Array[],
  { streams }: EvaluateOptions,
  signal: AbortSignal,
): Promise<Figures> {
  if (model instanceof RecurrentLanguageModel) {
    const { loss, perplexity, bitsPerToken } = await evaluateStreams(model, texts[0], { streams, signal });
    return { loss, perplexity, bitsPerToken };
  }
  const { loss, perplexity, bitsPerToken, unknownTokens, withoutUnknown } = evaluateSentences(model, texts);
  return {
    ...{ loss, perplexity, bitsPerToken },
    ...(unknownTokens > 0 && { perplexityWithoutUnknown: withoutUnknown.perplexity }),
  };
}
