import {
  integerOption,
  interruptible,
  numberListOption,
  numberOption,
  reporterFor,
} from '@throughtime/command-line';
import { Command, InvalidArgumentError, Option } from 'commander';
import { cleanings, tokenKinds } from '../text/text-form.js';
import {
  cells,
  completeSettings,
  defaultSettings,
  optimizers,
  samplings,
  schedules,
  type TrainSettings,
  truncations,
} from '../training/train-settings.js';

interface TrainOptions extends Partial<TrainSettings> {
  readonly out: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly timeLimit?: number;
  readonly threads?: number;
  readonly json?: boolean;
}

const notes = `
How long it takes: the defaults train 12,000 to 22,000 characters a second on two cores: Moby-Dick (chapters 1 to 17, 164,000
characters) in 7 to 13 seconds an epoch, one to two minutes in all. Cells and layers that the engine does not know take some five
times as long.
Ctrl-C saves and ends with exit code 130; --resume goes on exactly there. With more --epochs than before, a schedule that falls goes on
as in a run that was planned for them all: the rate rises again to where it would be.

Examples:
  generate train --out out/whale
  generate train --corpus book.txt --cell lstm --hidden 256 --epochs 20 --out out/book
  generate train --preset d2l-0.17-gru --corpus moby-dick --out out/gru
  generate train --out out/whale --resume --epochs 20`;

/** `generate train` */
export function trainCommand(): Command {
  const command = new Command('train')
    .description('Train a recurrent language model on a text, and save it.')
    .requiredOption('--out <folder>', 'where the model, its record and its checkpoints go');
  for (const option of settingOptions()) command.addOption(option);
  return command
    .option('--time-limit <seconds>', 'end after so many seconds, as if finished', numberOption({ min: 0 }))
    .option(
      '--threads <n>',
      'threads of the engine; results do not depend on it (default: all cores)',
      integerOption({ min: 1, max: 64 }),
    )
    .option('--resume', 'continue the run in --out, from its last checkpoint, with its settings')
    .option('--overwrite', 'replace the run in --out')
    .option('--json', 'JSON lines on stdout: start, epoch, ..., done')
    .addHelpText('after', notes)
    .action(
      async ({
        out,
        resume = false,
        overwrite = false,
        timeLimit,
        threads,
        json,
        ...given
      }: TrainOptions) => {
        const request = {
          ...{ given, out, resume, overwrite },
          ...(timeLimit !== undefined && { timeLimit }),
          ...(threads !== undefined && { threads }),
        };
        // Loaded only now, so that help and complaints come at once.
        const { train } = await import('../training/train.js');
        await interruptible((signal) => train(request, reporterFor(json), signal));
      },
    );
}

/** One option for each setting, none with a default of its own: what is not given may come from the run to be resumed. */
function settingOptions(): Option[] {
  const whole = (min: number) => integerOption({ min });
  const option = (flags: string, text: string, preset: unknown) =>
    new Option(flags, `${text} (default: ${preset})`);
  const d = defaultSettings;
  const rates = optimizers.map((name) => `${name} ${completeSettings({ optimizer: name }).lr}`).join(', ');
  return [
    new Option(
      '--preset <name>',
      'start from a published protocol instead of the defaults: d2l-0.17, d2l-0.17-lstm, ptb-small, char-rnn, awd-lstm, ... (an unknown name lists all)',
    ),
    option('--corpus <name|file>', 'a data set by name, or a UTF-8 text file', d.corpus),
    option('--tokens <kind>', 'what a token is', d.tokens).choices(tokenKinds),
    option(
      '--clean <how>',
      'letters: lower-case a to z and spaces only; eos: line ends are the word <eos>',
      d.clean,
    ).choices(cleanings),
    option('--min-frequency <n>', 'rarer tokens become <unk>', d.minFrequency).argParser(whole(1)),
    option('--cell <name>', 'recurrent cell', d.cell).choices(cells),
    option('--hidden <n>', 'hidden units of a layer; n,n,... gives each layer its own', d.hidden).argParser(
      hidden,
    ),
    option('--layers <n>', 'layers', d.layers).argParser(whole(1)),
    option(
      '--embedding <one-hot|n>',
      'input vectors: one-hot, or learned of size n',
      'one-hot; --hidden for words',
    ).argParser(embedding),
    option('--tied', 'the output layer is the embedding', 'no'),
    option('--dropout <p>', 'probability of dropping a value between layers', d.dropout).argParser(
      numberOption({ min: 0, max: 0.99 }),
    ),
    option('--batch <n>', 'rows of a batch', d.batch).argParser(whole(1)),
    option('--steps <n>', 'steps of a row, between two updates', d.steps).argParser(whole(1)),
    option('--sampling <how>', 'how the text is cut into batches', d.sampling).choices(samplings),
    option(
      '--truncation <how>',
      'how far back gradients flow: --steps, a whole row of text, --steps on average, or chunks of random lengths (AWD-LSTM)',
      d.truncation,
    ).choices(truncations),
    option('--optimizer <name>', 'update rule', d.optimizer).choices(optimizers),
    option('--lr <x>', 'learning rate; of one-cycle and cosine the highest', rates).argParser(
      numberOption({ min: 0 }),
    ),
    option(
      '--schedule <name>',
      'how the learning rate changes over all epochs; on-plateau: halved after each epoch that validation did not gain by',
      'one-cycle for adam and adamw, else constant',
    ).choices(schedules),
    option('--clip <x>', 'largest global norm of the gradients; 0: no clipping', d.clip).argParser(
      numberOption({ min: 0 }),
    ),
    option('--epochs <n>', 'passes over the text', d.epochs).argParser(whole(1)),
    option('--max-tokens <n>', 'use the first n tokens of the text only', 'all').argParser(whole(1)),
    option(
      '--validation <f>',
      'share of the text, from its end, kept for validation',
      d.validation,
    ).argParser(numberOption({ min: 0, max: 0.9 })),
    option('--seed <n>', 'seed of everything random', d.seed).argParser(integerOption()),
  ];
}

/** One size, or one for each layer. */
function hidden(text: string): number | number[] {
  const sizes = numberListOption({ min: 1 })(text);
  return sizes.length === 1 ? sizes[0] : sizes;
}

function embedding(text: string): 'one-hot' | number {
  if (text === 'one-hot') return text;
  try {
    return integerOption({ min: 1 })(text);
  } catch {
    throw new InvalidArgumentError(`Expected one-hot or a whole number of at least 1, got '${text}'.`);
  }
}
