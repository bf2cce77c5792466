import { reporterFor, UsageError } from '@throughtime/command-line';
import { evaluateStreams, unigramPerplexity } from '@throughtime/lang-model';
import { readCorpus } from '../text/corpus.js';
import { type Cleaning, cleaned } from '../text/text-form.js';
import { openModel } from './open-model.js';

export interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly streams: number;
  readonly json?: boolean;
}

/** Measures a model on a text. */
export async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  const { model, tokenizer, vocabulary, notes: saved } = await openModel(options.model);
  const reporter = reporterFor(options.json);
  const corpus = await readCorpus(options.corpus, { reporter, signal });
  const clean = options.clean ?? (saved.cleaning as Cleaning | undefined) ?? 'none';
  const tokens = tokenizer.tokenize(cleaned(corpus.text, clean)).slice(0, options.maxTokens);
  if (tokens.length < 2)
    throw new UsageError(`--corpus: expected at least 2 tokens, got ${tokens.length} in '${options.corpus}'`);
  const unknown = tokens.filter((token) => !vocabulary.has(token));
  if (unknown.length > 0 && vocabulary.unknownId === null)
    throw new UsageError(
      `--corpus: expected tokens of the model's vocabulary, got ${JSON.stringify(unknown[0])} in '${options.corpus}'`,
    );

  const ids = vocabulary.encode(tokens);
  const { loss, perplexity, bitsPerToken } = await evaluateStreams(model, ids, {
    streams: options.streams,
    signal,
  });
  const unigram = unigramPerplexity(ids, { vocabularySize: vocabulary.size });
  reporter.print(
    `tokens               ${ids.length.toLocaleString('en')}, ${unknown.length.toLocaleString('en')} of them unknown`,
  );
  reporter.print(`perplexity           ${perplexity.toFixed(3)}`);
  reporter.print(`bits per token       ${bitsPerToken.toFixed(3)}`);
  reporter.print(`unigram perplexity   ${unigram.toFixed(3)}  (of this text's own frequencies)`);
  reporter.event('done', {
    corpus: options.corpus,
    tokens: ids.length,
    unknownTokens: unknown.length,
    loss,
    perplexity,
    bitsPerToken,
    unigramPerplexity: unigram,
  });
}
