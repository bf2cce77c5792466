import {
  acceptDamageOption,
  endingAtOnce,
  integerOption,
  interruptible,
  type Reporter,
  reporterFor,
  threadsOption,
  UsageError,
} from '@throughtime/command-line';
import type { TextPart } from '@throughtime/datasets';
import { ArgumentError, grouped, inWords } from '@throughtime/errors';
import type { Evaluation } from '@throughtime/lang-model';
import { Command, Option } from 'commander';
import { type Cleaning, cleanings } from '../core/settings.js';
import type { TextModel } from '../core/text-model.js';
import type { ByTokenOptions } from './evaluate-by-token.js';
import { int8Option, splitOption, type UnknownWords, unknownWords } from './model-options.js';
import type { AnyModel } from './open-model.js';

interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly split?: TextPart;
  readonly mixture?: readonly string[];
  readonly cache?: boolean;
  readonly dynamic?: boolean;
  readonly perToken?: string;
  readonly unknown: UnknownWords;
  readonly streams: number;
  readonly threads?: number;
  readonly acceptDamage?: boolean;
  readonly int8?: boolean;
  readonly json?: boolean;
}

const notes = `
How long it takes: about 40,000 tokens per second for a model as 'generate train' makes it by default. --streams 1 reads the text from
end to end, which is exact; more streams are faster for small models and differ in the third digit. --mixture, --cache, --dynamic and
--per-token read it in one stream: some 15,000 tokens per second, --cache and --dynamic a tenth of that.

Examples:
  generate evaluate --model out/whale --corpus alice
  generate evaluate --model out/whale --corpus alice --mixture out/five-gram --cache`;

/** `generate evaluate` */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .requiredOption('--corpus <name|file>', 'a data set by name, or a UTF-8 text file')
    .addOption(splitOption('train'))
    .addOption(
      new Option(
        '--mixture <folder...>',
        "mix the model with others of the same tokens: weights are fitted on the text's first tenth, which does not count",
      ),
    )
    .option('--cache', 'what was read lately becomes more probable (continuous cache; recurrent models)')
    .addOption(
      new Option(
        '--dynamic',
        'the model continues to learn from what it has read (recurrent models)',
      ).conflicts(['mixture', 'cache', 'perToken', 'int8', 'unknown', 'streams']),
    )
    .option(
      '--per-token <file>',
      'write the probability and the bits of each token there, as tab-separated values',
    )
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
    .option(...threadsOption)
    .option(...acceptDamageOption)
    .option(...int8Option)
    .option('--json', 'JSON lines on stdout: warning, ..., done')
    .addHelpText('after', notes)
    .action((options: EvaluateOptions) =>
      interruptible((signal) => evaluate(options, reporterFor(options.json), signal)),
    );
}

/** Measures a model on a text. */
export async function evaluate(
  options: EvaluateOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { unigramPerplexity, RecurrentLanguageModel } = await import('@throughtime/lang-model');
  const { joined, requireKnown } = await import('../core/corpus.js');
  const { TextForm } = await import('../core/text-form.js');
  const { openAnyModel } = await import('./open-model.js');
  const { readCorpus } = await import('./read-corpus.js');

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
  const corpus = await readCorpus(options.corpus, { reporter, signal, split: options.split });
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
  const { mixture, cache, perToken } = options;
  const byToken = mixture !== undefined || cache === true || perToken !== undefined;
  const figures = byToken
    ? await measuredByToken(
        opened,
        encoded,
        { ...options, open: { threads, acceptDamage, warn: (text) => reporter.warn(text) } },
        reporter,
      )
    : await measured(model, encoded, { ...options, unknownId: vocabulary.unknownId }, signal);
  const unknownTokens = encoded.reduce(
    (sum, ids) => sum + ids.filter((id) => id === vocabulary.unknownId).length,
    0,
  );
  const ids = joined(encoded, sentences);
  const unigram = unigramPerplexity(ids, { vocabularySize: vocabulary.size });
  reporter.print(`tokens               ${grouped(ids.length)}, ${grouped(unknownTokens)} of them unknown`);
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
  /** Where some tokens did not count. */
  readonly scoredTokens?: number;
  /** Of a mixture. */
  readonly weights?: readonly number[];
}

