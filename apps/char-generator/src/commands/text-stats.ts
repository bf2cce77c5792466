import { join } from 'node:path';
import {
  endingAtOnce,
  integerOption,
  interruptible,
  numberListOption,
  numberOption,
  type Reporter,
  reporterFor,
  UsageError,
} from '@throughtime/command-line';
import type { TextPart } from '@throughtime/datasets';
import { grouped } from '@throughtime/errors';
import { Command, Option } from 'commander';
import {
  type CorpusNames,
  cleanings,
  commandRecipe,
  requireLearnedFor,
  type TextSettings,
  tokenKinds,
  tokenNoun,
} from '../core/settings.js';
import {
  corpusFlags,
  corpusText,
  oneOrMore,
  splitOption,
  tokensText,
  vocabularySizeOption,
} from './model-options.js';

interface TextStatsOptions extends Omit<TextSettings, 'minFrequency'> {
  readonly corpus: CorpusNames;
  readonly split?: TextPart;
  readonly order: number;
  readonly top: number;
  readonly minFrequencies: readonly number[];
  readonly against?: string;
  readonly figures?: string;
  readonly json?: boolean;
}

const notes = `
Zipf exponents are fitted by least squares over ranks 10 to 1000. The out-of-vocabulary rate is the share of the tokens of --against, or
of the part kept by --validation, that the rest of the text does not have.

How long it takes: a second for a book at order 3, about 10 seconds for a million words.

Example:
  generate text-stats --corpus time-machine --tokens word --clean d2l-0.17 --figures out/zipf`;

/** `generate text-stats` */
export function textStatsCommand(): Command {
  return new Command('text-stats')
    .addOption(new Option(corpusFlags, corpusText).default(commandRecipe.corpus))
    .addOption(splitOption('train'))
    .addOption(new Option('--tokens <kind>', tokensText).choices(tokenKinds).default('word'))
    .option(...vocabularySizeOption)
    .addOption(new Option('--clean <how>', 'as in train').choices(cleanings).default('none'))
    .option('--order <n>', 'length of the longest n-grams', integerOption({ min: 1, max: 8 }), 3)
    .option('--top <n>', 'how many of the most frequent n-grams are told', integerOption({ min: 0 }), 10)
    .option(
      '--min-frequencies <n,n,...>',
      'sizes of vocabularies without what occurs less often, <unk> included',
      numberListOption({ min: 1 }),
      [1, 2, 3, 5, 10],
    )
    .option('--against <name|file>', 'a text whose tokens are looked up among those of the corpus')
    .option(
      '--validation <f>',
      'share of the text, from its end, that is looked up among the rest, without --against',
      numberOption({ min: 0, max: 0.9 }),
      commandRecipe.validation,
    )
    .option('--max-tokens <n>', 'count the first n tokens only (default: all)', integerOption({ min: 1 }))
    .option('--figures <folder>', 'write zipf.svg, frequency by rank, there')
    .option('--json', 'JSON lines on stdout: ngrams, ..., done')
    .addHelpText('after', notes)
    .action(({ json, ...options }: TextStatsOptions) =>
      interruptible((signal) => textStats(options, reporterFor(json), signal)),
    );
}

const ngramNames = ['unigrams', 'bigrams', 'trigrams'];
const nameOf = (order: number) => ngramNames[order - 1] ?? `${order}-grams`;

