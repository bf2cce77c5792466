import { integerOption, interruptible, reporterFor } from '@throughtime/command-line';
import { ArgumentError, inWords } from '@throughtime/errors';
import { Command, Option } from 'commander';
import { type Cleaning, cleanings } from '../core/settings.js';
import type { AnyModel } from './open-model.js';

interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly streams: number;
  readonly threads?: number;
  readonly json?: boolean;
}

const notes = `
How long it takes: about 40,000 tokens per second for a model as 'generate train' makes it by default. --streams 1 reads the text from
end to end, which is exact; more streams are faster for small models and differ in the third digit.

Example:
  generate evaluate --model out/whale --corpus alice`;

/** `generate evaluate` */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Measure how well a trained model predicts a text: perplexity and bits per token.')
    .requiredOption('--model <folder>', 'the folder that train wrote')
    .requiredOption('--corpus <name|file>', 'a data set by name, or a UTF-8 text file')
    .addOption(new Option('--clean <how>', "default: as the model's own text was").choices(cleanings))
    .option('--max-tokens <n>', 'use the first n tokens of the text only', integerOption({ min: 2 }))
    .option('--streams <n>', 'parts of the text that are read side by side', integerOption({ min: 1 }), 16)
    .option(
      '--threads <n>',
      'threads of the engine; results do not depend on it (default: all cores)',
      integerOption({ min: 1, max: 64 }),
    )
    .option('--json', 'JSON lines on stdout: done')
    .addHelpText('after', notes)
    .action((options: EvaluateOptions) => interruptible((signal) => evaluate(options, signal)));
}

/** Measures a model on a text. */
async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { unigramPerplexity, RecurrentLanguageModel } = await import('@throughtime/lang-model');
  const { joined, requireKnown, tokenTexts } = await import('../core/corpus.js');
  const { cleaningOf } = await import('../core/text-model.js');
  const { openAnyModel } = await import('./open-model.js');
  const { readCorpus } = await import('./read-corpus.js');

  const opened = await openAnyModel(options.model, options.threads);
  const { model, tokenizer, vocabulary } = opened;
  const reporter = reporterFor(options.json);
  const corpus = await readCorpus(options.corpus, { reporter, signal });
  const clean = options.clean ?? cleaningOf(opened) ?? 'none';
  const sentences = model instanceof RecurrentLanguageModel ? undefined : model.sentences;
  const form = { tokenizer, clean, lines: sentences !== undefined, maxTokens: options.maxTokens };
  const texts = tokenTexts(corpus.text, form);
  const tokens = texts.flat();
  if (tokens.length < 2) {
    const got = `${tokens.length} in '${options.corpus}'`;
    throw new ArgumentError('corpus', 'at least 2 tokens', inWords(got));
  }
  if (vocabulary.unknownId === null) requireKnown(tokens, vocabulary, options.corpus);
  const unknownTokens = tokens.filter((token) => !vocabulary.has(token)).length;

  const encoded = texts.map((text) => vocabulary.encode(text));
  const figures = await measured(model, encoded, options, signal);
  const ids = joined(encoded, sentences);
  const unigram = unigramPerplexity(ids, { vocabularySize: vocabulary.size });
  reporter.print(
    `tokens               ${ids.length.toLocaleString('en')}, ${unknownTokens.toLocaleString('en')} of them unknown`,
  );
  reporter.print(`perplexity           ${figures.perplexity.toFixed(3)}`);
  if (figures.perplexityWithoutUnknown !== undefined)
    reporter.print(`without unknown      ${figures.perplexityWithoutUnknown.toFixed(3)}`);
  reporter.print(`bits per token       ${figures.bitsPerToken.toFixed(3)}`);
  reporter.print(`unigram perplexity   ${unigram.toFixed(3)}  (of this text's own frequencies)`);
  reporter.event('done', {
    corpus: options.corpus,
    tokens: ids.length,
    unknownTokens,
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

/** A recurrent model reads one text, in streams; an n-gram model reads texts, which may be lines. */
async function measured(
  model: AnyModel,
  texts: readonly Int32Array[],
  { streams }: EvaluateOptions,
  signal: AbortSignal,
): Promise<Figures> {
  const { evaluateSentences, evaluateStreams, RecurrentLanguageModel } = await import(
    '@throughtime/lang-model'
  );
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
