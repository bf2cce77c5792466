import type { EpochEvent, StepEvent } from '@throughtime/bptt-trainer';
import type { Reporter } from '@throughtime/command-line';
import { evaluateStreams, type RecurrentLanguageModel } from '@throughtime/lang-model';
import type { Random } from '@throughtime/random';
import { EpochTable } from './epoch-table.js';
import { RunningMean } from './running-mean.js';
import { sampleText } from './sample-text.js';
import type { TrainSettings } from './train-settings.js';
import { batchSteps, type TrainingData } from './training-data.js';

export interface TrainingReportOptions {
  readonly reporter: Reporter;
  /** The run's folder. */
  readonly out: string;
  readonly settings: TrainSettings;
  readonly data: TrainingData;
  readonly model: RecurrentLanguageModel;
  /** Draws the samples. */
  readonly random: Random;
}

/** Tells people and programs how a training run goes. */
export class TrainingReport {
  readonly #options: TrainingReportOptions;
  readonly #table: EpochTable;
  readonly #training = new RunningMean();

  constructor(options: TrainingReportOptions) {
    this.#options = options;
    this.#table = new EpochTable(options.settings.epochs);
  }

  start(): void {
    const { reporter, settings, data, model } = this.#options;
    const { training, validation, vocabulary, unigram } = data;
    const parameters = model.parameters.reduce((sum, parameter) => sum + parameter.data.length, 0);
    reporter.event('start', {
      settings,
      path: model.path,
      tokens: training.length,
      validationTokens: validation?.length ?? 0,
      vocabulary: vocabulary.size,
      parameters,
      ...this.#unigram(),
    });
    const { corpus, cell, hidden, layers, tokens, batch } = settings;
    const sizes = typeof hidden === 'number' ? `${layers} x ${hidden}` : hidden.join(' + ');
    const steps = batchSteps(settings, training.length);
    reporter.note(
      `${corpus}: ${grouped(training.length)} ${tokens}s to learn from, ${grouped(validation?.length ?? 0)} to ` +
        `validate on, vocabulary ${grouped(vocabulary.size)}`,
    );
    reporter.note(
      `${cell}, ${sizes} units, ${grouped(parameters)} parameters; steps of ${batch} x ${steps} tokens`,
    );
    reporter.note(
      `Perplexity of token frequencies alone (unigram): ${onBoth(unigram.training, unigram.validation)}`,
    );
    reporter.print(this.#table.header());
  }

  step(event: StepEvent): void {
    this.#training.add(event);
    const { epoch, step, perplexity, tokensPerSecond, timeLeft } = event;
    this.#options.reporter.progress(
      `epoch ${epoch}/${this.#options.settings.epochs}  step ${step}  perplexity ${perplexity.toFixed(2)}  ` +
        `${Math.round(tokensPerSecond)} tokens/s  ${Math.ceil(timeLeft)} s left`,
    );
  }

  async epoch(event: EpochEvent): Promise<void> {
    const { reporter, settings } = this.#options;
    const sample = await this.#sample({ char: 48, byte: 48, word: 10 });
    reporter.print(this.#table.row(event, sample));
    const { type: _, validation, best: __, timeLeft: ___, predictions: ____, ...figures } = event;
    reporter.event('epoch', {
      ...figures,
      ...this.#training.norms,
      epochs: settings.epochs,
      ...(validation && { validationLoss: validation.loss, validationPerplexity: validation.perplexity }),
      sample,
    });
  }

  interrupted(): void {
    const { reporter, out } = this.#options;
    reporter.note(`Interrupted and saved. Continue with: generate train --out ${quoted(out)} --resume`);
    reporter.event('done', { reason: 'interrupted', model: out });
  }

  /** @param reason why training ended: 'finished', 'time-limit', 'early-stop' */
  async end(reason: string): Promise<void> {
    const { reporter, out, settings, data, model } = this.#options;
    const perplexity = this.#training.perplexity;
    const validation = data.validation && (await evaluateStreams(model, data.validation, { warmUp: 0 }));
    const sample = await this.#sample({ char: 300, byte: 300, word: 60 });
    if (perplexity === undefined)
      reporter.note('No step was taken: the run has had all its epochs; ask for more with --epochs.');
    reporter.print('');
    reporter.print(`perplexity of the model      ${onBoth(perplexity, validation?.perplexity)}`);
    reporter.print(`perplexity of the unigram    ${onBoth(data.unigram.training, data.unigram.validation)}`);
    reporter.print(`\nThe model says:\n\n${sample}\n`);
    reporter.print(`Saved in ${out}. Continue any text with:`);
    const prompt = settings.clean === 'letters' ? 'the ' : 'The ';
    reporter.print(`  generate sample --model ${quoted(out)} --prompt ${quoted(prompt)}`);
    reporter.event('done', {
      reason,
      model: out,
      ...(perplexity !== undefined && { perplexity }),
      ...(validation && { validationPerplexity: validation.perplexity }),
      ...this.#unigram(),
      sample,
    });
  }

  #unigram() {
    const { training, validation } = this.#options.data.unigram;
    return {
      unigramPerplexity: training,
      ...(validation !== undefined && { unigramValidationPerplexity: validation }),
    };
  }

  #sample(lengths: Readonly<Record<TrainSettings['tokens'], number>>): Promise<string> {
    const { model, data, settings, random } = this.#options;
    return sampleText(model, data.tokenizer, { length: lengths[settings.tokens], random });
  }
}

/** Perplexities on the two parts of the text, as far as they are known. */
function onBoth(training: number | undefined, validation: number | undefined): string {
  const parts = [
    ...(training === undefined ? [] : [`${training.toFixed(2)} on the training text`]),
    ...(validation === undefined ? [] : [`${validation.toFixed(2)} on the validation text`]),
  ];
  return parts.join(', ');
}

function grouped(count: number): string {
  return count.toLocaleString('en');
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `"${text}"`;
}