export async function textStats(
  options: Omit<TextStatsOptions, 'json'>,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { countNgrams, fitZipf, TokenCounts, vocabularySizes } = await import('@throughtime/text-preprocess');
  const { encodeCorpus } = await import('../core/corpus.js');
  const { readCorpus } = await import('./read-corpus.js');
  const { order, top, minFrequencies, against, split, figures, maxTokens, ...settings } = options;
  requireLearnedFor(settings);
  const read = { reporter, signal };
  const corpus = await readCorpus(oneOrMore(options.corpus), { ...read, split });
  const other =
    against === undefined ? undefined : await readCorpus(against, { ...read, option: '--against' });

  // One text: what is looked up is counted too, unless it is another text.
  const whole = { name: corpus.name, text: corpus.text };
  const { form } = await endingAtOnce(() =>
    encodeCorpus(whole, { ...settings, minFrequency: 1, validation: 0 }),
  );
  const [tokens] = form.texts(corpus.text, { maxTokens });
  const types = new Set(tokens).size;
  reporter.print(
    `${corpus.name}: ${grouped(tokens.length)} ${tokenNoun(settings.tokens)}s, ${grouped(types)} distinct`,
  );

  const ranked: { label: string; frequencies: ArrayLike<number> }[] = [];
  for (let n = 1; n <= order; n++) {
    signal.throwIfAborted();
    const counts = await endingAtOnce(() => countNgrams(tokens, n));
    const frequencies = counts.frequencies();
    ranked.push({ label: nameOf(n), frequencies });
    // Too few ranks have no law.
    const zipf = frequencies.length >= 11 ? fitZipf(frequencies) : undefined;
    const law = zipf ? `, Zipf exponent ${zipf.exponent.toFixed(3)} (r^2 ${zipf.rSquared.toFixed(3)})` : '';
    reporter.print(`\n${grouped(counts.size)} distinct ${nameOf(n)} of ${grouped(counts.total)}${law}`);
    const most = counts.mostCommon(top).map(([ngram, count]) => ({ ngram, count }));
    for (const { ngram, count } of most) reporter.print(`${grouped(count).padStart(10)}  ${shown(ngram)}`);
    reporter.event('ngrams', {
      order: n,
      types: counts.size,
      total: counts.total,
      ...(zipf && { zipf }),
      top: most,
    });
  }

  const sizes = vocabularySizes(TokenCounts.of(tokens), minFrequencies);
  reporter.print('\nvocabulary, <unk> included, by minimum frequency');
  for (const [i, frequency] of minFrequencies.entries())
    reporter.print(`${String(frequency).padStart(10)}  ${grouped(sizes[i])}`);

  const rate = outOfVocabulary(
    tokens,
    other ? form.texts(other.text).flat() : undefined,
    settings.validation,
  );
  if (rate)
    reporter.print(
      `\nout of vocabulary: ${(100 * rate.rate).toFixed(2)}% of ${grouped(rate.tokens)} tokens ` +
        `(${grouped(rate.types)} distinct) of ${other ? other.name : 'the end of the text'}`,
    );
  if (figures !== undefined) await writeZipf(figures, ranked);
  reporter.event('done', {
    ...{ corpus: corpus.name, tokens: tokens.length, types },
    vocabularySizes: Object.fromEntries(minFrequencies.map((frequency, i) => [frequency, sizes[i]])),
    ...(rate && { outOfVocabulary: rate }),
    ...(figures !== undefined && { figures }),
  });
}

/** What a text has that another does not; undefined where there is nothing to look up. */
function outOfVocabulary(tokens: readonly string[], other: readonly string[] | undefined, share: number) {
  const border = other ? tokens.length : tokens.length - Math.floor(tokens.length * share);
  const known = new Set(tokens.slice(0, border));
  const looked = other ?? tokens.slice(border);
  if (looked.length === 0) return undefined;
  const missing = looked.filter((token) => !known.has(token));
  return { rate: missing.length / looked.length, tokens: looked.length, types: new Set(missing).size };
}

async function writeZipf(
  folder: string,
  orders: readonly { readonly label: string; readonly frequencies: ArrayLike<number> }[],
): Promise<void> {
  const { zipfFigure } = await import('@throughtime/figures');
  const { figureToSvg } = await import('@throughtime/figures/node');
  const { isSystemError, makeFolder, replaceFile } = await import('@throughtime/platform/node');
  try {
    await makeFolder(folder);
    await replaceFile(join(folder, 'zipf.svg'), [new TextEncoder().encode(figureToSvg(zipfFigure(orders)))]);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`--figures: expected a folder that can be written, got '${folder}' (${error.code})`);
  }
}

/** Tokens that are not plain words are quoted. */
function shown(ngram: readonly string[]): string {
  return ngram.every((token) => /^\S+$/.test(token) && !token.includes('"')) &&
    ngram.some((token) => token.length > 1)
    ? ngram.join(' ')
    : ngram.map((token) => JSON.stringify(token)).join(' ');
}
