import {
  type CardFacts,
  endingAtOnce,
  HeldFolder,
  integerOption,
  interruptible,
  numberListOption,
  numberOption,
  type Reporter,
  reporterFor,
  saveCard,
  UsageError,
} from '@throughtime/command-line';
import type { TextPart } from '@throughtime/datasets';
import { grouped, type SavedFields } from '@throughtime/errors';
import type { NgramStorage } from '@throughtime/lang-model';
import { Command, Option } from 'commander';
import type { EncodedCorpus, LoadedCorpus } from '../core/corpus.js';
import type { NgramEstimate, NgramFigures } from '../core/ngram.js';
import {
  type CorpusNames,
  cleanings,
  commandRecipe,
  corpusName,
  type NgramSettings,
  ngramRecipe,
  requireLearnedFor,
  smoothings,
  tokenKinds,
  tokenNoun,
} from '../core/settings.js';
import {
  cleanText,
  corpusFlags,
  corpusText,
  oneOrMore,
  splitOption,
  tokensText,
  trainedParts,
  vocabularySizeOption,
} from './model-options.js';

interface NgramOptions extends Omit<NgramSettings, 'lines'> {
  readonly corpus: CorpusNames;
  readonly split?: TextPart;
  readonly lines?: boolean;
  readonly out: string;
  readonly overwrite?: boolean;
  /** Where to write the model as an ARPA file besides; undefined: nowhere. */
  readonly arpa?: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
  readonly json?: boolean;
}

const notes = `
How long it takes: about a second for Moby-Dick (chapters 1 to 17); a million words at order 5 take two.

With --tokens word --clean letters --lines the model is the one that KenLM's lmplz makes of the same lines (with
--discount_fallback), and --arpa writes a file that KenLM loads.

Examples:
  generate ngram --out out/letters
  generate ngram --corpus book.txt --tokens word --clean letters --lines --order 3 --out out/book --arpa book.arpa
  generate ngram --order 3 --smoothing laplace --epsilon 2 --out out/laplace`;

/** `generate ngram` */
export function ngramCommand(): Command {
  const d = ngramRecipe;
  return new Command('ngram')
    .requiredOption('--out <folder>', 'where the model goes; sample and evaluate read it')
    .addOption(new Option(corpusFlags, corpusText).default(commandRecipe.corpus))
    .addOption(splitOption(trainedParts))
    .addOption(new Option('--tokens <kind>', tokensText).choices(tokenKinds).default(d.tokens))
    .option(...vocabularySizeOption)
    .addOption(new Option('--clean <how>', cleanText).choices(cleanings).default(d.clean))
    .option('--min-frequency <n>', 'rarer tokens become <unk>', integerOption({ min: 1 }), d.minFrequency)
    .option('--lines', 'each line is a sentence of its own, between <s> and </s>')
    .option('--order <n>', 'length of the longest n-grams', integerOption({ min: 1, max: 16 }), d.order)
    .addOption(
      new Option('--smoothing <name>', 'what unseen n-grams get').choices(smoothings).default(d.smoothing),
    )
    .option('--k <x>', 'add-k: added to every count (default: 1)', numberOption({ min: 0 }))
    .option(
      '--epsilon <x>',
      'laplace: strength of the prior at every order (default: 1)',
      numberOption({ min: 0 }),
    )
    .option(
      '--prune <n,n,...>',
      'drop n-grams of orders 1, 2, ... that occur so often or less',
      numberListOption(),
      d.prune,
    )
    .option(
      '--validation <f>',
      'share of the text, from its end, kept for validation',
      numberOption({ min: 0, max: 0.9 }),
      d.validation,
    )
    .option(
      '--max-tokens <n>',
      'use the first n tokens of the text only (default: all)',
      integerOption({ min: 1 }),
    )
    .option('--arpa <file>', 'write the model as an ARPA file, too')
    .option('--prompt <text>', 'what the sample continues', '')
    .option('--length <n>', 'tokens of the sample', integerOption({ min: 1 }), 300)
    .option('--temperature <x>', 'below 1 plainer, above 1 wilder', numberOption({ min: 0 }), 1)
    .option('--seed <n>', 'seed of the sample', integerOption(), 1)
    .option('--overwrite', 'replace the model in --out')
    .option('--json', 'JSON lines on stdout: start, warning, ..., model, done')
    .addHelpText('after', notes)
    .action(({ json, lines = false, ...options }: NgramOptions) =>
      interruptible((signal) =>
        HeldFolder.during(options.out, (folder) =>
          trainModel({ ...options, lines, folder }, reporterFor(json), signal),
        ),
      ),
    );
}

