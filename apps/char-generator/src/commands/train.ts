import { join } from 'node:path';
import type { EndReason, EpochEvent, TrainingLogger } from '@throughtime/bptt-trainer';
import {
  type CardFacts,
  endingAtOnce,
  integerOption,
  interruptible,
  nameArguments,
  numberListOption,
  numberOption,
  type Reporter,
  reporterFor,
  saveCard,
  threadsOption,
  UsageError,
} from '@throughtime/command-line';
import { CorpusTooShortError } from '@throughtime/datasets';
import type { SavedFields } from '@throughtime/errors';
import { Command, InvalidArgumentError, Option } from 'commander';
import {
  cells,
  cleanings,
  commandRecipe,
  completeSettings,
  corpusName,
  defaultVocabularySize,
  nonlinearities,
  optimizers,
  samplings,
  schedules,
  type TrainSettings,
  tokenKinds,
  truncations,
} from '../core/settings.js';
import type { TrainingRun } from '../core/training-run.js';
import {
  cleanText,
  corpusFlags,
  corpusText,
  oneOrMore,
  splitOption,
  tokensText,
  trainedParts,
  vocabularySizeText,
} from './model-options.js';
import type { OpenRun, RunRequest } from './run-folder.js';

/** The settings by their options' names. */
export interface TrainOptions
  extends Partial<Omit<TrainSettings, 'hiddenSize' | 'projectionSize' | 'resetAfter' | 'initFrom'>> {
  readonly initFrom?: string;
  readonly logDir?: string;
  readonly hidden?: TrainSettings['hiddenSize'];
  readonly projection?: number;
  readonly resetBefore?: boolean;
  readonly out: string;
  readonly resume?: boolean;
  readonly overwrite?: boolean;
  readonly timeLimit?: number;
  readonly threads?: number;
  readonly wideVectors?: boolean;
  readonly json?: boolean;
}

const notes = `
How long it takes: the defaults train 12,000 to 22,000 characters per second on two cores: Moby-Dick (chapters 1 to 17, 164,000
characters) in 7 to 13 seconds per epoch, one to two minutes in all. Cells and layers that the engine does not know take some five
times as long.
The defaults are the same for every text, so that a command means the same run whatever it reads. They suit 100,000 characters and more; for a
shorter text the command says which options would suit it.
Ctrl-C saves and ends with exit code 130 (SIGTERM with 143, a closed terminal with 129); --resume continues exactly there. With more --epochs than before, a schedule that falls
continues as in a run that was planned for them all: the rate rises again to where it would be.

Examples:
  generate train --out out/whale
  generate train --corpus book.txt --cell lstm --hidden 256 --epochs 20 --out out/book
  generate train --preset d2l-0.17-gru --corpus moby-dick --out out/gru
  generate train --corpus books/ letters.txt --validation-corpus last-book.txt --tokens bpe --vocabulary-size 2000 --out out/books
  generate train --init-from out/whale --corpus alice --early-stopping 2 --out out/alice
  generate train --out out/whale --resume --epochs 20`;

/** `generate train` */
export function trainCommand(): Command {
  const command = new Command('train').requiredOption(
    '--out <folder>',
    'where the model, its record and its checkpoints go',
  );
  for (const option of settingOptions()) command.addOption(option);
  command
    .option(
      '--init-from <folder>',
      'start from the weights of a recurrent model, with its architecture and its tokens; also from the moments of its optimizer, if it is the same and they were saved',
    )
    .option(
      '--log-dir <folder>',
      'append every update and epoch to a TensorBoard event file and to training.csv there',
    )
    .option('--time-limit <seconds>', 'end after this many seconds, as if finished', numberOption({ min: 0 }))
    .option(...threadsOption)
    .option(
      '--wide-vectors',
      "let Node's V8 compute with vectors of 256 bits, an experiment of V8's: a quarter faster on x86 with Node 24 and later; the first use on a version of Node makes sure, in some seconds, that every kernel computes the same bits",
    )
    .option('--resume', 'continue the run in --out, from its last checkpoint, with its settings')
    .addOption(new Option('--overwrite', 'replace the run in --out').conflicts('resume'))
    .option('--json', 'JSON lines on stdout: start, epoch, ..., done')
    .addHelpText('after', notes)
    .action(({ json, ...options }: TrainOptions) =>
      interruptible((signal) => train(requestOf(options), reporterFor(json), signal)),
    );
  return nameArguments(command, {
    hiddenSize: '--hidden',
    batchSize: '--batch',
    learningRate: '--lr',
    clipNorm: '--clip',
    projectionSize: '--projection',
    resetAfter: '--reset-before',
  });
}

