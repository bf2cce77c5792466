import { integerOption, interruptible } from '@throughtime/command-line';
import { Command, Option } from 'commander';
import { cleanings } from '../text/text-form.js';
import type { EvaluateOptions } from '../use/evaluate.js';

const notes = `
How long it takes: about 40,000 tokens a second for a model as 'generate train' makes it by default. --streams 1 reads the text from
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
    .action(async (options: EvaluateOptions) => {
      // Loaded only now, so that help and complaints come at once.
      const { evaluate } = await import('../use/evaluate.js');
      await interruptible((signal) => evaluate(options, signal));
    });
}