type NgramRequest = Omit<NgramOptions, 'json'> & NgramSettings & { readonly folder: HeldFolder };

/** Counts, smooths, evaluates, saves and samples an n-gram model. */
async function trainModel(request: NgramRequest, reporter: Reporter, signal: AbortSignal): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { arpaTokenNames, BackoffNgramModel, checkedArpaNames, encodePrompt } = await import(
    '@throughtime/lang-model'
  );
  const { saveNgramModel, writeArpaFile } = await import('@throughtime/lang-model/node');
  const { Random } = await import('@throughtime/random');
  const { encodeCorpus } = await import('../core/corpus.js');
  const { evaluateNgram, trainNgram } = await import('../core/ngram.js');
  const { sampleText } = await import('../core/text-model.js');
  const { readCorpus } = await import('./read-corpus.js');
  const { hashOfText, removeRun, requireFree } = await import('./run-folder.js');

  const { folder, out, arpa, prompt, length, temperature, seed } = request;
  requireArpaFor(request);
  requireUsed(request);
  const requireOutFree = async () => {
    if (!request.overwrite) await requireFree(out, 'replace it with --overwrite');
  };
  await requireOutFree();
  const text = await readCorpus(oneOrMore(request.corpus), { reporter, signal, split: request.split });
  // From here on the event loop does not turn: a signal ends the process, which has saved nothing yet.
  const corpus = await endingAtOnce(() => encodeCorpus(text, request));
  // Before anything is trained or replaced.
  encodePrompt(corpus.form.prompts.tokenize(prompt), corpus.vocabulary);
  // Not every token has a name in such a file.
  if (arpa !== undefined) {
    const { sentences, vocabulary } = corpus;
    const unknown = vocabulary.unknownId ?? undefined;
    checkedArpaNames(
      { vocabularySize: vocabulary.size, sentences, unknown },
      arpaTokenNames(vocabulary.tokens),
    );
  }
  tellStart(reporter, request, corpus);

  const start = performance.now();
  const estimate = await endingAtOnce(() => trainNgram(corpus, request));
  const { model } = estimate;
  await tellModel(reporter, estimate, (performance.now() - start) / 1000);
  const figures = told(reporter, await endingAtOnce(() => evaluateNgram(estimate, corpus)));

  const { tokenizer, vocabulary } = corpus;
  const notes = { ...corpus.form.notes, corpus: text.name };
  const random = Random.seeded(seed);
  const sample = await sampleText(
    { model, tokenizer, vocabulary, notes },
    { prompt, length, temperature, random, signal },
  );
  if (signal.aborted) {
    reporter.note('Interrupted: nothing was saved.');
    return;
  }

  // Nothing in the folder has changed until all the rest went well.
  const isNew = !folder.isHeld;
  await folder.begin();
  // Another run may have come and gone since we looked.
  if (isNew) await requireOutFree();
  if (arpa !== undefined && model instanceof BackoffNgramModel)
    await writeArpaFile(arpa, model, arpaTokenNames(vocabulary.tokens));
  await saveNgramModel(out, model, { vocabulary, tokenizer, notes });
  const hash = hashOfText(text.text, text.validationText);
  await saveCard(out, ngramCard(request, { text, hash, corpus, figures }));
  await removeRun(folder);
  reporter.print(`\nThe model says:\n\n${prompt}${sample}\n`);
  reporter.print(`Saved in ${out}${arpa === undefined ? '' : ` and, as ARPA, in ${arpa}`}.`);
  reporter.event('done', { model: out, ...(arpa && { arpa }), ...figures, sample });
}

interface Counted {
  readonly text: LoadedCorpus;
  readonly hash: string;
  readonly corpus: EncodedCorpus;
  readonly figures: SavedFields | undefined;
}