/** What the options ask for. */
export function requestOf({
  out,
  resume = false,
  overwrite = false,
  timeLimit,
  threads,
  wideVectors,
  json: _,
  ...options
}: TrainOptions): TrainRequest {
  const { hidden: hiddenSize, projection: projectionSize, resetBefore, ...others } = options;
  const { corpus, initFrom, logDir, ...settings } = others;
  const given = {
    ...settings,
    ...(hiddenSize !== undefined && { hiddenSize }),
    ...(projectionSize !== undefined && { projectionSize }),
    ...(resetBefore && { resetAfter: false }),
    ...(corpus !== undefined && { corpus: oneOrMore(corpus) }),
  };
  return {
    ...{ given, out, resume, overwrite },
    ...(initFrom !== undefined && { initFrom }),
    ...(logDir !== undefined && { logDir }),
    ...(timeLimit !== undefined && { timeLimit }),
    ...(threads !== undefined && { threads }),
    ...(wideVectors !== undefined && { wideVectors }),
  };
}

export interface TrainRequest extends RunRequest {
  /** Seconds after which training ends as if finished: averages are what is saved, where there are any. Default: none. */
  readonly timeLimit?: number;
  /** Where the run is logged besides. Default: nowhere. */
  readonly logDir?: string;
  /** Default: one per core. Does not change what is computed. */
  readonly threads?: number;
  /** Whether V8 may compute with vectors of 256 bits. Default false. Does not change what is computed. */
  readonly wideVectors?: boolean;
}

/** Trains a model into its folder, telling how it goes. An aborted signal saves and returns. */
export async function train(request: TrainRequest, reporter: Reporter, signal: AbortSignal): Promise<void> {
  // Loaded only now, so that help and complaints come at once.
  const { saveModel } = await import('@throughtime/lang-model/node');
  const { withLoggers } = await import('@throughtime/bptt-trainer');
  const { engineOf, fitOptions, prepareRun } = await import('../core/training-run.js');
  const { startBackend, useThreads } = await import('./open-model.js');
  const { openRun } = await import('./run-folder.js');
  const { TrainingReport } = await import('./training-report.js');

  const { out, timeLimit, threads, wideVectors = false, logDir } = request;
  if (wideVectors) {
    const { useWideVectors } = await import('@throughtime/wasm-kernels/node');
    await useWideVectors();
  }
  const folder = await openRun(request, reporter, signal);
  try {
    useThreads(threads);
    // Tokenizing does not let the event loop turn; there is nothing to save yet.
    const run = await endingAtOnce(() =>
      withBatchNamed(folder.settings, () =>
        prepareRun(folder.corpus, folder.settings, { resume: folder.snapshot, initial: folder.initial }),
      ),
    );
    const { model, tokenizer, notes } = run;
    if (model.path === 'reference') await startBackend();
    const identity = { id: folder.run, engine: engineOf(model) };
    const before = folder.snapshot?.memory.run?.engine;
    if (before !== undefined && before !== identity.engine)
      reporter.warn(
        `the run was computed by the engine '${before}' so far, and continues by '${identity.engine}': its weights will differ in the last ` +
          'bits from those of a run without a break (Node 20 has plain SIMD, Node 22 and later have relaxed)',
      );
    const report = new TrainingReport(run, { reporter, out });
    await folder.begin();
    report.start();
    // Moments of another rule say nothing to this one's.
    const isSameRule = folder.optimizerFrom?.memory.rule === run.trainer.options.optimizer.rule.name;
    const optimizerFrom = folder.snapshot || !isSameRule ? undefined : folder.optimizerFrom;
    if (folder.settings.initFrom && !folder.snapshot)
      report.startedFrom(folder.settings.initFrom.path, optimizerFrom);

    const card = trainingCard(run, folder, identity.engine);
    let figures: SavedFields | undefined;
    const save = async () => {
      await saveModel(out, model, { tokenizer, notes, run: folder.run });
      await saveCard(out, { ...card, figures });
    };
    let reason: EndReason = 'finished';
    const events = run.trainer.fit(run.batches, {
      ...fitOptions(run),
      ...(optimizerFrom && { optimizerFrom }),
      signal,
      run: identity,
      ...(timeLimit !== undefined && { timeLimit }),
      checkpoints: { store: folder.store },
    });
    for await (const event of logDir === undefined
      ? events
      : withLoggers(events, ...(await loggersIn(logDir)))) {
      if (event.type === 'step') report.step(event);
      else if (event.type === 'epoch') {
        await report.epoch(event);
        figures = figuresOf(event);
      } else if (event.type === 'checkpoint') await save();
      else reason = event.reason;
    }
    await save();
    if (signal.aborted) report.interrupted();
    else {
      const reached = await report.end(reason);
      const { shown } = report;
      // Where no epoch passed, the figures that the card has already stay.
      const own = shown ? figuresOf(shown) : figures && {};
      await saveCard(out, { ...card, figures: own && { ...own, ...reached, reason } });
    }
  } finally {
    await folder.close();
  }
}

