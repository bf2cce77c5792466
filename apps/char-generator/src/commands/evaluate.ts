import { endingAtOnce, integerOption, interruptible, reporterFor } from '@throughtime/command-line';
import { ArgumentError, inWords } from '@throughtime/errors';
import type { Evaluation } from '@throughtime/lang-model';
import { Command, Option } from 'commander';
import { type Cleaning, cleanings } from '../core/settings.js';
import { acceptDamageOption, int8Option, type UnknownWords, unknownWords } from './model-options.js';
import type { AnyModel } from './open-model.js';

interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly unknown: UnknownWords;
  readonly streams: number;
  readonly threads?: number;
  readonly acceptDamage?: boolean;
  readonly int8?: boolean;
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
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .requiredOption('--corpus <name|file>', 'a data set by name, or a UTF-8 text file')
    .addOption(new Option('--clean <how>', "default: as the model's own text was").choices(cleanings))
    .addOption(
      new Option(
        '--unknown <how>',
        'perplexity with unknown tokens, as KenLM has it (-100 where an ARPA file has no <unk>), or without, as SRILM',
      )
        .choices(unknownWords)
        .default('kenlm'),
    )
    .option('--max-tokens <n>', 'use the first n tokens of the text only', integerOption({ min: 2 }))
    .option('--streams <n>', 'parts of the text that are read side by side', integerOption({ min: 1 }), 16)
    .option(
      '--threads <n>',
      'threads of the engine; results do not depend on it (default: all cores)',
      integerOption({ min: 1, max: 64 }),
    )
    .option(...acceptDamageOption)
    .option(...int8Option)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', notes)
    .action((options: EvaluateOptions) => interruptible((signal) => evaluate(options, signal)));
}

/** Measures a model on a text. */
async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { unigramPerplexity, RecurrentLanguageModel } = await import('@throughtime/lang-model');
  const { joined, requireKnown } = await import('../core/corpus.js');
  const { TextForm } = await import('../core/text-form.js');
  const { openAnyModel } = await import('./open-model.js');
  const { readCorpus } = await import('./read-corpus.js');

  const reporter = reporterFor(options.json);
  const { threads, unknown, acceptDamage, int8 } = options;
  const opened = await endingAtOnce(() =>
    openAnyModel(options.model, {
      threads,
      unknown,
      acceptDamage,
      int8,
      warn: (text) => reporter.warn(text),
    }),
  );
  const { model, vocabulary } = opened;
  const corpus = await readCorpus(options.corpus, { reporter, signal });
  const sentences = model instanceof RecurrentLanguageModel ? undefined : model.sentences;
  const own = TextForm.of(opened);
  const form = new TextForm({ ...own, ...(options.clean && { clean: options.clean }) });
  const texts = await endingAtOnce(() => form.texts(corpus.text, options));
  const tokens = texts.flat();
  if (tokens.length < 2) {
    const got = `${tokens.length} in '${options.corpus}'`;
    throw new ArgumentError('corpus', 'at least 2 tokens', inWords(got));
  }
  if (vocabulary.unknownId === null) requireKnown(tokens, vocabulary, options.corpus);
  const encoded = await endingAtOnce(() => texts.map((text) => vocabulary.encode(text)));
  const figures = await measured(model, encoded, { ...options, unknownId: vocabulary.unknownId }, signal);
  const unknownTokens = encoded.reduce(
    (sum, ids) => sum + ids.filter((id) => id === vocabulary.unknownId).length,
    0,
  );
  const ids = joined(encoded, sentences);
  const unigram = unigramPerplexity(ids, { vocabularySize: vocabulary.size });
  reporter.print(
    `tokens               ${ids.length.toLocaleString('en')}, ${unknownTokens.toLocaleString('en')} of them unknown`,
  );
  reporter.print(`perplexity           ${figures.perplexity.toFixed(3)}`);
  reporter.print(`bits per token       ${figures.bitsPerToken.toFixed(3)}`);
  reporter.print(`unigram perplexity   ${unigram.toFixed(3)}  (of this text's own frequencies)`);
  if (figures.perplexityWithoutUnknown !== undefined && unknown === 'kenlm')
    reporter.print(`without unknown      ${figures.perplexityWithoutUnknown.toFixed(3)}`);
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
  /** Where some tokens are unknown. */
  readonly perplexityWithoutUnknown?: number;
}

/** A recurrent model reads one text, in streams; an n-gram model reads texts, which may be lines. */
async function measured(
  model: AnyModel,
  texts: readonly Int32Array[],
  { streams, unknown, unknownId }: EvaluateOptions & { readonly unknownId: number | null },
  signal: AbortSignal,
): Promise<Figures> {
  const { evaluateSentences, evaluateStreams, RecurrentLanguageModel } = await import(
    '@throughtime/lang-model'
  );
  if (model instanceof RecurrentLanguageModel) {
    const ofUnknown = unknownId === null ? {} : { unknown: unknownId };
    return figuresOf(await evaluateStreams(model, texts[0], { streams, signal, ...ofUnknown }), unknown);
  }
  return figuresOf(await endingAtOnce(() => evaluateSentences(model, texts)), unknown);
}

function figuresOf(
  evaluation: Evaluation & { readonly unknownTokens: number; readonly withoutUnknown: Evaluation },
  unknown: UnknownWords,
): Figures {
  const { unknownTokens, withoutUnknown } = evaluation;
  const { loss, perplexity, bitsPerToken } = unknown === 'srilm' ? withoutUnknown : evaluation;
  return {
    ...{ loss, perplexity, bitsPerToken },
    ...(unknownTokens > 0 && { perplexityWithoutUnknown: withoutUnknown.perplexity }),
  };
}
