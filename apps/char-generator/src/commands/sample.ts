import {
  endingAtOnce,
  integerOption,
  interruptible,
  numberOption,
  reporterFor,
} from '@throughtime/command-line';
import { Command } from 'commander';
import { acceptDamageOption, int8Option } from './model-options.js';

interface SampleOptions {
  readonly model: string;
  readonly prompt: string;
  readonly length: number;
  readonly temperature: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
  readonly stop?: string[];
  readonly seed: number;
  readonly threads?: number;
  readonly acceptDamage?: boolean;
  readonly int8?: boolean;
  readonly json?: boolean;
}

const notes = `
How long it takes: about 15,000 tokens per second for a model as 'generate train' makes it by default.
Temperature 0 always takes the most probable token; 1 draws from the model's own distribution.

Example:
  generate sample --model out/whale --prompt "Call me " --length 300 --temperature 0.7 --seed 7`;

/** `generate sample` */
export function sampleCommand(): Command {
  return new Command('sample')
    .description('Continue a text with a trained model.')
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .option('--prompt <text>', 'the text to continue', '')
    .option('--length <n>', 'tokens to add', integerOption({ min: 1 }), 300)
    .option('--temperature <x>', 'below 1 plainer, above 1 wilder', numberOption({ min: 0 }), 0.8)
    .option('--top-k <n>', 'draw from the n most probable tokens only', integerOption({ min: 1 }))
    .option(
      '--top-p <x>',
      'draw from the most probable tokens that make up this probability',
      numberOption({ min: 0, max: 1 }),
    )
    .option(
      '--min-p <x>',
      'draw from tokens at least this share as probable as the best',
      numberOption({ min: 0, max: 1 }),
    )
    .option('--repetition-penalty <x>', 'above 1 avoids what was said lately', numberOption({ min: 0 }))
    .option('--stop <text...>', 'texts that end the sample')
    .option('--seed <n>', 'seed of the draws', integerOption(), 1)
    .option(
      '--threads <n>',
      'threads of the engine; results do not depend on it (default: all cores)',
      integerOption({ min: 1, max: 64 }),
    )
    .option(...acceptDamageOption)
    .option(...int8Option)
    .option('--json', 'JSON lines on stdout: warning, ..., text, ..., done')
    .addHelpText('after', notes)
    .action((options: SampleOptions) => interruptible((signal) => sample(options, signal)));
}

/** Continues a prompt on stdout, piece by piece; an aborted signal ends the text. */
async function sample(
  { model: folder, seed, threads, acceptDamage, int8, json, ...options }: SampleOptions,
  signal: AbortSignal,
): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { generateText } = await import('@throughtime/lang-model');
  const { Random } = await import('@throughtime/random');
  const { openAnyModel } = await import('./open-model.js');
  const { TextForm } = await import('../core/text-form.js');
  const reporter = reporterFor(json);
  const opened = await endingAtOnce(() =>
    openAnyModel(folder, { threads, acceptDamage, int8, warn: (text) => reporter.warn(text) }),
  );
  const { model, vocabulary } = opened;
  const pieces = generateText<unknown>(model, {
    ...options,
    tokenizer: TextForm.of(opened).prompts,
    vocabulary,
    random: Random.seeded(seed),
    signal,
  });
  let text = '';
  let begun = false;
  for await (const piece of pieces) {
    // The prompt is shown once it is known to be one that the model can read.
    if (!begun) reporter.write(options.prompt);
    begun = true;
    text += piece;
    reporter.event('text', { text: piece });
    reporter.write(piece);
  }
  // Ended before its first piece.
  if (!begun) reporter.write(options.prompt);
  reporter.print('');
  reporter.event('done', { prompt: options.prompt, text });
}
