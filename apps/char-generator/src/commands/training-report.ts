import {
  type EpochEvent,
  evaluateBatches,
  type StepEvent,
  type TrainerSnapshot,
} from '@throughtime/bptt-trainer';
import { asCalled, type Reporter, reportInterrupted } from '@throughtime/command-line';
import { grouped, type SavedFields } from '@throughtime/errors';
import { betterForShortText, type FittedSettings } from '../core/fitted-settings.js';
import { factsOf, RunningMean } from '../core/progress.js';
import { corpusName, tokenNoun } from '../core/settings.js';
import { TextForm } from '../core/text-form.js';
import { sampleText } from '../core/text-model.js';
import { batchSteps, type TrainingRun } from '../core/training-run.js';

export interface TrainingReportOptions {
  readonly reporter: Reporter;
  /** The run's folder. */
  readonly out: string;
}

/** How long a sample is, in tokens of each size. */
interface SampleLengths {
  readonly characters: number;
  readonly words: number;
  /** Parts of words. */
  readonly pieces: number;
}

/** Tells people and programs how a training run goes. */
export class TrainingReport {
  readonly #run: TrainingRun;
  readonly #options: TrainingReportOptions;
  readonly #mean = new RunningMean();
  /** The last epoch, and the one with the best validation so far. */
  #last: EpochEvent | undefined;
  #best: EpochEvent | undefined;

  constructor(run: TrainingRun, options: TrainingReportOptions) {
    this.#run = run;
    this.#options = options;
  }