/** What a run's card says from the start. */
function trainingCard(
  { settings, training, vocabulary }: TrainingRun,
  { run, corpus, corpusHash }: Pick<OpenRun, 'run' | 'corpus' | 'corpusHash'>,
  engine: string,
): CardFacts {
  const sizes = {
    characters: corpus.text.length + (corpus.validationText?.length ?? 0),
    trainingTokens: training.length,
    vocabulary: vocabulary.size,
  };
  const data = { name: corpusName(settings.corpus), sha256: corpusHash, sizes };
  return { command: 'generate train', run, engine, data, settings: { ...settings } };
}

function figuresOf({ epoch, step, perplexity, validation }: EpochEvent): SavedFields {
  return {
    epoch,
    updates: step,
    trainingPerplexity: perplexity,
    ...(validation && { validationPerplexity: validation.perplexity }),
  };
}

async function loggersIn(folder: string): Promise<TrainingLogger[]> {
  const { csvFile, tensorBoardFile } = await import('@throughtime/bptt-trainer/node');
  return [tensorBoardFile(folder), csvFile(join(folder, 'training.csv'))];
}

/** A text too short for one batch is a matter of three options, which the error of the batches does not know. */
function withBatchNamed<T>({ validation }: TrainSettings, prepare: () => T): T {
  try {
    return prepare();
  } catch (error) {
    if (!(error instanceof CorpusTooShortError)) throw error;
    const kept = validation > 0 ? ' (without the part kept by --validation)' : '';
    throw new UsageError(`${error.message}${kept}; take a smaller --batch or fewer --steps`, {
      cause: error,
    });
  }
}

