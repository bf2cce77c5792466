import {
  integerOption,
  interruptible,
  numberListOption,
  numberOption,
  reporterFor,
} from '@throughtime/command-line';
import { Command, Option } from 'commander';
import { type Smoothing, smoothings } from '../ngram/smoothing-names.js';
import { type Cleaning, cleanings, type TokenKind, tokenKinds } from '../text/text-form.js';

interface NgramOptions {
  readonly corpus: string;
  readonly tokens: TokenKind;
  readonly clean: Cleaning;
  readonly minFrequency: number;
  readonly lines?: boolean;
  readonly order: number;
  readonly smoothing: Smoothing;
  readonly k?: number;
  readonly epsilon?: number;
  readonly prune: number[];
  readonly validation: number;
  readonly maxTokens?: number;
  readonly out: string;
  readonly overwrite?: boolean;
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
  return new Command('ngram')
    .description(
      'Count and smooth an n-gram model of a text: the baseline that a recurrent model has to beat.',
    )
    .requiredOption('--out <folder>', 'where the model goes; sample and evaluate read it')
    .option('--corpus <name|file>', 'a data set by name, or a UTF-8 text file', 'moby-dick')
    .addOption(new Option('--tokens <kind>', 'what a token is').choices(tokenKinds).default('char'))
    .addOption(
      new Option('--clean <how>', 'letters: lower-case a to z and spaces only')
        .choices(cleanings)
        .default('none'),
    )
    .option('--min-frequency <n>', 'rarer tokens become <unk>', integerOption({ min: 1 }), 1)
    .option('--lines', 'each line is a sentence of its own, between <s> and </s>')
    .option('--order <n>', 'length of the longest n-grams', integerOption({ min: 1, max: 16 }), 5)
    .addOption(
      new Option('--smoothing <name>', 'what unseen n-grams get').choices(smoothings).default('kneser-ney'),
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
      [0],
    )
    .option(
      '--validation <f>',
      'share of the text, from its end, kept for validation',
      numberOption({ min: 0, max: 0.9 }),
      0.1,
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
    .action(async ({ json, lines = false, overwrite = false, ...options }: NgramOptions) => {
      // Loaded only now, so that help and complaints come at once.
      const { trainNgram } = await import('../ngram/train-ngram.js');
      await interruptible((signal) =>
        trainNgram({ ...options, lines, overwrite }, reporterFor(json), signal),
      );
    });
}
