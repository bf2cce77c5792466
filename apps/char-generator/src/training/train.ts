import type { EndReason, EpochEvent, StepEvent } from '@throughtime/bptt-trainer';
import type { Reporter } from '@throughtime/command-line';
import { type Evaluation, evaluateStreams, type RecurrentLanguageModel } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { startBackend, useThreads } from '../compute.js';
import { EpochTable } from './epoch-table.js';
import { newModel } from './new-model.js';
import { openRun, type RunRequest } from './open-run.js';
import { RunningMean } from './running-mean.js';
import { sampleText } from './sample-text.js';
import type { TrainSettings } from './train-settings.js';
import { trainerFor } from './trainer-for.js';
import {
  batchSteps,
  prepareData,
  type TrainingData,
  trainingBatches,
  validationBatches,
} from './training-data.js';

export interface TrainRequest extends RunRequest {
  /** Seconds after which training ends as if finished; the model is saved. Default: none. */
  readonly timeLimit?: number;
  /** Default: one a core. Does not change what is computed. */
  readonly threads?: number;
}

/** Trains a model into its folder, telling how it goes. An aborted signal saves and returns. */
export async function train(request: TrainRequest, reporter: Reporter, signal: AbortSignal): Promise<void> {
  const { settings, corpus, store, snapshot, begin } = await openRun(request, reporter, signal);
  const data = prepareData(corpus, settings);
  useThreads(request.threads);
  // Streams of their own, so that what one draws does not depend on the others.
  const random = Random.seeded(settings.seed);
  const [weights, order, dropout, samples] = [random.fork(), random.fork(), random.fork(), random.fork()];
  const model = newModel(settings, data.vocabulary, weights);
  // The engine does not scale gradients between steps, as randomised truncation asks.
  if (model.path === 'reference' || settings.truncation === 'randomized') await startBackend();
  const batches = trainingBatches(data, settings, order);
  const trainer = trainerFor(model, settings, dropout);
  await begin();
  tellStart(reporter, settings, data, model);

  const save = () =>
    saveModel(request.out, model, {
      tokenizer: data.tokenizer,
      notes: { cleaning: settings.clean, corpus: settings.corpus },
    });
  const limit = request.timeLimit === undefined ? undefined : AbortSignal.timeout(request.timeLimit * 1000);
  const stop = limit ? AbortSignal.any([signal, limit]) : signal;
  const table = new EpochTable(settings.epochs);
  const training = new RunningMean();
  let reason: EndReason = 'finished';
  reporter.print(table.header());

  const events = trainer.fit(batches, {
    epochs: settings.epochs,
    signal: stop,
    checkpoints: { store },
    ...(data.validation && { validation: validationBatches(data.validation, settings) }),
    ...(snapshot && { resume: snapshot }),
  });
  for await (const event of events) {
    if (event.type === 'step') {
      training.add(event);
      tellStep(reporter, settings, event);
    } else if (event.type === 'epoch') {
      const sample = await sampleText(model, data.tokenizer, {
        length: sampleLength(settings),
        random: samples,
      });
      reporter.print(table.row(event, sample));
      tellEpoch(reporter, settings, event, sample);
    } else if (event.type === 'checkpoint') await save();
    else reason = event.reason;
  }
  await save();
  const interrupted = signal.aborted;
  await tellEnd(
    reporter,
    { request, settings, data, model, training, random: samples },
    {
      reason: interrupted ? 'interrupted' : reason === 'aborted' ? 'time-limit' : reason,
      interrupted,
    },
  );
}

function sampleLength({ tokens }: TrainSettings): number {
  return tokens === 'word' ? 10 : 48;
}