/** One option for each setting, none with a default of its own: what is not given may come from the run to be resumed. */
function settingOptions(): Option[] {
  const whole = (min: number) => integerOption({ min });
  const option = (flags: string, text: string, preset: unknown) =>
    new Option(flags, `${text} (default: ${preset})`);
  const d = commandRecipe;
  const rates = optimizers.map((name) => `${name} ${completeSettings({ optimizer: name }).lr}`).join(', ');
  const cycled = optimizers.filter((name) => completeSettings({ optimizer: name }).schedule === 'one-cycle');
  return [
    new Option(
      '--preset <name>',
      'start from a published protocol instead of the defaults: d2l-0.17, d2l-0.17-lstm, ptb-small, char-rnn, awd-lstm, ... (an unknown name lists all)',
    ),
    option(corpusFlags, corpusText, d.corpus),
    splitOption(trainedParts),
    new Option(
      '--validation-corpus <name|file>',
      'what to validate on (default: the end of the corpus, or the part that it comes with)',
    ),
    option('--tokens <kind>', tokensText, d.tokens).choices(tokenKinds),
    option('--vocabulary-size <n>', vocabularySizeText, defaultVocabularySize).argParser(whole(256)),
    option('--clean <how>', cleanText, d.clean).choices(cleanings),
    option('--min-frequency <n>', 'rarer tokens become <unk>', d.minFrequency).argParser(whole(1)),
    option('--cell <name>', 'recurrent cell', d.cell).choices(cells),
    option('--nonlinearity <name>', 'what an rnn passes its sum through', 'tanh').choices(nonlinearities),
    option(
      '--hidden <n>',
      'hidden units per layer; n,n,... gives each layer its own',
      d.hiddenSize,
    ).argParser(hidden),
    option('--layers <n>', 'layers', d.layers).argParser(whole(1)),
    option(
      '--embedding <one-hot|n>',
      'input vectors: one-hot, or learned of size n',
      'one-hot; --hidden for words',
    ).argParser(embedding),
    option('--tied', 'the output layer is the embedding', 'no'),
    option('--layer-norm', 'layer norm within the cells', 'no'),
    option('--residual', 'each layer adds its input to its output, from the second layer on', 'no'),
    option('--peephole', 'the gates of an lstm see its cell state', 'no'),
    option('--projection <n>', "size that an lstm's hidden state is projected to", 'none').argParser(
      whole(1),
    ),
    option('--reset-before', 'a gru resets before the recurrent product', 'no'),
    option('--forget-bias <x>', "what an lstm's forget gate begins with", 1).argParser(numberOption()),
    option(
      '--dropout <p>',
      `probability of dropping a value between layers; or one for each place: ${dropoutNames.join('=p,')}=p; locked: one mask for all steps`,
      d.dropout,
    ).argParser(dropout),
    option(
      '--zoneout <p,p>',
      "probability that a unit's hidden state, and cell state of an lstm, stays as it was",
      'none',
    ).argParser(zoneout),
    option(
      '--activation-penalty <x,x>',
      'times the mean square of outputs, and of their change from step to step, added to the loss (AR, TAR)',
      'none',
    ).argParser(penalty),
    option('--batch <n>', 'rows of a batch', d.batch).argParser(whole(1)),
    option('--steps <n>', 'steps of a row, between two updates', d.steps).argParser(whole(1)),
    option(
      '--sampling <how>',
      'how the text is cut into batches, and so how it is validated: windows on windows from a zero state, the others on the text as a whole',
      d.sampling,
    ).choices(samplings),
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
      'how the learning rate changes over all epochs; cyclical: up from a quarter and down, four times; on-plateau: halved after each epoch that validation did not gain by',
      `one-cycle for ${cycled.join(', ')}; else constant`,
    ).choices(schedules),
    option('--clip <x>', 'largest global norm of the gradients; 0: no clipping', d.clip).argParser(
      numberOption({ min: 0 }),
    ),
    option('--clip-value <x>', "largest absolute value of a gradient's element", 'none').argParser(
      numberOption({ min: 0 }),
    ),
    option('--weight-decay <x>', 'weight decay as the rule has it', '0; adamw 0.01').argParser(
      numberOption({ min: 0 }),
    ),
    option('--accumulate <n>', 'batches to one update', 1).argParser(whole(1)),
    option('--epochs <n>', 'passes over the text', d.epochs).argParser(whole(1)),
    option(
      '--early-stopping <n>',
      'end after more than n epochs without a new best validation, with the weights of the best',
      'off',
    ).argParser(whole(0)),
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

const dropoutNames = ['input', 'between', 'output', 'state', 'recurrent-weights', 'embedding'] as const;

/** One probability, or `input=0.4,recurrent-weights=0.5,locked`. */
function dropout(text: string): TrainSettings['dropout'] {
  const probability = numberOption({ min: 0, max: 0.99 });
  if (!/[a-z]/.test(text)) return probability(text);
  const chosen: Record<string, number | boolean> = {};
  for (const part of text.split(',')) {
    const [name, value, ...more] = part.trim().split('=');
    const isPlace = (dropoutNames as readonly string[]).includes(name) && more.length === 0;
    if (name === 'locked' && value === undefined) chosen.locked = true;
    else if (isPlace && value !== undefined)
      chosen[name === 'recurrent-weights' ? 'recurrentWeights' : name] = probability(value);
    else
      throw new InvalidArgumentError(
        `Expected a probability, or some of ${dropoutNames.join('=p, ')}=p and locked, got '${part}'.`,
      );
  }
  return chosen;
}

/** One number, or two with a comma between. */
function pair(text: string, bounds: { readonly min: number; readonly max?: number }): [number, number?] {
  const numbers = text.split(',').map(numberOption(bounds));
  if (numbers.length > 2) throw new InvalidArgumentError(`Expected one number or two, got '${text}'.`);
  return numbers as [number, number?];
}

function zoneout(text: string): NonNullable<TrainSettings['zoneout']> {
  const [hidden, cell] = pair(text, { min: 0, max: 0.99 });
  return { hidden, ...(cell !== undefined && { cell }) };
}

function penalty(text: string): NonNullable<TrainSettings['activationPenalty']> {
  const [size, change] = pair(text, { min: 0 });
  return { size, ...(change !== undefined && { change }) };
}

function embedding(text: string): 'one-hot' | number {
  if (text === 'one-hot') return text;
  try {
    return integerOption({ min: 1 })(text);
  } catch {
    throw new InvalidArgumentError(`Expected one-hot or a whole number of at least 1, got '${text}'.`);
  }
}
