import {
  acceptDamageOption,
  integerOption,
  interruptible,
  numberOption,
  threadsOption,
} from '@throughtime/command-line';
import { Command, Option } from 'commander';
import { int8Option } from './model-options.js';
import type { SampleOptions } from './write-sample.js';

const notes = `
How long it takes: about 15,000 tokens per second for a model as 'generate train' makes it by default.
Temperature 0 always takes the most probable token; 1 draws from the model's own distribution. --beams n reads n times as many tokens.

Example:
  generate sample --model out/whale --prompt "Call me " --length 300 --temperature 0.7 --seed 7
  generate sample --model out/whale --prompt "Call me " --length 60 --beams 8`;

/** Options that say how tokens are drawn; a search draws none. */
const drawing = ['temperature', 'power', 'topK', 'topP', 'minP', 'repetitionPenalty', 'stop', 'seed'];

/** `generate sample` */
export function sampleCommand(): Command {
  return new Command('sample')
    .requiredOption(
      '--model <folder|file>',
      'the folder that train or ngram wrote, or an ARPA file (.arpa, .arpa.gz)',
    )
    .option('--prompt <text>', 'the text to continue', '')
    .option('--length <n>', 'tokens to add', integerOption({ min: 1 }), 300)
    .option('--temperature <x>', 'below 1 plainer, above 1 wilder', numberOption({ min: 0 }), 0.8)
    .addOption(
      new Option(
        '--power <alpha>',
        "draw in proportion to p^alpha, as the chapter's exercise has it: 1 / temperature",
      )
        .argParser(numberOption({ min: Number.MIN_VALUE }))
        .conflicts('temperature'),
    )
    .addOption(
      new Option(
        '--beams <n>',
        'nothing is drawn: search for the most probable text, n hypotheses wide (1: always the most probable token)',
      )
        .argParser(integerOption({ min: 1, max: 1000 }))
        .conflicts([...drawing]),
    )
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
    .option(...threadsOption)
    .option(...acceptDamageOption)
    .option(...int8Option)
    .option('--json', 'JSON lines on stdout: warning, ..., text, ..., done')
    .addHelpText('after', notes)
    .action((options: SampleOptions) =>
      interruptible(async (signal) => {
        // Loaded only now, so that help and complaints come at once.
        const { sample } = await import('./write-sample.js');
        await sample(options, signal);
      }),
    );
}
