import { access, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Reporter, UsageError } from '@throughtime/command-line';
import {
  arpaTokenNames,
  BackoffNgramModel,
  countCorpus,
  evaluateSentences,
  generateText,
  type NgramStorage,
  ngramStorage,
  unigramPerplexity,
} from '@throughtime/lang-model';
import { saveNgramModel, writeArpaFile } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { readCorpus } from '../text/corpus.js';
import { joined } from '../text/token-texts.js';
import { type NgramData, type NgramDataSettings, prepareNgramData } from './ngram-data.js';
import { type SmoothedModel, type SmoothingSettings, smoothed } from './smoothings.js';

export interface NgramRequest extends NgramDataSettings, SmoothingSettings {
  readonly corpus: string;
  readonly order: number;
  readonly out: string;
  readonly overwrite: boolean;
  /** Where to write the model as an ARPA file besides; undefined: nowhere. */
  readonly arpa?: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly seed: number;
}

/** Counts, smooths, evaluates, saves and samples an n-gram model. */
export async function trainNgram(
  request: NgramRequest,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  requireArpaFor(request);
  await requireFree(request);
  const data = prepareNgramData(await readCorpus(request.corpus, { reporter, signal }), request);
  tellStart(reporter, request, data);

  const start = performance.now();
  const counts = countCorpus(data.training, { order: request.order, ...data.special });
  const result = smoothed(counts, request);
  const { model } = result;
  tellModel(reporter, result, (performance.now() - start) / 1000);
  const figures = evaluated(reporter, data, result);

  const sample = await sampled(model, data, request, signal);
  if (signal.aborted) {
    reporter.note('Interrupted: nothing was saved.');
    return;
  }

  // Nothing in the folder has changed until all the rest went well.
  if (request.overwrite) await removeRun(request.out);
  const { tokenizer, vocabulary } = data;
  await saveNgramModel(request.out, model, {
    vocabulary,
    tokenizer,
    notes: { cleaning: request.clean, corpus: request.corpus },
  });
  if (request.arpa !== undefined && model instanceof BackoffNgramModel)
    await writeArpaFile(request.arpa, model, arpaTokenNames(vocabulary.tokens));
  reporter.print(`\nThe model says:\n\n${request.prompt}${sample}\n`);
  reporter.print(
    `Saved in ${request.out}${request.arpa === undefined ? '' : ` and, as ARPA, in ${request.arpa}`}.`,
  );
  reporter.event('done', {
    model: request.out,
    ...(request.arpa && { arpa: request.arpa }),
    ...figures,
    sample,
  });
}

async function sampled(
  model: SmoothedModel['model'],
  { tokenizer, vocabulary }: NgramData,
  { prompt, length, temperature, seed }: NgramRequest,
  signal: AbortSignal,
): Promise<string> {
  const random = Random.seeded(seed);
  const pieces = generateText(model, { tokenizer, vocabulary, prompt, length, temperature, random, signal });
  let text = '';
  for await (const piece of pieces) text += piece;
  return text;
}

function requireArpaFor({ arpa, smoothing }: NgramRequest): void {
  if (arpa !== undefined && !['kneser-ney', 'kneser-ney-backoff', 'witten-bell'].includes(smoothing))
    throw new UsageError(
      `--arpa: expected a smoothing that has back-off weights (kneser-ney, kneser-ney-backoff, witten-bell), got '${smoothing}'`,
    );
}

async function requireFree({ out, overwrite }: NgramRequest): Promise<void> {
  const taken = await access(join(out, 'config.json')).then(
    () => true,
    () => false,
  );
  if (taken && !overwrite)
    throw new UsageError(
      `--out: '${out}' holds a model; replace it with --overwrite, or name another folder`,
    );
}

/** What a recurrent model's training left in the folder would otherwise look like this model's. */
async function removeRun(out: string): Promise<void> {
  for (const name of ['training.json', 'checkpoints'])
    await rm(join(out, name), { recursive: true, force: true });
}

const size = (n: number) => n.toLocaleString('en');

const tokensIn = (texts: readonly Int32Array[]) => texts.reduce((sum, { length }) => sum + length, 0);

function tellStart(
  reporter: Reporter,
  request: NgramRequest,
  { training, validation, vocabulary }: NgramData,
): void {
  const { corpus, tokens, order, smoothing, prune, lines } = request;
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
    `${corpus}: ${size(tokensIn(training))} ${tokens}s to learn from, ${size(tokensIn(validation))} to validate on, ` +
      `vocabulary ${size(vocabulary.size)}`,
  );
}

function tellModel(reporter: Reporter, { model, discounts, warnings }: SmoothedModel, seconds: number): void {
  for (const { order, reason, fallback } of warnings) {
    reporter.note(`Note: ${reason}. Taken instead: ${fallback.join(', ')}.`);
    reporter.event('warning', { order, reason, fallback });
  }
  const storage = ngramStorage(model);
  const bytes = storage.reduce((sum, order) => sum + order.bytes, 0);
  reporter.print('order     n-grams    bytes');
  for (const row of storage) reporter.print(storageRow(row));
  reporter.note(`${size(bytes)} bytes in all; counted and smoothed in ${seconds.toFixed(2)} s`);
  reporter.event('model', {
    ngrams: storage.map(({ ngrams }) => ngrams),
    bytes,
    seconds,
    ...(discounts && { discounts }),
  });
}

function storageRow({ order, ngrams, bytes }: NgramStorage): string {
  return `${String(order).padStart(5)}  ${size(ngrams).padStart(10)}  ${size(bytes).padStart(11)}`;
}

/** Perplexities on the validation text, beside the unigram's; undefined where there is no such text. */
function evaluated(
  reporter: Reporter,
  { training, validation, special }: NgramData,
  { model }: SmoothedModel,
) {
  if (validation.length === 0) return undefined;
  const { perplexity, bitsPerToken, unknownTokens, withoutUnknown } = evaluateSentences(model, validation);
  const unigram = unigramPerplexity(joined(training, special.sentences), {
    vocabularySize: special.vocabularySize,
    of: joined(validation, special.sentences),
  });
  reporter.print('');
  reporter.print(
    `validation perplexity        ${perplexity.toFixed(3)}  (${bitsPerToken.toFixed(3)} bits per token)`,
  );
  if (unknownTokens > 0)
    reporter.print(
      `without unknown tokens       ${withoutUnknown.perplexity.toFixed(3)}  (${size(unknownTokens)} are unknown)`,
    );
  reporter.print(`perplexity of the unigram    ${unigram.toFixed(3)}`);
  return {
    validationPerplexity: perplexity,
    validationBitsPerToken: bitsPerToken,
    unknownTokens,
    ...(unknownTokens > 0 && { validationPerplexityWithoutUnknown: withoutUnknown.perplexity }),
    unigramValidationPerplexity: unigram,
  };
}