  start(): void {
    const { reporter } = this.#options;
    const { settings, model, unigram } = this.#run;
    const facts = factsOf(this.#run);
    const { validation } = this.#run;
    const validated = validation && { validated: validation.how };
    const better =
      this.#run.resume === undefined
        ? betterForShortText(settings, {
            tokens: facts.tokens + facts.validationTokens,
            distinct: facts.vocabulary,
            kind: settings.tokens,
          })
        : undefined;
    reporter.event('start', {
      ...{ settings, path: model.path, ...facts, ...validated, ...this.#unigram() },
      ...(better && { suggested: better }),
    });
    const { corpus, cell, hiddenSize, layers, tokens, batch } = settings;
    const sizes = typeof hiddenSize === 'number' ? `${layers} x ${hiddenSize}` : hiddenSize.join(' + ');
    const steps = batchSteps(settings, facts.tokens);
    reporter.note(
      `${corpusName(corpus)}: ${grouped(facts.tokens)} ${tokenNoun(tokens)}s to learn from, ${grouped(facts.validationTokens)} to ` +
        `validate on, vocabulary ${grouped(facts.vocabulary)}`,
    );
    reporter.note(
      `${cell}, ${sizes} units, ${grouped(facts.parameters)} parameters; steps of ${batch} x ${steps} tokens`,
    );
    if (validation) reporter.note(`Validated after every epoch ${validation.how}.`);
    reporter.note(
      `Perplexity of token frequencies alone (unigram): ${onBoth(unigram.training, unigram.validation)}`,
    );
    if (better)
      reporter.note(
        `Short texts are learned by heart with the defaults, which are the same for every text. What the page would use: ${optionsOf(better)}`,
      );
    reporter.print(tableLine(header));
  }

  /**
   * What a run took of the model that it starts from.
   * @param optimizer the checkpoint whose moments the optimizer begins with
   */
  startedFrom(path: string, optimizer?: TrainerSnapshot): void {
    const { reporter } = this.#options;
    const { model, vocabulary, tokenizer, notes } = this.#run;
    const tensors = model.parameters.length;
    const numbers = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
    reporter.note(
      `Starts from ${path}: ${tensors} tensors of weights (${grouped(numbers)} numbers: ${model.parameters
        .map(({ name }) => name)
        .join(', ')}), ` +
        `its architecture, its vocabulary of ${grouped(vocabulary.size)}, its tokens (${tokenizer.type}, cleaning ${notes.cleaning}). ` +
        (optimizer
          ? `The optimizer (${optimizer.memory.rule}) begins with the moments of its ${grouped(optimizer.memory.updater.step)} updates. `
          : 'The optimizer starts over. ') +
        'Schedule and dropout are of this run.',
    );
    reporter.event('init', {
      from: path,
      tensors,
      parameters: numbers,
      vocabulary: vocabulary.size,
      optimizer: optimizer?.memory.rule ?? null,
    });
  }

  step(event: StepEvent): void {
    this.#mean.add(event);
    const { epoch, step, perplexity, tokensPerSecond, timeLeft } = event;
    this.#options.reporter.progress(
      `epoch ${epoch}/${this.#run.epochs}  step ${step}  perplexity ${perplexity.toFixed(2)}  ` +
        `${Math.round(tokensPerSecond)} tokens/s  ${Math.ceil(timeLeft)} s left`,
    );
  }

  async epoch(event: EpochEvent): Promise<void> {
    this.#last = event;
    if (event.best) this.#best = event;
    const { reporter } = this.#options;
    const { epochs } = this.#run;
    const sample = await this.#sample({ characters: 48, words: 10, pieces: 20 });
    reporter.print(epochLine(event, epochs, sample));
    const { type: _, validation, best: __, timeLeft: ___, predictions: ____, ...figures } = event;
    reporter.event('epoch', {
      ...figures,
      ...this.#mean.norms,
      epochs,
      ...(validation && { validationLoss: validation.loss, validationPerplexity: validation.perplexity }),
      sample,
    });
  }

  interrupted(): void {
    const { reporter, out } = this.#options;
    const again = `${asCalled('generate train')} --out ${quoted(out)} --resume`;
    reportInterrupted(reporter, `Interrupted and saved. Continue with: ${again}`, { model: out });
  }

  /**
   * The epoch whose weights the model has when training has ended: the best with early stopping, else the last; undefined where that was
   * before this process.
   */
  get shown(): EpochEvent | undefined {
    return this.#run.settings.earlyStopping === undefined ? this.#last : this.#best;
  }

  /**
   * @param reason why training ended: 'finished', 'time-limit', 'early-stop'
   * @returns the figures of the model that is saved
   */
  async end(reason: string): Promise<SavedFields> {
    const { reporter, out } = this.#options;
    const { model, unigram, validation: held } = this.#run;
    const { perplexity } = this.shown ?? {};
    if (reason === 'early-stop')
      reporter.note(
        'Ended early: validation no longer improved. The model has the weights of its best epoch.',
      );
    const validation = held && (await evaluateBatches(model, held.batches));
    const sample = await this.#sample({ characters: 300, words: 60, pieces: 120 });
    if (this.#mean.perplexity === undefined)
      reporter.note(
        reason === 'time-limit'
          ? 'No step was taken: the time was over before.'
          : 'No step was taken: the run has had all its epochs; ask for more with --epochs.',
      );
    reporter.print('');
    reporter.print(`perplexity of the model      ${onBoth(perplexity, validation?.perplexity)}`);
    reporter.print(`perplexity of the unigram    ${onBoth(unigram.training, unigram.validation)}`);
    reporter.print(`\nThe model says:\n\n${sample}\n`);
    reporter.print(`Saved in ${out}. Continue any text with:`);
    const prompt = suggestedPrompt(this.#run);
    const option = prompt === '' ? '' : ` --prompt ${quoted(prompt)}`;
    reporter.print(`  ${asCalled('generate sample')} --model ${quoted(out)}${option}`);
    const validated = validation && { validationPerplexity: validation.perplexity };
    reporter.event('done', {
      reason,
      model: out,
      ...(perplexity !== undefined && { perplexity }),
      ...validated,
      ...this.#unigram(),
      sample,
    });
    return { ...validated, ...this.#unigram() };
  }

  #unigram() {
    const { training, validation } = this.#run.unigram;
    return {
      unigramPerplexity: training,
      ...(validation !== undefined && { unigramValidationPerplexity: validation }),
    };
  }

  #sample(lengths: SampleLengths): Promise<string> {
    const { settings, samples } = this.#run;
    const noun = tokenNoun(settings.tokens);
    const length = noun === 'word' ? lengths.words : noun === 'piece' ? lengths.pieces : lengths.characters;
    return sampleText(this.#run, { length, random: samples });
  }
}

/**
 * Words of the text as the model reads it: the first two in a row, else one, with a blank after them where the model knows it; '' where
 * there are no such words.
 */
export function suggestedPrompt(
  run: Pick<TrainingRun, 'training' | 'model' | 'tokenizer' | 'vocabulary' | 'notes'>,
): string {
  const form = TextForm.of(run);
  const isKnown = (text: string) => {
    const tokens = form.prompt(text);
    return tokens.length > 0 && tokens.every((token) => run.vocabulary.has(token));
  };
  const { training, vocabulary, tokenizer } = run;
  const known = training.subarray(0, 20_000).filter((id) => id !== vocabulary.unknownId);
  const text = tokenizer.detokenize(vocabulary.decode(known));
  const words = [...text.matchAll(/[\p{L}\p{M}]+(?:['’][\p{L}\p{M}]+)*/gu)];
  const pairs = words.slice(0, -1).flatMap((word, i) => {
    const pair = `${word[0]} ${words[i + 1][0]}`;
    return text.startsWith(pair, word.index) ? [pair] : [];
  });
  for (const found of [...pairs, ...words.map(([word]) => word)])
    for (const prompt of [`${found} `, found]) if (isKnown(prompt)) return prompt;
  return '';
}

// The table that people watch, one line per epoch: perplexities, pace, and what the model says.
const header = ['epoch', 'training', 'validation', 'tokens/s', 'seconds', 'sample'];
const widths = [7, 10, 10, 9, 8];

function epochLine(event: EpochEvent, epochs: number, sample: string): string {
  const { epoch, perplexity, validation, tokensPerSecond, seconds } = event;
  return tableLine([
    `${epoch}/${epochs}`,
    perplexity.toFixed(2),
    validation ? validation.perplexity.toFixed(2) : '-',
    grouped(Math.round(tokensPerSecond)),
    seconds.toFixed(1),
    sample.replace(/\s+/g, ' ').trim(),
  ]);
}

function tableLine(cells: readonly string[]): string {
  const columns = widths.map((width, i) => cells[i].padStart(width));
  return `${columns.join('  ')}  ${cells[widths.length]}`.trimEnd();
}

/** Perplexities on the two parts of the text, as far as they are known. */
function onBoth(training: number | undefined, validation: number | undefined): string {
  const parts = [
    ...(training === undefined ? [] : [`${training.toFixed(2)} on the training text`]),
    ...(validation === undefined ? [] : [`${validation.toFixed(2)} on the validation text`]),
  ];
  return parts.join(', ');
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `"${text}"`;
}

/** Settings as the options of the command. */
function optionsOf({ hiddenSize, earlyStopping, ...rest }: FittedSettings): string {
  const named = { hidden: hiddenSize, ...rest, 'early-stopping': earlyStopping };
  return Object.entries(named)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `--${name} ${value}`)
    .join(' ');
}