function tellStart(
  reporter: Reporter,
  settings: TrainSettings,
  { training, validation, vocabulary, unigram }: TrainingData,
  model: RecurrentLanguageModel,
): void {
  const parameters = model.parameters.reduce((sum, { data }) => sum + data.length, 0);
  reporter.event('start', {
    settings,
    tokens: training.length,
    validationTokens: validation?.length ?? 0,
    vocabulary: vocabulary.size,
    parameters,
    unigramPerplexity: unigram.training,
    ...(unigram.validation !== undefined && { unigramValidationPerplexity: unigram.validation }),
  });
  const { corpus, cell, hidden, layers, tokens } = settings;
  const size = (n: number) => n.toLocaleString('en');
  reporter.note(
    `${corpus}: ${size(training.length)} ${tokens}s to learn from, ${size(validation?.length ?? 0)} to validate on, ` +
      `vocabulary ${size(vocabulary.size)}`,
  );
  reporter.note(
    `${cell}, ${typeof hidden === 'number' ? `${layers} x ${hidden}` : hidden.join(' + ')} units, ${size(parameters)} parameters; ` +
      `steps of ${settings.batch} x ${batchSteps(settings, training.length)} tokens`,
  );
  reporter.note(
    `Perplexity of token frequencies alone (unigram): ${both(unigram.training, unigram.validation)}`,
  );
}

function tellStep(reporter: Reporter, { epochs }: TrainSettings, event: StepEvent): void {
  const { epoch, step, perplexity, tokensPerSecond, timeLeft } = event;
  reporter.progress(
    `epoch ${epoch}/${epochs}  step ${step}  perplexity ${perplexity.toFixed(2)}  ` +
      `${Math.round(tokensPerSecond)} tokens/s  ${Math.ceil(timeLeft)} s left`,
  );
}

function tellEpoch(reporter: Reporter, { epochs }: TrainSettings, event: EpochEvent, sample: string): void {
  const { epoch, step, loss, perplexity, bitsPerToken, validation, tokensPerSecond, learningRate, seconds } =
    event;
  reporter.event('epoch', {
    epoch,
    epochs,
    step,
    loss,
    perplexity,
    bitsPerToken,
    ...(validation && { validationLoss: validation.loss, validationPerplexity: validation.perplexity }),
    tokensPerSecond,
    learningRate,
    seconds,
    sample,
  });
}

interface Outcome {
  readonly request: TrainRequest;
  readonly settings: TrainSettings;
  readonly data: TrainingData;
  readonly model: RecurrentLanguageModel;
  readonly training: RunningMean;
  readonly random: Random;
}

async function tellEnd(
  reporter: Reporter,
  { request, settings, data, model, training, random }: Outcome,
  { reason, interrupted }: { readonly reason: string; readonly interrupted: boolean },
): Promise<void> {
  if (interrupted) {
    reporter.note(
      `Interrupted and saved. Continue with: generate train --out ${quoted(request.out)} --resume`,
    );
    reporter.event('done', { reason, model: request.out });
    return;
  }
  const validation: Evaluation | undefined =
    data.validation && (await evaluateStreams(model, data.validation, { warmUp: 0 }));
  const length = settings.tokens === 'word' ? 60 : 300;
  const sample = await sampleText(model, data.tokenizer, { length, random });
  const perplexity = training.perplexity;
  reporter.print('');
  reporter.print(`perplexity of the model      ${both(perplexity, validation?.perplexity)}`);
  reporter.print(`perplexity of the unigram    ${both(data.unigram.training, data.unigram.validation)}`);
  reporter.print(`\nThe model says:\n\n${sample}\n`);
  reporter.print(`Saved in ${request.out}. Continue any text with:`);
  reporter.print(`  generate sample --model ${quoted(request.out)} --prompt ${quoted(promptFor(settings))}`);
  reporter.event('done', {
    reason,
    model: request.out,
    perplexity,
    ...(validation && { validationPerplexity: validation.perplexity }),
    unigramPerplexity: data.unigram.training,
    ...(data.unigram.validation !== undefined && { unigramValidationPerplexity: data.unigram.validation }),
    sample,
  });
}

function both(training: number, validation: number | undefined): string {
  const rest = validation === undefined ? '' : `, ${validation.toFixed(2)} on the validation text`;
  return `${training.toFixed(2)} on the training text${rest}`;
}

function promptFor({ clean }: TrainSettings): string {
  return clean === 'letters' ? 'the ' : 'The ';
}

function quoted(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `"${text}"`;
}
