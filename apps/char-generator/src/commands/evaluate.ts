import { integerOption, interruptible, reporterFor, UsageError } from '@throughtime/command-line';
import { evaluateStreams, unigramPerplexity } from '@throughtime/lang-model';
import { loadModel } from '@throughtime/lang-model/node';
import { Command, Option } from 'commander';
import { startBackend } from '../backend.js';
import { readCorpus } from '../text/corpus.js';
import { type Cleaning, cleaned, cleanings } from '../text/text-form.js';

interface EvaluateOptions {
  readonly model: string;
  readonly corpus: string;
  readonly clean?: Cleaning;
  readonly maxTokens?: number;
  readonly streams: number;
  readonly json?: boolean;
}

const notes = `
How long it takes: about 50,000 tokens a second for a model as 'generate train' makes it by default; with --streams 1, which reads
the text from end to end and is exact, about 5,000.

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
    .option('--json', 'JSON lines on stdout: done')
    .addHelpText('after', notes)
    .action((options: EvaluateOptions) => interruptible((signal) => evaluate(options, signal)));
}

async function evaluate(options: EvaluateOptions, signal: AbortSignal): Promise<void> {
  await startBackend();
  const { model, tokenizer, notes: saved } = await loadModel(options.model);
  const { vocabulary } = model;
  if (!vocabulary || !tokenizer)
    throw new UsageError(
      `--model: expected a model with a vocabulary and a tokeniser, got one without in '${options.model}'`,
    );
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
  const { loss, perplexity, bitsPerToken } = evaluateStreams(model, ids, { streams: options.streams });
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