/** A recurrent model reads one text, in streams; an n-gram model reads texts, which may be lines. */
async function measured(
  model: AnyModel,
  texts: readonly Int32Array[],
  { streams, unknown, unknownId, dynamic }: EvaluateOptions & { readonly unknownId: number | null },
  signal: AbortSignal,
): Promise<Figures> {
  const { dynamicEvaluation, evaluateSentences, evaluateStreams, RecurrentLanguageModel } = await import(
    '@throughtime/lang-model'
  );
  if (dynamic) {
    if (!(model instanceof RecurrentLanguageModel))
      throw new UsageError('--dynamic: expected a recurrent model, got an n-gram model');
    const { loss, perplexity, bitsPerToken } = await dynamicEvaluation(model, texts[0], { signal });
    return { loss, perplexity, bitsPerToken };
  }
  if (model instanceof RecurrentLanguageModel) {
    const ofUnknown = unknownId === null ? {} : { unknown: unknownId };
    return figuresOf(await evaluateStreams(model, texts[0], { streams, signal, ...ofUnknown }), unknown);
  }
  return figuresOf(await endingAtOnce(() => evaluateSentences(model, texts)), unknown);
}

/** In one stream: mixed with other models, with a cache, or told for each token alone. */
async function measuredByToken(
  opened: TextModel<AnyModel>,
  texts: readonly Int32Array[],
  { perToken, unknown, ...options }: EvaluateOptions & Pick<ByTokenOptions, 'open'>,
  reporter: Reporter,
): Promise<Figures> {
  const { scoreTokens, tokenTable } = await import('./evaluate-by-token.js');
  const { replaceFile } = await import('@throughtime/platform/node');
  const scored = await endingAtOnce(() => scoreTokens(opened, texts, options));
  const { vocabulary } = opened;
  if (perToken !== undefined)
    await replaceFile(perToken, [
      new TextEncoder().encode(tokenTable(scored, (id) => vocabulary.tokenOf(id))),
    ]);
  const { ids, logProbabilities, weights } = scored;
  if (weights) {
    const folders = [options.model, ...(options.mixture ?? [])];
    reporter.print(
      `weights              ${weights.map((w, i) => `${w.toFixed(3)} ${folders[i]}`).join(', ')}`,
    );
  }
  const known = logProbabilities.filter((_, i) => ids[i] !== vocabulary.unknownId);
  if (unknown === 'srilm') requireKnownToken(known.length);
  const of = unknown === 'srilm' ? known : logProbabilities;
  const loss = -meanOf(of);
  return {
    ...{ loss, perplexity: Math.exp(loss), bitsPerToken: loss / Math.LN2, scoredTokens: of.length },
    ...(weights && { weights }),
    ...(known.length > 0 &&
      known.length < ids.length && { perplexityWithoutUnknown: Math.exp(-meanOf(known)) }),
  };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function figuresOf(
  evaluation: Evaluation & { readonly unknownTokens: number; readonly withoutUnknown: Evaluation },
  unknown: UnknownWords,
): Figures {
  const { unknownTokens, withoutUnknown } = evaluation;
  const count = withoutUnknown.tokens;
  if (unknown === 'srilm') requireKnownToken(count);
  const { loss, perplexity, bitsPerToken } = unknown === 'srilm' ? withoutUnknown : evaluation;
  return {
    ...{ loss, perplexity, bitsPerToken },
    ...(unknownTokens > 0 && count > 0 && { perplexityWithoutUnknown: withoutUnknown.perplexity }),
  };
}

/** @param count the tokens that are predicted and known */
function requireKnownToken(count: number): void {
  if (count > 0) return;
  const got = 'unknown ones alone';
  throw new ArgumentError('corpus', 'known tokens among those that are predicted', inWords(got), {
    hint: '--unknown kenlm counts unknown ones, too',
  });
}