function ngramCard(request: NgramRequest, { text, hash, corpus, figures }: Counted): CardFacts {
  // The options of the sample are no part of the model.
  const {
    folder: _,
    out: __,
    arpa: ___,
    overwrite: ____,
    prompt: _____,
    length: ______,
    ...others
  } = request;
  const { temperature: _______, seed: ________, ...settings } = others;
  const sizes = {
    characters: text.text.length + (text.validationText?.length ?? 0),
    trainingTokens: tokensIn(corpus.training),
    vocabulary: corpus.vocabulary.size,
  };
  const data = { name: corpusName(request.corpus), sha256: hash, sizes };
  return { command: 'generate ngram', data, settings, figures };
}

function requireUsed({ k, epsilon, smoothing, ...text }: NgramRequest): void {
  requireLearnedFor(text);
  for (const [name, value, its] of [
    ['k', k, 'add-k'],
    ['epsilon', epsilon, 'laplace'],
  ] as const)
    if (value !== undefined && smoothing !== its)
      throw new UsageError(
        `--${name}: expected none with --smoothing ${smoothing}, got ${value}; ${its} has it`,
      );
}

function requireArpaFor({ arpa, smoothing }: NgramRequest): void {
  if (arpa !== undefined && !['kneser-ney', 'kneser-ney-backoff', 'witten-bell'].includes(smoothing))
    throw new UsageError(
      `--arpa: expected a smoothing that has back-off weights (kneser-ney, kneser-ney-backoff, witten-bell), got '${smoothing}'`,
    );
}

const tokensIn = (texts: readonly Int32Array[]) => texts.reduce((sum, { length }) => sum + length, 0);

function tellStart(
  reporter: Reporter,
  { corpus: names, tokens, order, smoothing, prune, lines }: NgramRequest,
  { training, validation, vocabulary }: EncodedCorpus,
): void {
  const corpus = corpusName(names);
  reporter.event('start', {
    corpus,
    order,
    smoothing,
    prune,
    lines,
    tokens: tokensIn(training),
    validationTokens: tokensIn(validation),
    vocabulary: vocabulary.size,
  });
  reporter.note(
    `${corpus}: ${grouped(tokensIn(training))} ${tokenNoun(tokens)}s to learn from, ${grouped(tokensIn(validation))} to validate on, ` +
      `vocabulary ${grouped(vocabulary.size)}`,
  );
}

async function tellModel(
  reporter: Reporter,
  { model, discounts, warnings }: NgramEstimate,
  seconds: number,
): Promise<void> {
  const { ngramStorage } = await import('@throughtime/lang-model');
  for (const { order, reason, fallback } of warnings) {
    reporter.note(`Note: ${reason}.${fallback ? ` Taken instead: ${fallback.join(', ')}.` : ''}`);
    reporter.event('warning', { order, reason, ...(fallback && { fallback }) });
  }
  const storage = ngramStorage(model);
  const bytes = storage.reduce((sum, order) => sum + order.bytes, 0);
  reporter.print('order     n-grams    bytes');
  for (const row of storage) reporter.print(storageRow(row));
  reporter.note(`${grouped(bytes)} bytes in all; counted and smoothed in ${seconds.toFixed(2)} s`);
  reporter.event('model', {
    ngrams: storage.map(({ ngrams }) => ngrams),
    bytes,
    seconds,
    ...(discounts && { discounts }),
  });
}

function storageRow({ order, ngrams, bytes }: NgramStorage): string {
  return `${String(order).padStart(5)}  ${grouped(ngrams).padStart(10)}  ${grouped(bytes).padStart(11)}`;
}

/** Prints perplexities on the validation text, where there is one, and returns them as fields of an event. */
function told(reporter: Reporter, figures: NgramFigures | undefined) {
  if (!figures) return undefined;
  const { perplexity, bitsPerToken, unknownTokens, withoutUnknown } = figures.evaluation;
  reporter.print('');
  reporter.print(
    `validation perplexity        ${perplexity.toFixed(3)}  (${bitsPerToken.toFixed(3)} bits per token)`,
  );
  if (unknownTokens > 0)
    reporter.print(
      `without unknown tokens       ${withoutUnknown.perplexity.toFixed(3)}  (${grouped(unknownTokens)} are unknown)`,
    );
  reporter.print(`perplexity of the unigram    ${figures.unigram.toFixed(3)}`);
  return {
    validationPerplexity: perplexity,
    validationBitsPerToken: bitsPerToken,
    unknownTokens,
    ...(unknownTokens > 0 && { validationPerplexityWithoutUnknown: withoutUnknown.perplexity }),
    unigramValidationPerplexity: figures.unigram,
  };
}
